// The commit log of a cluster: a fixed number of LogPartitions that any node may read and try to write. Who may write is
// decided by what the records say (rules L1-L6), never by this port.
//
// A LogPartition of it differs from an embedded one in this: other nodes append too, so that `append` may resolve with an
// offset above the last end that was read; and after a rejected append the next one may be tried: the record of the
// rejected one may still land, at any later time, before or after what is appended next (L6).
//
// C1. Offsets are dense: no hole, whoever writes. The records of one append stand side by side, all or none.
// C2. An acknowledged append holds exactly its records at exactly its offsets, for every reader, until they are trimmed.
// C3. A second append while the first of this process is unresolved is refused, with nothing written (W2).
// C4. An append of more than `recordBytesMax` is a bug of the caller: it rejects with a RangeError, with nothing written.
// C5. Every call ends in bounded time, whatever the brokers do.

import type { LogPartition } from './log.ts';

export interface CommitLog {
  readonly partitionCount: number;
  /** Longest record that it takes, bytes; also for all records of one append together, at 32 bytes more for each but the first. */
  readonly recordBytesMax: number;
  /** The same object for the same index. */
  partition(index: number): LogPartition;
  /** Ends after what is in flight. */
  close(): Promise<void>;
}

/** What a broker's clock showed while it appended, between sending the request and having its answer (L10). µs since 1970. */
export interface BrokerTime {
  readonly broker: string;
  readonly sentUs: number;
  readonly stampUs: number;
  readonly receivedUs: number;
}
