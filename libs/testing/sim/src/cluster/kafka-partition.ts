// A broker and a partition of a simulated Kafka as they stand, and what a broker says of a request.

import { type KafkaMarks, type KafkaRecord, KafkaRecords } from './kafka-records.ts';

export interface Broker {
  readonly index: number;
  readonly name: string;
  /** How far its clock is off, µs. */
  clockOffsetUs: number;
  /** Of the present standstill; null: it moves. */
  frozen: { fenced: boolean } | null;
  /** What came while it stood still. */
  readonly held: (() => void)[];
}

export interface PartitionAtBrokers {
  readonly index: number;
  readonly records: KafkaRecords;
  leader: number;
  /** No leader answers before. */
  electingUntilUs: number;
  /** Replicas are missing: nothing can be appended until they are back or the leader moves. */
  stalled: object | null;
  /** A leader of before that does not know that it is none any more. */
  deposed: (KafkaMarks & { readonly broker: number; readonly untilUs: number }) | null;
  /** Called with the error when the leader moves before the records are safe. */
  readonly waiting: Set<(error: string) => void>;
}

/** What became of the records of one partition of a request. */
export interface PartResult {
  readonly partition: number;
  /** null: not appended. */
  readonly records: readonly KafkaRecord[] | null;
  /** What the broker tells; `missing`: nothing. */
  readonly told: 'acknowledged' | 'missing' | { readonly error: string };
}

export interface Part {
  readonly partition: number;
  readonly records: readonly Uint8Array[];
}

export interface Sender {
  readonly process: string;
  readonly request: number;
}

export function newBroker(index: number, clockOffsetUs: number): Broker {
  return { index, name: `broker ${index}`, clockOffsetUs, frozen: null, held: [] };
}

export function newPartition(index: number, leader: number): PartitionAtBrokers {
  return {
    index,
    records: new KafkaRecords(index),
    leader,
    electingUntilUs: 0,
    stalled: null,
    deposed: null,
    waiting: new Set<(error: string) => void>(),
  };
}
