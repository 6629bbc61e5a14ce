// Removes what deleted namespaces left behind: their runs, page by page, running ones too, and then themselves.
//
// R1. The record of a deleted namespace stays until none of its runs is found, so a server that was ended goes on where it
//     was when it starts again.
// R2. Everything else goes first: one page at a time, with a pause behind it. What cannot be deleted now is tried again.

import { RejectionError, usPerSecond } from '@perdure/kernel';
import type { CallContext, Clock, HistoryService, Namespace } from '@perdure/ports';
import { NamespaceState } from '../scope.ts';
import type { NamespaceRegistry } from './registry.ts';

export interface ReclaimOptions {
  readonly namespaces: NamespaceRegistry;
  readonly rpc: Pick<HistoryService['rpc'], 'ListWorkflowExecutions' | 'DeleteWorkflowExecution'>;
  readonly clock: Clock;
  /** Something went wrong that is nobody's request. */
  readonly onTrouble: (message: string, error: unknown) => void;
}

const runsPerPage = 100;
const pauseUs = usPerSecond / 10;
const retryUs = 10 * usPerSecond;

/** A call that nobody waits for. */
const ownCall: CallContext = {
  deadlineMs: null,
  clientName: '',
  clientVersion: '',
  supportedFeatures: '',
  cancelled: () => false,
  onCancelled: () => undefined,
};

export class Reclaim {
  readonly #options: ReclaimOptions;
  #working = false;
  #stopped = false;

  constructor(options: ReclaimOptions) {
    this.#options = options;
  }

  /** Goes on in the background; nothing to do when no namespace is deleted. */
  begin(): void {
    if (this.#working || this.#stopped) return;
    const deleted = this.#options.namespaces
      .list()
      .find(({ state }) => state === NamespaceState.Deleted);
    if (deleted === undefined) return;
    this.#working = true;
    this.#page(deleted).then(
      (done) => this.#again(done ? pauseUs : retryUs),
      (error: unknown) => {
        if (!this.#stopped) {
          this.#options.onTrouble(`namespace ${deleted.name} could not be reclaimed`, error);
        }
        this.#again(retryUs);
      },
    );
  }

  stop(): void {
    this.#stopped = true;
  }

  #again(us: number): void {
    this.#working = false;
    if (!this.#stopped) this.#options.clock.after(us, () => this.begin());
  }

  /** False when a run had to stay. */
  async #page({ id, name }: Namespace): Promise<boolean> {
    const { namespaces, rpc } = this.#options;
    const of = { namespaceId: id, namespace: name };
    const list = {
      namespace: name,
      pageSize: runsPerPage,
      nextPageToken: new Uint8Array(),
      query: '',
    };
    const { executions } = await rpc.ListWorkflowExecutions(
      { ...of, request: list, filter: [], groupByStatus: false },
      ownCall,
    );
    const runs = executions ?? [];
    if (runs.length === 0) {
      await namespaces.forget(id);
      return true;
    }
    const gone = await Promise.all(
      runs.map(async ({ execution }) => {
        const { workflowId = '', runId = '' } = execution ?? {};
        const workflowExecution = { workflowId: workflowId ?? '', runId: runId ?? '' };
        try {
          await rpc.DeleteWorkflowExecution(
            { ...of, request: { namespace: name, workflowExecution } },
            ownCall,
          );
          return true;
        } catch (error) {
          if (error instanceof RejectionError) return error.rejection.code === 'NOT_FOUND';
          throw error;
        }
      }),
    );
    return gone.some(Boolean);
  }
}
