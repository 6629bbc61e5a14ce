// The visibility port: the index behind list and count. A reader of the valid log with a stored cursor for each LogPartition
// (M9), rebuilt from the store when lost. Several nodes feed one index: the owner of a LogPartition writes the rows of its
// runs; a former owner that does not know it yet may write the same rows again, late, and in any order with the owner's.
//
// V1. Of the rows of a run the one with the higher run version wins, whoever brings it and whenever.
// V2. A run that was removed does not come back with a row that is late, whatever its version: a run is deleted once and for
//     all. An index may forget a removal when no such row can come any more: a process that had no acknowledgement of the
//     log for an hour writes nothing (L9); an index with one process forgets when that process can hold no older row.
// V3. The cursor of a LogPartition never goes back.
// V4. An index that lost writes, as one restored from a copy, refuses a writer that knows of more than it holds: what is
//     missing would be missed for ever. The next owner builds it anew, for the cursor that it finds lies low.
// V5. A generation is the building anew of the rows of one LogPartition; rows of the others stay as they are, and lists go on
//     to show what there is. Every row that is written while it is under way bears it, also one that changes nothing. Rows
//     without it go at its end. Until then there is no cursor to be read: whoever breaks off leaves an index to be built.

import type { IndexedAttribute, ListFilter } from '@perdure/core-list-filter';
import type { RunKey } from '@perdure/kernel';

export type {
  AttributeValue,
  Condition,
  IndexedAttribute,
  ListFilter,
  Sign,
  SystemField,
} from '@perdure/core-list-filter';
export { holds } from '@perdure/core-list-filter';

export interface VisibilityRow {
  readonly run: RunKey;
  /** The run's version at this row (L2). */
  readonly version: number;
  readonly workflowType: string;
  readonly taskQueue: string;
  /** Number of `temporal.api.enums.v1.WorkflowExecutionStatus`. */
  readonly status: number;
  readonly startTimeUs: number;
  readonly executionTimeUs: number;
  /** null while open. */
  readonly closeTimeUs: number | null;
  /** Events in the history; 0 while open. */
  readonly historyLength: number;
  readonly historySizeBytes: number;
  readonly stateTransitionCount: number;
  /** Encoded `Memo` and `SearchAttributes`; empty when none. */
  readonly memo: Uint8Array;
  readonly searchAttributes: Uint8Array;
}

/** A row to be indexed with the values that it is found by. */
export interface IndexedRow extends VisibilityRow {
  /** Absent: none. */
  readonly attributes?: readonly IndexedAttribute[];
}

/** Keyset of the last row of a page: order is open runs first, then close time descending, start time descending, run id. */
export interface VisibilityPosition {
  readonly closeTimeUs: number | null;
  readonly startTimeUs: number;
  readonly runId: string;
}

/** A move of the cursor of a LogPartition. */
export interface CursorMove {
  /** The offset at which the writer knows the stored cursor to stand, or above; -1: it knows of none (V4). */
  readonly known: number;
  /** With this write everything at or below it is indexed. A lower one than is stored changes nothing (V3). */
  readonly offset: number;
}

/** One write of an owner: of runs of its LogPartition alone. */
export interface VisibilityBatch {
  readonly logPartition: number;
  readonly rows: readonly IndexedRow[];
  /** Runs that were deleted: they go behind the rows. */
  readonly removed: readonly RunKey[];
  /** null: says nothing of the cursor. */
  readonly cursor: CursorMove | null;
}

export interface VisibilityIndex {
  /**
   * Upserts the rows, removes the runs that were deleted, and moves the cursor, atomically. A rejection is an unknown outcome;
   * the same batch may be written again. A number that is not a safe integer rejects with a TypeError and leaves nothing.
   * V4 rejects with a StorageFault of kind `mismatch` and leaves nothing.
   */
  write(batch: VisibilityBatch): Promise<void>;
  /** Resolves when everything written before the call survives power loss. Called before the log is trimmed to a cursor (L8). */
  sync(): Promise<void>;
  /** null: nothing was indexed, or a generation was begun and has not ended (V5). */
  readCursor(logPartition: number): Promise<number | null>;
  list(
    namespaceId: string,
    filter: ListFilter,
    after: VisibilityPosition | null,
    limit: number,
  ): Promise<readonly VisibilityRow[]>;
  count(namespaceId: string, filter: ListFilter): Promise<number>;
  /** Counts per status number. */
  countByStatus(namespaceId: string, filter: ListFilter): Promise<ReadonlyMap<number, number>>;
  /**
   * Runs of the LogPartition and the namespace that closed before that time, the first to close first, without the first
   * `skip` of them. Costs what it gives and skips (M7).
   */
  closedBefore(
    logPartition: number,
    namespaceId: string,
    timeUs: number,
    limit: number,
    skip?: number,
  ): Promise<readonly RunKey[]>;
  /** Begins to build the rows of the LogPartition anew (V5); resolves with the number of the generation. */
  beginGeneration(logPartition: number): Promise<number>;
  /**
   * Removes the rows of the LogPartition that do not bear the generation, and moves the cursor to `offset`: everything at or
   * below it is indexed. Nothing happens when a newer one was begun meanwhile. To be repeated after a rejection.
   */
  endGeneration(logPartition: number, generation: number, offset: number): Promise<void>;
  close(): Promise<void>;
}
