// Wires the four services of one process to each other by direct calls.

import { openNamespaces, type PublicMethod, Reclaim } from '@perdure/frontend';
import { type OpenedHistory, openHistory } from '@perdure/history';
import { RejectionError, type RunKey } from '@perdure/kernel';
import { Matching } from '@perdure/matching';
import {
  type Clock,
  type DynamicConfig,
  type HistoryService,
  type LogPartition,
  type MessageLink,
  type MetadataStore,
  type Metrics,
  type Store,
  type TaskOffer,
  unknownNamespace,
  type VisibilityIndex,
} from '@perdure/ports';
import type { BackupAnswer } from '@perdure/wire/operator';
import { Gateway } from '@perdure/worker-gateway';
import { frontMethods } from './front.ts';
import type { LogFields, ServerLog } from './server-log.ts';
import type { Tracing } from './tracing.ts';

export interface Storage {
  readonly log: LogPartition;
  readonly store: Store;
  readonly metadata: MetadataStore;
  readonly visibility: VisibilityIndex;
  readonly tokenKey: Uint8Array;
  /** For people: what holds the data, and where. */
  readonly persistence: string;
  readonly storeName: string;
  /** Copies everything into a new directory; absent: there is nothing to copy. */
  readonly backup?: (destination: string) => Promise<BackupAnswer>;
}

export interface Services {
  readonly methods: readonly PublicMethod[];
  readonly history: OpenedHistory;
  readonly gateway: Gateway;
  readonly reclaim: Reclaim;
}

/** Largest record: a request of 4 MB with what it makes of itself. */
const recordBytesMax = 16 * 1024 * 1024;
/** A task whose start failed in its owner is offered again after this. */
const reofferUs = 1_000_000;

export interface ServicesOptions {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly config: DynamicConfig;
  readonly namespaces: readonly string[];
  /** Of each of them: name -> number of IndexedValueType. */
  readonly searchAttributes?: Readonly<Record<string, number>>;
  readonly log: ServerLog;
  readonly metrics: Metrics;
  /** null: no traces. */
  readonly tracing: Tracing | null;
  /** Names this process for people who read the log. */
  readonly owner: string;
  /** A UUID, never given before. Those made one after the other are best neighbours in the store. */
  readonly newId: () => string;
  readonly onHalt: (fault: Error) => void;
  /** How messages between runs travel; absent: within this process. */
  readonly messageLink?: (here: MessageLink) => MessageLink;
}

export async function openServices(options: ServicesOptions): Promise<Services> {
  const { storage, clock, config, log, metrics, tracing, newId } = options;
  let service: HistoryService | null = null;
  // Matching and history refer to each other; nothing is matched before history is open.
  const owner = (): HistoryService => {
    if (service === null) throw new Error('history is not open yet');
    return service;
  };
  const reoffer = (offer: TaskOffer, cause: unknown): void => {
    if (!(cause instanceof RejectionError)) {
      const about = { component: 'matching', 'task-queue': offer.queue.name, error: cause };
      log.warn('a task could not be started', { ...about, ...runFields(offer.run) });
    }
    clock.after(reofferUs, () => history.offerAgain(offer));
  };
  const { metadata } = storage;
  const namespaces = await openNamespaces(
    { metadata, newId },
    { names: options.namespaces, searchAttributes: options.searchAttributes ?? {} },
  );
  const namespaceName = (id: string): string => namespaces.byId(id)?.name ?? unknownNamespace;
  const matching = new Matching({ clock, owner, metrics, namespaceName, onStartFailed: reoffer });
  const history = await openHistory({
    clock,
    config,
    log: storage.log,
    recordBytesMax,
    store: storage.store,
    visibility: storage.visibility,
    matching,
    namespaces,
    metrics,
    tokenKey: storage.tokenKey,
    owner: options.owner,
    newId,
    onHalt: options.onHalt,
    ...(options.messageLink === undefined ? {} : { messageLink: options.messageLink }),
    onTrouble: (message, error, run) =>
      log.error(message, { component: 'history', error, ...(run === null ? {} : runFields(run)) }),
  });
  service = history.service;
  const gateway = new Gateway({
    clock,
    config,
    matching,
    owner,
    gatewayId: newId(),
    ...(tracing === null
      ? {}
      : { onHandedOut: (call, offer) => tracing.handedOut(call, offer, clock.nowUs()) }),
  });
  const reclaim = new Reclaim({
    namespaces,
    rpc: history.service.rpc,
    clock,
    onTrouble: (message, error) => log.error(message, { component: 'frontend', error }),
  });
  reclaim.begin();
  const front = { ...options, namespaces, gateway, reclaim };
  const methods = frontMethods(front, {
    history: history.service,
    matching,
    operator: history.operator,
  });
  return { methods, history, gateway, reclaim };
}

export function runFields({ namespaceId, workflowId, runId }: RunKey): LogFields {
  return { 'namespace-id': namespaceId, 'workflow-id': workflowId, 'run-id': runId };
}
