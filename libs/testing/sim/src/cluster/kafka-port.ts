// The commit log of a simulated Kafka as one process has it, sending as the production adapter does (W2).
//
// K8. A process has one request in flight for each broker that leads, as far as it knows; what is to be appended meanwhile
//     waits, and goes together. An error in an answer, and a partition that it lacks, is one for every append in the request.
// K9. It learns of moved leaders when a request fails, and sends nothing to that broker before. A read or a trim that the
//     wrong broker refused is tried once more at the right one.

import {
  type BrokerTime,
  type CommitLog,
  type LogPartition,
  type LogRecord,
  LogTrimmed,
  StorageFault,
} from '@perdure/ports';
import type { Agenda, AgendaEntry, Host } from '../agenda.ts';
import { type Brokers, notLeader } from './kafka-brokers.ts';
import type { KafkaMarks } from './kafka-records.ts';
import { type KafkaRequests, nodeOf, type ProduceAnswer } from './kafka-requests.ts';
import type { Strikes } from './strikes.ts';

export interface KafkaPortOptions {
  /** The process's clock; true time when there is none. */
  readonly nowUs?: () => number;
  readonly onBrokerTime?: (sample: BrokerTime) => void;
  /** A request that has no answer by then has failed. */
  readonly requestTimeoutUs?: number;
}

interface Surroundings {
  readonly agenda: Agenda;
  readonly host: Host;
  readonly brokers: Brokers;
  readonly requests: KafkaRequests;
  readonly strikes: Strikes;
}

interface Append {
  readonly partition: number;
  readonly records: readonly Uint8Array[];
  readonly resolve: (offset: number) => void;
  readonly rejectWith: (fault: Error) => void;
}

const recordBytesMax = 1 << 23;
/** Bytes that each record of an append but the first counts for, besides its own. */
const recordOverhead = 32;
/** Asking who leads now takes this long. */
const metadataUs = 5_000;
/** One process meets one failed read in this time at most. */
const readFaultsApartUs = 2e6;

export class KafkaPort implements CommitLog {
  readonly recordBytesMax = recordBytesMax;
  readonly #around: Surroundings;
  readonly #options: Required<KafkaPortOptions>;
  readonly #partitions: readonly LogPartition[];
  /** Who leads each partition, as far as this process knows. */
  #leaders: number[];
  #waiting: Append[] = [];
  /** Appends of requests in flight, by broker. */
  readonly #sent = new Map<number, readonly Append[]>();
  #closed = false;

