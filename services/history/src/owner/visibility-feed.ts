// Feeds the visibility index with what is durable (M9): a reader of the owner's own log, in memory, with a stored cursor.
//
// B1. A row goes out only for durable transitions; the row with the higher version wins, so repeats are harmless.
// B2. `applied` never passes the stored cursor, so what the tail lacks the index has: an index whose cursor lies below
//     `applied` was lost or rolled back, and is built anew from the store.
// B3. After `flushed` everything that was durable before is in the index: a list after an answer sees what was answered.
// B4. What a write that failed did not bring is brought by the next one: whoever asked for that write is told, and the
//     cursor passes nothing.
// B5. Each write says how far the index was known to be; one that has lost rows since refuses it (V4 of the port).

import type { ExecutionState } from '@perdure/core-execution';
import { attributeTypes, indexedAttributes } from '@perdure/core-list-filter';
import { type RunKey, usPerMs } from '@perdure/kernel';
import type { Clock, IndexedRow, Namespaces, VisibilityIndex, VisibilityRow } from '@perdure/ports';
import type { RunHandle, UnappliedTransition } from './run-handle.ts';

/**
 * Rows wait this long: for company, and for the end of a short run, whose start then needs no row of its own. Lists do
 * not wait for it (B3).
 */
const gatherUs = 1_000 * usPerMs;
const rowsPerWrite = 1000;

export class VisibilityFeed {
  readonly #index: VisibilityIndex;
  readonly #clock: Clock;
  readonly #namespaces: Namespaces;
  readonly #logPartition: number;
  readonly #onHalt: (fault: Error) => void;
  #waiting = new Map<string, IndexedRow>();
  #removed = new Map<string, RunKey>();
  /** Offset of the newest durable frame fed. */
  #fedTo: number;
  #cursor: number;
  #gathering = false;
  #writing: Promise<void> | null = null;

  constructor(options: {
    index: VisibilityIndex;
    clock: Clock;
    namespaces: Namespaces;
    logPartition: number;
    /** As it is stored; -1: none. */
    cursor: number;
    onHalt: (fault: Error) => void;
  }) {
    this.#index = options.index;
    this.#clock = options.clock;
    this.#cursor = options.cursor;
    this.#fedTo = options.cursor;
    this.#namespaces = options.namespaces;
    this.#logPartition = options.logPartition;
    this.#onHalt = options.onHalt;
  }

  /** Everything at or below this offset is in the index. */
  get cursor(): number {
    return this.#cursor;
  }

  durable(handle: RunHandle, transition: UnappliedTransition): void {
    this.#fedTo = Math.max(this.#fedTo, transition.frame?.position.offset ?? 0);
    if (handle.deleted) {
      this.remove({ key: handle.key, run: handle.state.run });
      return;
    }
    // Only the start, the end, and a new memo or search attribute change what lists show.
    const { state } = handle;
    const { shown, version } = transition;
    const ends = !handle.open && version === state.progress.version;
    if (transition.firstEventId !== 1 && !ends && shown === null) return;
    // B1: the state is head, which may have changed since.
    const attributes = ends ? state : (shown ?? state.start);
    this.#waiting.set(handle.key, this.#indexed(visibilityRow(state, version, ends, attributes)));
    if (this.#waiting.size >= rowsPerWrite) this.#flushNow();
    else this.#flushLater();
  }

  /** A run found by replay: as it stands. */
  replayed(handle: RunHandle, offset: number): void {
    this.#fedTo = Math.max(this.#fedTo, offset);
    if (handle.deleted) {
      this.remove({ key: handle.key, run: handle.state.run });
      return;
    }
    this.#waiting.set(
      handle.key,
      this.#indexed(
        visibilityRow(handle.state, handle.state.progress.version, !handle.open, handle.state),
      ),
    );
    this.#flushLater();
  }

  /** Somebody else has brought the index and its stored cursor to this offset, or above: who built it anew. */
  storedAt(offset: number): void {
    this.#cursor = Math.max(this.#cursor, offset);
    this.#fedTo = Math.max(this.#fedTo, offset);
  }

  /** A deleted run, or one that the index has and the store has not. */
  remove({ key, run }: { readonly key: string; readonly run: RunKey }): void {
    this.#waiting.delete(key);
    this.#removed.set(key, run);
    this.#flushLater();
  }

  /** What the index does not have yet. */
  lag(): { readonly rows: number; readonly frames: number } {
    return {
      rows: this.#waiting.size + this.#removed.size,
      frames: Math.max(0, this.#fedTo - this.#cursor),
    };
  }

  #indexed(row: VisibilityRow): IndexedRow {
    return indexedRow(row, this.#namespaces);
  }

  #flushLater(): void {
    if (this.#gathering) return;
    this.#gathering = true;
    this.#clock.after(gatherUs, () => {
      this.#gathering = false;
      this.#flushNow();
    });
  }

  #flushNow(): void {
    this.flushed().catch((fault: unknown) => this.#onHalt(fault as Error));
  }

  /** B3. */
  async flushed(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
    if (this.#waiting.size + this.#removed.size > 0) await this.#write();
  }

  /** B2: resolves when the stored cursor is at the offset or above. */
  async storedTo(offset: number): Promise<void> {
    while (this.#writing !== null) await this.#writing;
    if (this.#cursor < offset) await this.#write();
  }

  async #write(): Promise<void> {
    const rows = this.#waiting;
    const removed = this.#removed;
    const offset = this.#fedTo;
    this.#waiting = new Map();
    this.#removed = new Map();
    this.#writing = this.#index.write({
      logPartition: this.#logPartition,
      rows: [...rows.values()],
      removed: [...removed.values()],
      cursor: { known: this.#cursor, offset },
    });
    try {
      await this.#writing;
      this.storedAt(offset);
    } catch (fault) {
      this.#putBack(rows, removed);
      throw fault;
    } finally {
      this.#writing = null;
    }
  }

  /** B4: but for what has changed meanwhile. */
  #putBack(rows: ReadonlyMap<string, IndexedRow>, removed: ReadonlyMap<string, RunKey>): void {
    for (const [key, run] of removed) this.#removed.set(key, run);
    for (const [key, row] of rows) {
      if (!this.#waiting.has(key) && !this.#removed.has(key)) this.#waiting.set(key, row);
    }
  }
}

/** The row of a run at that version. `ended`: that version is its last. */
export function visibilityRow(
  state: ExecutionState,
  version: number,
  ended: boolean,
  { memo, searchAttributes }: Pick<ExecutionState, 'memo' | 'searchAttributes'>,
): VisibilityRow {
  const { run, start, progress } = state;
  return {
    run,
    version,
    workflowType: start.workflowType,
    taskQueue: start.taskQueue,
    status: ended ? progress.status : 1,
    startTimeUs: start.startTimeUs,
    executionTimeUs: start.executionTimeUs,
    closeTimeUs: ended ? progress.closeTimeUs : null,
    historyLength: ended ? progress.nextEventId - 1 : 0,
    historySizeBytes: ended ? progress.historyBytes : 0,
    stateTransitionCount: version,
    memo,
    searchAttributes,
  };
}

/** The row with what it is found by. */
export function indexedRow(row: VisibilityRow, namespaces: Namespaces): IndexedRow {
  if (row.searchAttributes.length === 0) return row;
  const types = attributeTypes(namespaces.byId(row.run.namespaceId)?.searchAttributes);
  return { ...row, attributes: indexedAttributes(row.searchAttributes, types) };
}
