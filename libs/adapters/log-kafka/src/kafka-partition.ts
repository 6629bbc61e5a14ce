// One LogPartition on Kafka: one partition of the log's topic, read and trimmed at its leader without a consumer group.
//
// K1. What is read is checked: the first offset is the one asked for and each is the next of the one before. A hole is
//     corruption of the log (compaction, transactions, deleted segments), and named.
// K2. A read below the low mark is LogTrimmed, above the end empty: both are the same error of Kafka, told apart by asking.
// K3. The end is the high watermark: all that was acknowledged is below it.
// K4. Reads, bounds and trims are tried once more at the leader that is found after a failure: they change nothing twice.

import { type LogPartition, type LogRecord, LogTrimmed, StorageFault } from '@perdure/ports';
import type { FetchedPartition } from './cluster-calls.ts';
import { ioFault } from './io-fault.ts';
import type { KafkaLine } from './kafka-line.ts';
import type { ProduceLanes } from './produce-lanes.ts';

export interface PartitionOptions {
  readonly topic: string;
  readonly index: number;
  readonly recordBytesMax: number;
}

interface Fetched {
  /** At least one, without a hole. */
  readonly records: readonly LogRecord[];
  readonly end: number;
}

/** Bytes that each record but the first counts for, besides its own. */
const recordOverhead = 32;
/** One answer of a broker, beyond which it gives one batch. */
const fetchBytesMax = 4 << 20;
const earliest = -2;
const latest = -1;
/** Records of transactions that are not decided count too: there are none, and the end must hide nothing. */
const readUncommitted = 0;

export class KafkaPartition implements LogPartition {
  readonly #lanes: ProduceLanes;
  readonly #reads: KafkaLine;
  readonly #options: PartitionOptions;
  #inFlight: Promise<unknown> | null = null;
  #closed = false;

  constructor(lanes: ProduceLanes, reads: KafkaLine, options: PartitionOptions) {
    this.#lanes = lanes;
    this.#reads = reads;
    this.#options = options;
  }

  async append(records: readonly Uint8Array[]): Promise<number> {
    this.#refuseIfClosed();
    if (this.#inFlight !== null) throw new Error('one append in flight on a LogPartition (W2)');
    const { index, recordBytesMax } = this.#options;
    const bytes = records.reduce((sum, of) => sum + of.length + recordOverhead, -recordOverhead);
    if (bytes > recordBytesMax) {
      throw new RangeError(`an append of ${bytes} bytes; the log takes ${recordBytesMax}`);
    }
    if (records.length === 0) return this.endOffset();
    const appending = this.#lanes.append(index, records, bytes);
    this.#inFlight = appending;
    try {
      return await appending;
    } finally {
      this.#inFlight = null;
    }
  }

  async read(fromOffset: number, maxBytes: number): Promise<readonly LogRecord[]> {
    this.#refuseIfClosed();
    const found: LogRecord[] = [];
    let bytes = 0;
    for (let next = fromOffset; ; ) {
      const fetched = await this.#fetch(next, maxBytes - bytes);
      if (fetched === null) return found;
      for (const record of fetched.records) {
        bytes += record.bytes.length;
        if (bytes > maxBytes && found.length > 0) return found;
        found.push(record);
        next = record.offset + 1;
      }
      if (next >= fetched.end || bytes >= maxBytes) return found;
    }
  }

  async endOffset(): Promise<number> {
    this.#refuseIfClosed();
    return this.#bound(latest);
  }

  async lowMark(): Promise<number> {
    this.#refuseIfClosed();
    return this.#bound(earliest);
  }

  async trim(offset: number): Promise<void> {
    this.#refuseIfClosed();
    // Kafka refuses what is above the end.
    const to = Math.min(offset, await this.#bound(latest));
    if (to <= (await this.#bound(earliest))) return;
    const { topic, index: partition } = this.#options;
    const partitions = [{ partition, offset: String(to) }];
    await this.#atLeader('trim', (leader) =>
      this.#reads.call(leader, (broker) =>
        broker.deleteRecords({ topics: [{ topic, partitions }] }),
      ),
    );
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#inFlight?.catch(() => 'told to the caller of append');
  }

  /** Null when `from` is the end or above it. */
  async #fetch(from: number, wantedBytes: number): Promise<Fetched | null> {
    const { topic, index: partition } = this.#options;
    const maxBytes = Math.min(Math.max(wantedBytes, 1), fetchBytesMax) + recordOverhead * 4;
    const at = { partition, currentLeaderEpoch: -1, logStartOffset: -1, maxBytes };
    const partitions = [{ ...at, fetchOffset: String(from) }];
    return this.#atLeader('read', async (leader) => {
      const ask = this.#reads.call(leader, (broker) =>
        broker.fetch({
          replicaId: -1,
          isolationLevel: readUncommitted,
          maxWaitTime: 0,
          minBytes: 0,
          maxBytes,
          topics: [{ topic, partitions }],
        }),
      );
      const answer = await ask.catch((error: unknown) => this.#outside(error, leader, from));
      if (answer === null) return null;
      const fetched = answer.responses[0]?.partitions[0];
      if (fetched === undefined) throw new Error('the answer says nothing of the partition');
      const end = Number(fetched.highWatermark);
      if (fetched.messages.length === 0 && from >= end) return null;
      return { end, records: this.#checked(from, fetched) };
    });
  }

