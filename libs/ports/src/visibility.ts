// The visibility port: the index behind list and count. A reader of the valid log with a stored cursor (M9), rebuilt
// from the store when lost. Rows are upserts; the row with the higher run version wins.

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

export interface VisibilityIndex {
  /**
   * Upserts the rows, removes the runs that were deleted, and moves the cursor (an offset of the LogPartition: everything
   * below it is indexed), atomically.
   */
  write(
    rows: readonly IndexedRow[],
    cursor: { readonly logPartition: number; readonly offset: number } | null,
    removed?: readonly RunKey[],
  ): Promise<void>;
  /** Resolves when everything written before the call survives power loss. Called before the log is trimmed to a cursor (L8). */
  sync(): Promise<void>;
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
   * Runs of the namespace that closed before that time, the first to close first, without the first `skip` of them. Costs
   * what it gives and skips (M7).
   */
  closedBefore(
    namespaceId: string,
    timeUs: number,
    limit: number,
    skip?: number,
  ): Promise<readonly RunKey[]>;
  /** Removes everything, cursors included: the index is built anew (M9). */
  clear(): Promise<void>;
  close(): Promise<void>;
}
