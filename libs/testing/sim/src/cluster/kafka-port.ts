// The commit log of a simulated Kafka as one process has it, sending as the production adapter does (W2).
//
// K8, K9: see kafka-lanes.ts. A read or a trim that the wrong broker refused is tried once more at the right one.

import {
  type CommitLog,
  type LogPartition,
  type LogRecord,
  LogTrimmed,
  StorageFault,
} from '@perdure/ports';
import type { AgendaEntry } from '../agenda.ts';
import { notLeader } from './kafka-brokers.ts';
import { KafkaLanes, type KafkaPortOptions, type Surroundings } from './kafka-lanes.ts';
import type { KafkaMarks } from './kafka-records.ts';

const recordBytesMax = 1 << 23;
/** Bytes that each record of an append but the first counts for, besides its own. */
const recordOverhead = 32;
/** One process meets one failed read in this time at most. */
const readFaultsApartUs = 2e6;

export class KafkaPort implements CommitLog {
  readonly recordBytesMax = recordBytesMax;
  readonly #around: Surroundings;
  readonly #options: Required<KafkaPortOptions>;
  readonly #partitions: readonly LogPartition[];
  readonly #lanes: KafkaLanes;
  #closed = false;

  constructor(around: Surroundings, options: KafkaPortOptions) {
    this.#around = around;
    this.#options = {
      nowUs: () => around.agenda.nowUs,
      onBrokerTime: () => undefined,
      requestTimeoutUs: 1.5e6,
      ...options,
    };
    this.#lanes = new KafkaLanes(around, this.#options);
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
            : this.#lanes.append(index, given);
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

  /** Lets the leader do something with a partition. */
  #ask<T>(index: number, effect: (marks: KafkaMarks) => T, again = true): Promise<T> {
    const { agenda, host, brokers, requests } = this.#around;
    const broker = this.#lanes.leaderOf(index);
    return new Promise((resolve, rejectWith) => {
      let settled = false;
      const fail = (cause: unknown): void => {
        if (settled) return;
        settled = true;
        agenda.cancel(timeout);
        const refused = again && cause instanceof Error && cause.message === notLeader;
        this.#lanes.learnLeaders(() => {
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
}

/** Resolves when the promise settles, however it does. */
function settledOf(promise: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => resolve();
    promise.then(settle, settle);
  });
}
