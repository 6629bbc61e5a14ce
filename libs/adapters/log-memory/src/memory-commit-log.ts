// The commit log of a cluster in memory: the reference of its contract, and the log of a simulated cluster.
//
// The cluster's records are one thing (MemoryCommitLog), what a node opens another (a CommitLog): nodes that open the same
// one see each other's records.

import { type CommitLog, type LogPartition, type LogRecord, StorageFault } from '@perdure/ports';
import { MemoryRecords } from './memory-records.ts';

/**
 * What becomes of an append: it is acknowledged; its records land and the answer is lost; or neither is seen again. The last
 * two are the same to its caller: a rejection (L6).
 */
export type AppendFate = 'acknowledged' | 'answer lost' | 'request lost';

export interface MemoryCommitLogOptions {
  readonly partitionCount: number;
  readonly recordBytesMax?: number;
  /** Asked for each append, when it is called. */
  readonly fate?: (partition: number) => AppendFate;
}

export interface MemoryCommitLog {
  /** A node's own view of the log: closing it leaves the others'. */
  open(): CommitLog;
}

/** Bytes that each record but the first counts for, besides its own. */
const recordOverhead = 32;

export function createMemoryCommitLog(options: MemoryCommitLogOptions): MemoryCommitLog {
  const { partitionCount, recordBytesMax = 1 << 23, fate = () => 'acknowledged' } = options;
  const records = Array.from({ length: partitionCount }, () => new MemoryRecords());
  return {
    open: () => {
      const partitions = records.map(
        (of, index) => new NodePartition(of, recordBytesMax, () => fate(index)),
      );
      return {
        partitionCount,
        recordBytesMax,
        partition: (index) => {
          const partition = partitions[index];
          if (partition === undefined) throw new RangeError(`no LogPartition ${index}`);
          return partition;
        },
        close: async () => {
          for (const partition of partitions) await partition.close();
        },
      };
    },
  };
}

class NodePartition implements LogPartition {
  readonly #records: MemoryRecords;
  readonly #recordBytesMax: number;
  readonly #fate: () => AppendFate;
  #inFlight = false;
  #closed = false;

  constructor(records: MemoryRecords, recordBytesMax: number, fate: () => AppendFate) {
    this.#records = records;
    this.#recordBytesMax = recordBytesMax;
    this.#fate = fate;
  }

  async append(records: readonly Uint8Array[]): Promise<number> {
    const open = this.#open();
    if (this.#inFlight) throw new Error('one append in flight on a LogPartition (W2)');
    const bytes = records.reduce((sum, of) => sum + of.length + recordOverhead, -recordOverhead);
    if (bytes > this.#recordBytesMax) {
      throw new RangeError(`an append of ${bytes} bytes; the log takes ${this.#recordBytesMax}`);
    }
    if (records.length === 0) return open.end;
    const fate = this.#fate();
    const first = fate === 'request lost' ? -1 : open.append(records);
    this.#inFlight = true;
    // The answer comes later, as any broker's does.
    await Promise.resolve();
    this.#inFlight = false;
    if (fate === 'acknowledged') return first;
    throw new StorageFault('io', `an append was not answered; look at the log's end`);
  }

  async read(fromOffset: number, maxBytes: number): Promise<readonly LogRecord[]> {
    return this.#open().read(fromOffset, maxBytes);
  }

  async endOffset(): Promise<number> {
    return this.#open().end;
  }

  async lowMark(): Promise<number> {
    return this.#open().lowMark;
  }

  async trim(offset: number): Promise<void> {
    this.#open().trim(offset);
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #open(): MemoryRecords {
    if (this.#closed) throw new Error('the log is closed');
    return this.#records;
  }
}
