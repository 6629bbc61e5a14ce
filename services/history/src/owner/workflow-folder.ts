// Brings workflow ids into the store that changed without a run of theirs (M1, M2). One whose run is folded goes with it
// (fold-batch.ts); then only the frames of its changes are left to be told.

import { usPerMs } from '@perdure/kernel';
import { emptyFold, type WorkflowRow } from '@perdure/ports';
import { workflowBytes } from './fold-batch.ts';
import { FoldWriter, type FoldWriterOptions } from './fold-writer.ts';
import type { UnappliedTransition } from './run-handle.ts';
import type { WorkflowEntry } from './workflow-entry.ts';

/** They wait this long for company, and for the fold of a run of theirs. */
const gatherUs = 500 * usPerMs;

export interface WorkflowFolderOptions extends FoldWriterOptions {
  readonly logPartition: number;
  readonly onHalt: (fault: Error) => void;
}

interface Taken {
  readonly entry: WorkflowEntry;
  readonly change: UnappliedTransition;
  /** Empty: nothing is left of the id. */
  readonly state: Uint8Array;
}

export class WorkflowFolder {
  readonly #options: WorkflowFolderOptions;
  readonly #writer: FoldWriter;
  #dirty = new Set<WorkflowEntry>();
  #gathering = false;
  #stopped = false;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: WorkflowFolderOptions) {
    this.#options = options;
    this.#writer = new FoldWriter(options);
  }

  stop(): void {
    this.#stopped = true;
    this.#writer.stop();
  }

  /** The entry has changes of its own that are durable. */
  dirty(entry: WorkflowEntry): void {
    this.#dirty.add(entry);
    if (this.#gathering || this.#stopped) return;
    this.#gathering = true;
    this.#options.owner.clock.after(gatherUs, () => {
      this.#gathering = false;
      if (!this.#stopped) this.drain().catch((fault: unknown) => this.#halt(fault));
    });
  }

  /** Resolves when the store has all that was durable when it was called. */
  drain(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  #halt(fault: unknown): void {
    if (!this.#stopped) this.#options.onHalt(fault as Error);
  }

  async #write(): Promise<void> {
    const { owner } = this.#options;
    const entries = this.#dirty;
    if (entries.size === 0) return;
    this.#dirty = new Set();
    const nowUs = owner.clock.nowUs();
    const taken: Taken[] = [];
    for (const entry of entries) {
      const { lastChange } = entry;
      const state = workflowBytes(entry, nowUs);
      if (lastChange !== null && state !== null) taken.push({ entry, change: lastChange, state });
    }
    if (taken.length > 0) {
      // Taken on head: written when it is durable, with the clock that it has then.
      await owner.afterHead();
      await this.#persist(taken);
      for (const { change, entry } of taken) entry.stored(change);
    }
    for (const entry of entries) this.#settle(entry);
  }

  async #persist(taken: readonly Taken[]): Promise<void> {
    const { logPartition } = this.#options;
    const rowOf = ({ change: { clock }, entry, state }: Taken): WorkflowRow => {
      const { namespaceId, workflowId } = entry;
      return { namespaceId, workflowId, state, clock };
    };
    const rows = taken.map(rowOf);
    const workflows = rows.filter(({ state }) => state.length > 0);
    const workflowsRemoved = rows
      .filter(({ state }) => state.length === 0)
      .map(({ namespaceId, workflowId, clock }) => ({
        namespaceId,
        workflowId,
        logPartition,
        clock,
      }));
    await this.#writer.write({ ...emptyFold, workflows, workflowsRemoved });
  }

  /** What the row holds needs the log no more. */
  #settle(entry: WorkflowEntry): void {
    const { owner } = this.#options;
    const waiting: UnappliedTransition[] = [];
    for (const change of entry.alone) {
      const { bytes, clock, frame } = change;
      if (frame === null || clock > entry.storedClock) waiting.push(change);
      else {
        owner.ledger.stored(frame);
        owner.unappliedBytes -= bytes;
      }
    }
    entry.alone = waiting;
    // A change that is not durable yet comes here again when it is.
    if (waiting.some(({ frame }) => frame !== null)) this.dirty(entry);
  }
}
