// The appends of one process on their way to a simulated Kafka, as the production adapter sends them (W2).
//
// K8. A process has one request in flight for each broker that leads, as far as it knows; what is to be appended meanwhile
//     waits, and goes together. An error in an answer, and a partition that it lacks, is one for every append in the request.
// K9. It learns of moved leaders when a request fails, and sends nothing to that broker before.

import { type BrokerTime, StorageFault } from '@perdure/ports';
import type { Agenda, AgendaEntry, Host } from '../agenda.ts';
import type { Brokers } from './kafka-brokers.ts';
import { type KafkaRequests, nodeOf, type ProduceAnswer } from './kafka-requests.ts';
import type { Strikes } from './strikes.ts';

export interface KafkaPortOptions {
  /** The process's clock; true time when there is none. */
  readonly nowUs?: () => number;
  readonly onBrokerTime?: (sample: BrokerTime) => void;
  /** A request that has no answer by then has failed. */
  readonly requestTimeoutUs?: number;
}

export interface Surroundings {
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

/** Asking who leads now takes this long. */
const metadataUs = 5_000;

export class KafkaLanes {
  readonly #around: Surroundings;
  readonly #options: Required<KafkaPortOptions>;
  /** Who leads each partition, as far as this process knows. */
  #leaders: number[];
  #waiting: Append[] = [];
  /** Brokers with a request in flight, or whose leaders are asked for after one that failed. */
  readonly #busy = new Set<number>();

  constructor(around: Surroundings, options: Required<KafkaPortOptions>) {
    this.#around = around;
    this.#options = options;
    this.#leaders = around.brokers.partitions.map(({ leader }) => leader);
  }

  leaderOf(partition: number): number {
    return this.#leaders[partition] ?? 0;
  }

  append(partition: number, given: readonly Uint8Array[]): Promise<number> {
    const { agenda, host, strikes } = this.#around;
    return new Promise((resolve, rejectWith) => {
      const records = given.map((bytes) => bytes.slice());
      this.#waiting.push({ partition, records, resolve, rejectWith });
      if (this.#busy.has(this.leaderOf(partition)))
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
      const broker = this.leaderOf(append.partition);
      if (this.#busy.has(broker)) {
        rest.push(append);
        continue;
      }
      const together = byBroker.get(broker) ?? [];
      together.push(append);
      byBroker.set(broker, together);
    }
    this.#waiting = rest;
    for (const [broker, appends] of byBroker) {
      this.#busy.add(broker);
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
      this.#busy.delete(broker);
      this.#send();
    };
    const error = errorOf(answer, appends);
    if (error !== null || answer.kind === 'failed') {
      strikes.sightings.seen('request failed whole', appends.length > 1 ? 1 : 0);
      this.learnLeaders(goOn);
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

  /** K9. `known`: called when they are, or cannot be. */
  learnLeaders(known: () => void): void {
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