  constructor(around: Surroundings, options: KafkaPortOptions) {
    this.#around = around;
    this.#options = {
      nowUs: () => around.agenda.nowUs,
      onBrokerTime: () => undefined,
      requestTimeoutUs: 1.5e6,
      ...options,
    };
    this.#leaders = around.brokers.partitions.map(({ leader }) => leader);
    this.#partitions = around.brokers.partitions.map(({ index }) => this.#newPartition(index));
  }

  get partitionCount(): number {
    return this.#partitions.length;
  }

  partition(index: number): LogPartition {
    const found = this.#partitions[index];
    if (found === undefined) throw new RangeError(`there is no LogPartition ${index}`);
    return found;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#partitions.map((partition) => partition.close()));
  }

  #newPartition(index: number): LogPartition {
    const { brokers, strikes } = this.#around;
    const { records } = brokers.partition(index);
    let closed = false;
    let inFlight: Promise<void> | null = null;
    const refuseIfClosed = (): void => {
      if (closed || this.#closed) throw new StorageFault('io', 'the log is closed');
    };
    return {
      append: async (given) => {
        refuseIfClosed();
        if (inFlight !== null) throw new Error('W2: an append of this partition is in flight');
        const sum = given.reduce(
          (all, { length }) => all + length + recordOverhead,
          -recordOverhead,
        );
        if (sum > recordBytesMax) throw new RangeError(`an append of ${sum} bytes`);
        const appended =
          given.length === 0
            ? this.#ask(index, ({ highWatermark }) => highWatermark)
            : this.#append(index, given);
        inFlight = settledOf(appended);
        try {
          return await appended;
        } finally {
          inFlight = null;
        }
      },
      read: async (fromOffset, maxBytes) => {
        refuseIfClosed();
        return this.#ask(index, ({ lowMark, highWatermark }): LogRecord[] => {
          if (fromOffset < lowMark) throw new LogTrimmed(fromOffset, lowMark);
          const found = records.read(fromOffset, maxBytes, highWatermark);
          return found.map(({ offset, bytes }) => ({ offset, bytes: bytes.slice() }));
        });
      },
      endOffset: async () => {
        refuseIfClosed();
        return this.#ask(index, ({ highWatermark }) => highWatermark);
      },
      lowMark: async () => {
        refuseIfClosed();
        return this.#ask(index, ({ lowMark }) => lowMark);
      },
      trim: async (offset) => {
        refuseIfClosed();
        return this.#ask(index, (marks) => {
          if (marks !== records) throw new Error(notLeader);
          records.trim(offset);
          if (strikes.now('kafkaReadFault') === null) return;
          strikes.sightings.seen('log trim unknown');
          throw new StorageFault('io', 'the simulated Kafka did not say whether it trimmed');
        });
      },
      close: async () => {
        closed = true;
        await inFlight;
      },
    };
  }

  #append(partition: number, given: readonly Uint8Array[]): Promise<number> {
    const { agenda, host, strikes } = this.#around;
    return new Promise((resolve, rejectWith) => {
      const records = given.map((bytes) => bytes.slice());
      this.#waiting.push({ partition, records, resolve, rejectWith });
      if (this.#sent.has(this.#leaders[partition] ?? 0))
        strikes.sightings.seen('append waited for its turn');
      // What is asked for in one turn goes together.
      agenda.after(0, host, () => this.#send());
    });
  }

  /** K8. */
  #send(): void {
    const { agenda, host, requests } = this.#around;
    const byBroker = new Map<number, Append[]>();
    const rest: Append[] = [];
    for (const append of this.#waiting) {
      const broker = this.#leaders[append.partition] ?? 0;
      if (this.#sent.has(broker)) {
        rest.push(append);
        continue;
      }
      const together = byBroker.get(broker) ?? [];
      together.push(append);
      byBroker.set(broker, together);
    }
    this.#waiting = rest;
    for (const [broker, appends] of byBroker) {
      this.#sent.set(broker, appends);
      const sentUs = this.#options.nowUs();
      let settled = false;
      const settle = (answer: ProduceAnswer): void => {
        if (settled) return;
        settled = true;
        agenda.cancel(timeout);
        this.#settle(broker, appends, { sentUs, answer });
      };
      const timeout: AgendaEntry = agenda.after(this.#options.requestTimeoutUs, host, () =>
        settle({ kind: 'failed', error: 'no answer in time' }),
      );
      const parts = appends.map(({ partition, records }) => ({ partition, records }));
      requests.produce(host, { broker, parts }, settle);
    }
  }

  #settle(
    broker: number,
    appends: readonly Append[],
    { sentUs, answer }: { readonly sentUs: number; readonly answer: ProduceAnswer },
  ): void {
    const { agenda, brokers, strikes } = this.#around;
    const name = brokers.brokers[broker]?.name ?? '';
    const goOn = (): void => {
      this.#sent.delete(broker);
      this.#send();
    };
    const error = errorOf(answer, appends);
    if (error !== null || answer.kind === 'failed') {
      strikes.sightings.seen('request failed whole', appends.length > 1 ? 1 : 0);
      this.#learnLeaders(goOn);
      const fault = new StorageFault('io', `the simulated Kafka, ${name}: ${error}`);
      for (const { rejectWith } of appends) rejectWith(fault);
      return;
    }
    const { stampUs, results } = answer;
    const receivedUs = this.#options.nowUs();
    this.#options.onBrokerTime({ broker: name, sentUs, stampUs, receivedUs });
    for (const { partition, resolve } of appends) {
      const records = results.find((one) => one.partition === partition)?.records ?? [];
      for (const record of records) record.acknowledgedUs = agenda.nowUs;
      resolve(records[0]?.offset ?? -1);
    }
    goOn();
  }

  /** Lets the leader do something with a partition. */
  #ask<T>(index: number, effect: (marks: KafkaMarks) => T, again = true): Promise<T> {
    const { agenda, host, brokers, requests } = this.#around;
    const broker = this.#leaders[index] ?? 0;
    return new Promise((resolve, rejectWith) => {
      let settled = false;
      const fail = (cause: unknown): void => {
        if (settled) return;
        settled = true;
        agenda.cancel(timeout);
        const refused = again && cause instanceof Error && cause.message === notLeader;
        this.#learnLeaders(() => {
          if (refused) this.#ask(index, effect, false).then(resolve, rejectWith);
        });
        if (refused) return;
        const known = cause instanceof LogTrimmed || cause instanceof StorageFault;
        const told = 'no answer of the simulated Kafka';
        rejectWith(known ? cause : new StorageFault('io', told, { cause }));
      };
      const timeout: AgendaEntry = agenda.after(this.#options.requestTimeoutUs, host, () =>
        fail('no answer in time'),
      );
      const carryOut = (): T => {
        this.#strikeRead();
        return effect(brokers.marksAt(broker, index));
      };
      requests.ask(host, broker, carryOut, (outcome) => {
        if ('error' in outcome) {
          fail(outcome.error);
        } else if (!settled) {
          settled = true;
          agenda.cancel(timeout);
          resolve(outcome.value);
        }
      });
    });
  }

  #strikeRead(): void {
    const { agenda, host, strikes } = this.#around;
    const every = { nowUs: agenda.nowUs, gapUs: readFaultsApartUs };
    if (strikes.spaced('kafkaReadFault', host.name, every) === null) return;
    strikes.sightings.seen('log read failed');
    throw new StorageFault('io', 'the simulated Kafka failed to read');
  }

  /** K9. `known`: called when they are, or cannot be. */
  #learnLeaders(known: () => void): void {
    const { agenda, host, brokers, requests } = this.#around;
    const cut = requests.cuts.has(nodeOf(host));
    agenda.after(cut ? this.#options.requestTimeoutUs : metadataUs, host, () => {
      if (!cut) this.#leaders = brokers.partitions.map(({ leader }) => leader);
      known();
    });
  }
}

/** The error that hits every append of a request; null: none does. */
function errorOf(answer: ProduceAnswer, appends: readonly Append[]): string | null {
  if (answer.kind === 'failed') return answer.error;
  for (const { told } of answer.results) if (typeof told === 'object') return told.error;
  const lacks = appends.find(
    ({ partition }) =>
      answer.results.find((one) => one.partition === partition)?.told !== 'acknowledged',
  );
  return lacks === undefined ? null : `the answer says nothing of partition ${lacks.partition}`;
}

/** Resolves when the promise settles, however it does. */
function settledOf(promise: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => resolve();
    promise.then(settle, settle);
  });
}