  /** K2. Null when `from` is above the end; what is no such error goes on. */
  async #outside(error: unknown, leader: number, from: number): Promise<null> {
    if ((error as { type?: string }).type !== 'OFFSET_OUT_OF_RANGE') throw error;
    const lowMark = await this.#askBound(leader, earliest);
    if (from < lowMark) throw new LogTrimmed(from, lowMark);
    if (from >= (await this.#askBound(leader, latest))) return null;
    throw error;
  }

  #checked(from: number, { messages }: FetchedPartition): LogRecord[] {
    const records: LogRecord[] = [];
    let expected = from;
    for (const { offset, value, isControlRecord } of messages) {
      // A broker answers with whole batches, so that records before the one asked for may lead.
      if (Number(offset) < from) continue;
      if (Number(offset) !== expected || isControlRecord || value === null) {
        const { topic, index } = this.#options;
        const what = `a hole at offset ${expected} of LogPartition ${index}, topic ${topic}`;
        const cure = 'nothing but this log may write there, and no compaction may run';
        throw new StorageFault('corrupt', `${what}; ${cure}`);
      }
      records.push({ offset: expected, bytes: value });
      expected += 1;
    }
    if (records.length === 0)
      throw new Error(`no record at offset ${from}, which is below the end`);
    return records;
  }

  #bound(timestamp: typeof earliest | typeof latest): Promise<number> {
    const what = timestamp === latest ? 'end' : 'low mark';
    return this.#atLeader(what, (leader) => this.#askBound(leader, timestamp));
  }

  async #askBound(leader: number, timestamp: number): Promise<number> {
    const { topic, index: partition } = this.#options;
    const topics = [{ topic, partitions: [{ partition, timestamp }] }];
    const { responses } = await this.#reads.call(leader, (broker) =>
      broker.listOffsets({ replicaId: -1, isolationLevel: readUncommitted, topics }),
    );
    const offset = responses[0]?.partitions[0]?.offset;
    if (offset === undefined) throw new Error('the answer says nothing of the partition');
    return Number(offset);
  }

  /** K4. */
  async #atLeader<T>(what: string, ask: (leader: number) => Promise<T>): Promise<T> {
    const { topic, index } = this.#options;
    const once = async (): Promise<T> => {
      const leader = this.#reads.leaderOf(topic, index);
      if (leader === undefined) throw new Error('the partition has no leader');
      return ask(leader);
    };
    try {
      return await once().catch(async (error: unknown) => {
        if (error instanceof LogTrimmed) throw error;
        await this.#reads.refresh();
        return once();
      });
    } catch (error) {
      if (error instanceof LogTrimmed || error instanceof StorageFault) throw error;
      throw ioFault(`${what} of LogPartition ${index}, topic ${topic}`, error);
    }
  }

  #refuseIfClosed(): void {
    if (this.#closed) throw new Error('the log is closed');
  }
}
