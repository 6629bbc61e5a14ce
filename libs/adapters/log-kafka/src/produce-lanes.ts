// The appends of a node on their way to the brokers: one lane to each broker that leads partitions.
//
// P1. A lane has one request in flight; it takes all that waits for its broker, over all partitions (W2). No timer: what is
//     called in one turn of the event loop goes together, and what comes while a request is in flight goes with the next.
// P2. Any error of a request, also a partition missing in its answer, is an unknown outcome for every append in it (L6).
//     Nothing is sent again: what then counts is for the log's readers to say.
// P3. After a failed request its lane waits until the leaders were asked for, so that the next one goes to the right broker.

import type { BrokerTime, Clock } from '@perdure/ports';
import type { KafkaMessage, ProducedPartition } from './cluster-calls.ts';
import { ioFault } from './io-fault.ts';
import type { KafkaLine } from './kafka-line.ts';

export interface ProduceOptions {
  readonly topic: string;
  readonly clock: Pick<Clock, 'nowUs' | 'endOfTurn'>;
  /** Bytes of records in one request, beyond which only its first append goes. */
  readonly requestBytesMax: number;
  readonly onBrokerTime?: (sample: BrokerTime) => void;
}

/** What it needs of a line. */
export type ProduceLine = Pick<KafkaLine, 'leaderOf' | 'call' | 'refresh' | 'requestTimeoutMs'>;

interface WaitingAppend {
  readonly partition: number;
  readonly records: readonly Uint8Array[];
  readonly bytes: number;
  readonly resolve: (baseOffset: number) => void;
  readonly reject: (fault: Error) => void;
}

export class ProduceLanes {
  readonly #line: ProduceLine;
  readonly #options: ProduceOptions;
  #waiting: WaitingAppend[] = [];
  /** Node ids of the brokers that have a request in flight, or whose leaders are asked for after one that failed. */
  readonly #busy = new Set<number>();
  #pumpDue = false;

  constructor(line: ProduceLine, options: ProduceOptions) {
    this.#line = line;
    this.#options = options;
  }

  /** Resolves with the offset of the first record. The caller has one append in flight on a partition. */
  append(partition: number, records: readonly Uint8Array[], bytes: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ partition, records, bytes, resolve, reject });
      this.#pumpSoon();
    });
  }

  #pumpSoon(): void {
    if (this.#pumpDue) return;
    this.#pumpDue = true;
    this.#options.clock.endOfTurn(() => {
      this.#pumpDue = false;
      this.#pump();
    });
  }

  #pump(): void {
    const requests = new Map<number, WaitingAppend[]>();
    const bytes = new Map<number, number>();
    const left: WaitingAppend[] = [];
    for (const append of this.#waiting) {
      const leader = this.#line.leaderOf(this.#options.topic, append.partition) ?? -1;
      const sum = (bytes.get(leader) ?? 0) + append.bytes;
      const isFull = requests.has(leader) && sum > this.#options.requestBytesMax;
      if (this.#busy.has(leader) || isFull) {
        left.push(append);
        continue;
      }
      bytes.set(leader, sum);
      requests.set(leader, [...(requests.get(leader) ?? []), append]);
    }
    this.#waiting = left;
    for (const [leader, appends] of requests) {
      this.#busy.add(leader);
      void this.#run(leader, appends);
    }
  }

  /** Never rejects. */
  async #run(leader: number, appends: readonly WaitingAppend[]): Promise<void> {
    try {
      const offsets = await this.#send(leader, appends);
      appends.forEach(({ resolve }, i) => resolve(offsets[i] as number));
    } catch (cause) {
      for (const { partition, reject } of appends) reject(this.#fault(leader, partition, cause));
      // When that fails too, the leaders known last are asked again, and the next append tells of it.
      await Promise.allSettled([this.#line.refresh()]);
    }
    this.#busy.delete(leader);
    if (this.#waiting.length > 0) this.#pumpSoon();
  }

  async #send(leader: number, appends: readonly WaitingAppend[]): Promise<number[]> {
    if (leader < 0) throw new Error('the partition has no leader');
    const { topic, clock } = this.#options;
    const timestamp = Math.floor(clock.nowUs() / 1000);
    const partitions = appends.map(({ partition, records }) => ({
      partition,
      firstSequence: 0,
      messages: records.map((bytes) => messageOf(bytes, timestamp)),
    }));
    let sentUs = 0;
    const { topics } = await this.#line.call(leader, (broker) => {
      sentUs = clock.nowUs();
      const timeout = this.#line.requestTimeoutMs;
      return broker.produce({ acks: -1, timeout, topicData: [{ topic, partitions }] });
    });
    const receivedUs = clock.nowUs();
    const results = topics.find(({ topicName }) => topicName === topic)?.partitions ?? [];
    const found = appends.map(({ partition }) => resultOf(results, partition));
    this.#tellTime(leader, sentUs, receivedUs, Number(found[0]?.logAppendTime));
    return found.map(({ baseOffset }) => Number(baseOffset));
  }

  #tellTime(leader: number, sentUs: number, receivedUs: number, appendMs: number): void {
    if (!(appendMs >= 0)) return;
    this.#options.onBrokerTime?.({
      broker: String(leader),
      sentUs,
      stampUs: appendMs * 1000,
      receivedUs,
    });
  }

  #fault(leader: number, partition: number, cause: unknown): Error {
    const broker = leader < 0 ? 'no broker' : `broker ${leader}`;
    return ioFault(
      `append to LogPartition ${partition} of topic ${this.#options.topic}, ${broker}`,
      cause,
    );
  }
}

/** The result of one partition. kafkajs answers with no error and no result when a partition is not there. */
function resultOf(results: readonly ProducedPartition[], partition: number): ProducedPartition {
  const found = results.find((result) => result.partition === partition);
  if (found === undefined) throw new Error(`the answer says nothing of partition ${partition}`);
  if (found.errorCode !== 0 || !(Number(found.baseOffset) >= 0)) {
    throw new Error(`error ${found.errorCode} at partition ${partition}`);
  }
  return found;
}

function messageOf(bytes: Uint8Array, timestamp: number): KafkaMessage {
  const value = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { key: null, value, timestamp, headers: {} };
}
