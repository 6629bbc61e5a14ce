// The log port: one LogPartition as an append-only sequence of opaque records.
//
// The port knows nothing of epochs or frames: records are bytes made and judged by core/log (rules L1-L6).
// An adapter promises density (no hole in the offsets), order, and that what it acknowledged is durable.

/** One record as stored. `offset` is dense from 0 for the life of the partition, across trims and reopenings. */
export interface LogRecord {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export interface LogPartition {
  /**
   * Appends the records in order and resolves with the offset of the first one when ALL are durable against power loss.
   *
   * MUST NOT be called while an earlier append of this partition is unresolved (W2: never two frames in flight).
   * A rejection is always an unknown outcome (L6): the records may be there, all, some (a prefix) or none.
   * An embedded adapter MUST, after a failed write or sync, refuse every later call with the same fault (L11): the
   * process is to end. The adapter takes over the bytes: the caller does not touch them afterwards.
   * Appending nothing writes nothing and resolves with the end offset.
   */
  append(records: readonly Uint8Array[]): Promise<number>;

  /**
   * Records from `fromOffset` upwards, in order, at least one if there is one, then as many as fit in `maxBytes`.
   * An empty answer means `fromOffset` is the end or above it. Asking below `lowMark()` rejects with LogTrimmed.
   */
  read(fromOffset: number, maxBytes: number): Promise<readonly LogRecord[]>;

  /** The offset the next record will get. */
  endOffset(): Promise<number>;

  /** The lowest offset that can still be read. */
  lowMark(): Promise<number>;

  /**
   * Allows the adapter to forget records below `offset` (above the end means the end). Keeps more if that is cheaper;
   * never keeps less.
   */
  trim(offset: number): Promise<void>;

  /** Ends after the append in flight. Later calls reject. */
  close(): Promise<void>;
}
