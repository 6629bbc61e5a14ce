// The store port: the materialised view of the valid log (rules M1-M6 of protocols.md).
//
// Every row is a function of the log and carries the clock (µs, L3) of the transition it came from. The row with the
// higher clock wins; a row that arrives with the clock already stored is the same row again. So replays, retries and
// late writes of a zombie are harmless, and no call here is conditional.

import type { RunKey } from '@perdure/kernel';

/** Consecutive events of one branch, already tagged as fields of `temporal.api.history.v1.History` (concatenate to read). */
export interface HistoryRow {
  readonly run: RunKey;
  /** 0 for the first branch of a run. */
  readonly branch: number;
  readonly firstEventId: number;
  readonly lastEventId: number;
  readonly events: Uint8Array;
  readonly clock: number;
}

/** Newest state of a run (encoded by core/execution). `version` is the run's version (L2). */
export interface RunStateRow {
  readonly run: RunKey;
  readonly version: number;
  readonly state: Uint8Array;
  readonly clock: number;
}

/** What belongs to the workflow id and not to one run: the current run and the live dedup keys (W8). Encoded by core/shard. */
export interface WorkflowRow {
  readonly namespaceId: string;
  readonly workflowId: string;
  readonly state: Uint8Array;
  readonly clock: number;
}

/**
 * "This run has something outstanding" (M5). Key: (block, bucket, run). Within a key the higher version wins, which is
 * the higher clock: both are those of the newest transition in the row. A row that is copied into another bucket keeps
 * them (M6).
 */
export interface WakeRow {
  readonly block: number;
  /** Hours since 1970 (M6). */
  readonly bucket: number;
  readonly shard: number;
  readonly run: RunKey;
  readonly version: number;
  /** When the run must be loaded at the latest, µs since 1970; null: only for its offer. */
  readonly loadAtUs: number | null;
  /** The one unstarted task of the run, encoded by core/shard; null when there is none or more than one. */
  readonly offer: Uint8Array | null;
  readonly clock: number;
}

/** The checkpoint of one LogPartition (L8): everything at or below `offset` is in the store. */
export interface AppliedRow {
  readonly logPartition: number;
  readonly offset: number;
  readonly epoch: number;
  readonly nonce: string;
  /** Number of the last applied frame within its epoch. */
  readonly number: number;
  /** Clock of that frame's last transition. */
  readonly clock: number;
  /** Version of the map of blocks under which the partition was served. */
  readonly mapVersion: number;
}

/** A transition that could not be folded (L12), kept as raw bytes. */
export interface QuarantineRow {
  readonly run: RunKey;
  readonly version: number;
  readonly reason: string;
  readonly transition: Uint8Array;
  readonly clock: number;
}

/** A run that was deleted: its history, its state and its wake rows go, everything at or below the deletion's clock (M1). */
export interface RemovedRun {
  readonly run: RunKey;
  /** Where its wake rows are. */
  readonly block: number;
  readonly logPartition: number;
  readonly clock: number;
}

/** A workflow id of which nothing is left: no current run, no live key. */
export interface RemovedWorkflow {
  readonly namespaceId: string;
  readonly workflowId: string;
  readonly logPartition: number;
  readonly clock: number;
}

/** A run that left quarantine (L12): its rows at or below the clock go. */
export interface ReleasedRun {
  readonly run: RunKey;
  readonly clock: number;
}

/**
 * A wake bucket that is over (M6): its rows at or below the clock go, and do not come back with a write that is late. Rows
 * above it stay. The clock is the newest durable one of when the bucket was read, so nothing goes that was written later.
 */
export interface DroppedWakeBucket {
  readonly block: number;
  readonly bucket: number;
  readonly logPartition: number;
  readonly clock: number;
}

/**
 * One fold. M3: an adapter makes `history`, `wake` and `quarantine` durable before `workflows` and `runStates`, and those
 * before `applied`; one atomic transaction satisfies that. Durable here means: survives the end of the process.
 */
export interface FoldBatch {
  readonly history: readonly HistoryRow[];
  readonly wake: readonly WakeRow[];
  readonly quarantine: readonly QuarantineRow[];
  readonly workflows: readonly WorkflowRow[];
  readonly runStates: readonly RunStateRow[];
  /**
   * Rows at or below the clock of a removal are gone with it, and do not come back with a write that is late: not before
   * `applied` of the LogPartition has passed it, after which none can come. Within one batch too the clocks decide, not
   * the order of the lists. What is late may bring wake rows of a removed run into buckets that had none of it when the
   * removal was written: they are hints (M5) to a run that is not there, and go with their bucket.
   */
  readonly runsRemoved: readonly RemovedRun[];
  readonly workflowsRemoved: readonly RemovedWorkflow[];
  readonly quarantineReleased: readonly ReleasedRun[];
  readonly wakeBucketsDropped: readonly DroppedWakeBucket[];
  readonly applied: AppliedRow | null;
}

/** A fold that changes nothing: to be spread under one that does. */
export const emptyFold: FoldBatch = {
  history: [],
  wake: [],
  quarantine: [],
  workflows: [],
  runStates: [],
  runsRemoved: [],
  workflowsRemoved: [],
  quarantineReleased: [],
  wakeBucketsDropped: [],
  applied: null,
};

export interface Store {
  /**
   * Applies a fold. Resolves when durable in the sense of FoldBatch. A rejection is an unknown outcome; the same batch may be sent again.
   * A number that is not a safe integer rejects with a TypeError and leaves nothing. Bytes are copied before the call returns.
   */
  write(batch: FoldBatch): Promise<void>;

  /** Resolves when everything written before the call survives power loss. Called before the log is trimmed. */
  sync(): Promise<void>;

  readApplied(logPartition: number): Promise<AppliedRow | null>;
  readWorkflow(namespaceId: string, workflowId: string): Promise<WorkflowRow | null>;
  readRunState(run: RunKey): Promise<RunStateRow | null>;

  /** Runs in a fixed order of their keys, behind `after` when given, at most `limit`: for building an index anew (M9). */
  scanRunStates(after: RunKey | null, limit: number): Promise<readonly RunStateRow[]>;

  /**
   * Rows of a branch that hold events with id >= `fromEventId`, ascending by firstEventId, at least one if there is one,
   * then while the sum of `events` stays within `maxBytes`. Rows may overlap after a take-over (M2): the reader skips
   * events at or below the last seen.
   */
  readHistory(
    run: RunKey,
    branch: number,
    fromEventId: number,
    maxBytes: number,
  ): Promise<readonly HistoryRow[]>;

  /** Lowest bucket of the block, at or above `from`, that has a row; null: none. */
  oldestWakeBucket(block: number, from?: number): Promise<number | null>;

  /** Rows of a bucket in key order, after `after` when given (paging), at most `limit`. */
  readWake(
    block: number,
    bucket: number,
    after: RunKey | null,
    limit: number,
  ): Promise<readonly WakeRow[]>;

  readQuarantine(limit: number): Promise<readonly QuarantineRow[]>;

  close(): Promise<void>;
}
