// A simulated Kafka: the commit log of all processes of a world. What happens in it is said by the rules K1-K9 in the
// files beside it; here it is put together, disturbed, and shown to whoever knows all.

import type { CommitLog } from '@perdure/ports';
import type { Agenda, Host } from '../agenda.ts';
import type { Trace } from '../trace.ts';
import { Brokers } from './kafka-brokers.ts';
import type { KafkaPortOptions } from './kafka-lanes.ts';
import { KafkaPort } from './kafka-port.ts';
import type { KafkaRecord } from './kafka-records.ts';
import { type Cut, KafkaRequests } from './kafka-requests.ts';
import type { Strikes } from './strikes.ts';

export interface SimulatedKafkaOptions {
  readonly agenda: Agenda;
  readonly strikes: Strikes;
  readonly trace: Trace;
  readonly seed: number;
  /** LogPartitions. */
  readonly partitions: number;
  /** 1 or 3; one keeps the only replica. */
  readonly brokers: number;
}

export class SimulatedKafka {
  readonly brokers: Brokers;
  readonly #agenda: Agenda;
  readonly #strikes: Strikes;
  readonly #requests: KafkaRequests;

  constructor(options: SimulatedKafkaOptions) {
    const { agenda, strikes, seed } = options;
    this.#agenda = agenda;
    this.#strikes = strikes;
    this.brokers = new Brokers(options);
    this.#requests = new KafkaRequests({ agenda, brokers: this.brokers, strikes, seed });
  }

  /** As a process has it. */
  portFor(host: Host, options: KafkaPortOptions = {}): CommitLog {
    const around = {
      agenda: this.#agenda,
      host,
      brokers: this.brokers,
      requests: this.#requests,
      strikes: this.#strikes,
    };
    return new KafkaPort(around, options);
  }

  /** Every record that ever stood in a partition, in the order of their appends. */
  everything(partition: number): readonly KafkaRecord[] {
    return this.brokers.partition(partition).records.everything;
  }

  /** What stands at each offset of a partition now, from 0, trimmed or not, safe or not. */
  standing(partition: number): readonly KafkaRecord[] {
    return this.brokers.partition(partition).records.standing;
  }

  /** Where readers begin and end. */
  marks(partition: number): { readonly lowMark: number; readonly highWatermark: number } {
    const { lowMark, highWatermark } = this.brokers.partition(partition).records;
    return { lowMark, highWatermark };
  }

  /** Until `rejoin`. */
  cut(node: string, what: Cut): void {
    this.#strikes.sightings.seen('node cut from kafka');
    this.#requests.cuts.set(node, what);
  }

  rejoin(node: string): void {
    this.#requests.cuts.delete(node);
  }

  reaches(node: string): boolean {
    return !this.#requests.cuts.has(node);
  }

  heal(): void {
    this.brokers.heal();
    this.#requests.heal();
  }
}
