// The brokers of a simulated Kafka and the partitions they lead: appends, replication, moves of leaders, brokers that
// stand still. All of it goes on whatever the processes do that asked for it.
//
// K1. A record gets its offset from the leader, and is safe when the others have it too. Its process is told the offset
//     when it is safe, and readers see it from then on.
// K2. What was told to a process as appended never vanishes. `loseAcknowledged` breaks that, for one test.
// K3. A record that is not safe may vanish when the leader moves, and another one gets its offset. Whoever waits for
//     records of a partition whose leader moves gets an error, whether they stay or vanish.
// K4. A broker that stands still holds all that comes to it, and while it is not fenced nothing gets safe anywhere.

import type { Agenda } from '../agenda.ts';
import { Chance } from '../chance.ts';
import type { Trace } from '../trace.ts';
import {
  type Broker,
  newBroker,
  newPartition,
  type Part,
  type PartitionAtBrokers,
  type PartResult,
  type Sender,
} from './kafka-partition.ts';
import type { KafkaMarks, KafkaRecord } from './kafka-records.ts';
import type { Strikes } from './strikes.ts';

/** What a broker says of a partition that it does not lead. */
export const notLeader = 'NOT_LEADER_OR_FOLLOWER';
/** A controller takes a broker for dead after this long. */
const fencedAfterUs = 2.5e6;
const usual = { replicationUs: [200, 1_500], electionUs: [20_000, 1e6] } as const;

export class Brokers {
  readonly brokers: readonly Broker[];
  readonly partitions: readonly PartitionAtBrokers[];
  /** How much slower than usual all is; 1 is usual. */
  slowness = 1;
  readonly #agenda: Agenda;
  readonly #strikes: Strikes;
  readonly #trace: Trace;
  readonly #timing: Chance;
  readonly #moves: Chance;
  /** What waits for brokers to come back or to be fenced. */
  readonly #untilComplete: (() => void)[] = [];

  constructor(options: {
    readonly agenda: Agenda;
    readonly strikes: Strikes;
    readonly trace: Trace;
    readonly seed: number;
    readonly partitions: number;
    readonly brokers: number;
  }) {
    this.#agenda = options.agenda;
    this.#strikes = options.strikes;
    this.#trace = options.trace;
    this.#timing = Chance.of(options.seed, 'kafka timing');
    this.#moves = Chance.of(options.seed, 'kafka moves');
    const clocks = Chance.of(options.seed, 'kafka clocks');
    const { brokers, partitions } = options;
    this.brokers = Array.from({ length: brokers }, (_, index) =>
      newBroker(index, Math.round(clocks.between(-5_000, 5_000))),
    );
    this.partitions = Array.from({ length: partitions }, (_, index) =>
      newPartition(index, index % brokers),
    );
  }

  partition(index: number): PartitionAtBrokers {
    const found = this.partitions[index];
    if (found === undefined) throw new RangeError(`there is no partition ${index}`);
    return found;
  }

  /** Carried out by the broker when it moves again. */
  at(broker: number, happen: () => void): void {
    const it = this.brokers[broker];
    if (it !== undefined && it.frozen !== null) it.held.push(happen);
    else happen();
  }

  /** Appends records at that broker; `done` is called once, now or later. */
  append(broker: number, part: Part, sender: Sender, done: (result: PartResult) => void): void {
    const { partition } = part;
    const at = this.partition(partition);
    const refused = (error: string): void => done({ partition, records: null, told: { error } });
    if (!this.#leads(broker, at)) {
      this.#strikes.sightings.seen('append to old leader');
      refused(notLeader);
      return;
    }
    if (at.stalled !== null) {
      refused('NOT_ENOUGH_REPLICAS');
      return;
    }
    const missing = this.#strikes.now('kafkaMissingResult');
    if (missing !== null) {
      this.#strikes.sightings.seen('result missing');
      const records = missing.happens(0.5) ? this.#put(at, part, sender) : null;
      if (records !== null) this.#replicate(at, records, () => undefined);
      done({ partition, records, told: 'missing' });
      return;
    }
    const records = this.#put(at, part, sender);
    const unreplicated = this.brokers.length > 1 ? this.#strikes.now('kafkaUnreplicated') : null;
    if (unreplicated !== null) {
      this.#stall(at, unreplicated);
      done({ partition, records, told: { error: 'NOT_ENOUGH_REPLICAS_AFTER_APPEND' } });
      return;
    }
    this.#replicate(at, records, (error) =>
      done({ partition, records, told: error === null ? 'acknowledged' : { error } }),
    );
  }

  /** What a reader may be shown by that broker; throws when it does not lead. */
  marksAt(broker: number, index: number): KafkaMarks {
    const at = this.partition(index);
    if (this.#leads(broker, at)) return at.records;
    if (at.deposed?.broker === broker && this.#agenda.nowUs < at.deposed.untilUs) {
      this.#strikes.sightings.seen('log read stale');
      return at.deposed;
    }
    throw new Error(notLeader);
  }

  leads(broker: number, index: number): boolean {
    return this.#leads(broker, this.partition(index));
  }

  /** Another broker leads from now on. What was not safe stays to some length, and is safe then (K3). */
  moveLeader(index: number, to: number): void {
    const at = this.partition(index);
    if (to === at.leader || this.brokers[to] === undefined) return;
    const { sightings } = this.#strikes;
    const nowUs = this.#agenda.nowUs;
    sightings.seen('leader moved');
    const { lowMark, highWatermark, end } = at.records;
    const stale = this.#strikes.now('kafkaStaleLeader');
    at.deposed =
      stale === null
        ? null
        : {
            broker: at.leader,
            lowMark,
            highWatermark,
            untilUs: nowUs + stale.between(50_000, 3e6),
          };
    const kept = highWatermark + this.#moves.below(end - highWatermark + 1);
    const lost = at.records.truncate(kept, nowUs);
    sightings.seen('append truncated', lost.length);
    at.records.makeSafe(kept, nowUs);
    at.leader = to;
    at.stalled = null;
    at.electingUntilUs = nowUs + this.#moves.between(...usual.electionUs);
    this.#trace.note(`partition ${index} moves to ${to}, ${lost.length} records vanish`);
    const waiting = [...at.waiting];
    at.waiting.clear();
    for (const tell of waiting) tell(notLeader);
  }

  /** Any other broker that is well. */
  moveAway(index: number): void {
    const { leader } = this.partition(index);
    const others = this.brokers.filter((other) => other.index !== leader && other.frozen === null);
    if (others.length > 0) this.moveLeader(index, this.#moves.pick(others).index);
  }

  /** Stands still for that long, one at a time; `lands`: the share of what it was sent meanwhile that it takes. */
  freeze(broker: number, durationUs: number, lands: number): void {
    const it = this.brokers[broker];
    if (it === undefined || this.brokers.some(({ frozen }) => frozen !== null)) return;
    const standstill = { fenced: false };
    it.frozen = standstill;
    this.#strikes.sightings.seen('broker frozen');
    this.#trace.note(`${it.name} freezes`);
    if (durationUs > fencedAfterUs && this.brokers.length > 1)
      this.#agenda.after(fencedAfterUs, null, () => {
        if (it.frozen === standstill) this.#fence(it, standstill);
      });
    this.#agenda.after(durationUs, null, () => {
      if (it.frozen === standstill) this.thaw(broker, lands);
    });
  }

  thaw(broker: number, lands: number): void {
    const it = this.brokers[broker];
    if (it === undefined || it.frozen === null) return;
    it.frozen = null;
    this.#trace.note(`${it.name} thaws`);
    for (const happen of it.held.splice(0)) if (this.#moves.happens(lands)) happen();
    this.#complete();
  }

  /** All is as it should be: brokers are up, and what could become safe is. */
  heal(): void {
    this.slowness = 1;
    for (const { index } of this.brokers) this.thaw(index, 1);
    for (const at of this.partitions) {
      at.deposed = null;
      at.electingUntilUs = 0;
      if (at.stalled !== null) this.#recover(at);
    }
  }

  /** K2: the newest of what is safe is lost, as when all replicas lose their disks. */
  loseAcknowledged(index: number, count: number): void {
    const { records } = this.partition(index);
    records.truncate(Math.max(0, records.highWatermark - count), this.#agenda.nowUs);
    this.#strikes.sightings.seen('log lost what was acknowledged');
    this.#trace.note(`partition ${index} loses ${count} safe records`);
  }

  #leads(broker: number, at: PartitionAtBrokers): boolean {
    return at.leader === broker && this.#agenda.nowUs >= at.electingUntilUs;
  }

  #put(at: PartitionAtBrokers, { records }: Part, sender: Sender): KafkaRecord[] {
    if (at.records.end < at.records.highestEnd) this.#strikes.sightings.seen('offset used again');
    const { nowUs } = this.#agenda;
    const put = at.records.append(records, { ...sender, nowUs });
    for (const { bytes, offset } of put) {
      this.#trace.add(`append ${at.index}@${offset}`, bytes, () => `by ${sender.process}`);
    }
    return put;
  }

  /** K1. */
  #replicate(
    at: PartitionAtBrokers,
    records: readonly KafkaRecord[],
    done: (error: string | null) => void,
  ): void {
    const fail = (error: string): void => done(error);
    at.waiting.add(fail);
    const take = (): void => {
      if (!at.waiting.has(fail)) return;
      if (this.brokers.some(({ frozen }) => frozen?.fenced === false)) {
        this.#untilComplete.push(take);
        return;
      }
      at.waiting.delete(fail);
      at.records.makeSafe((records.at(-1)?.offset ?? -1) + 1, this.#agenda.nowUs);
      done(null);
    };
    const delayUs = this.brokers.length === 1 ? 0 : this.#timing.between(...usual.replicationUs);
    this.#agenda.after(delayUs * this.slowness, null, take);
  }

  #stall(at: PartitionAtBrokers, chance: Chance): void {
    const standstill = {};
    at.stalled = standstill;
    this.#strikes.sightings.seen('append unreplicated');
    const vanishes = chance.happens(0.5);
    this.#agenda.after(chance.between(10_000, 6e6), null, () => {
      if (at.stalled !== standstill) return;
      if (vanishes) this.moveAway(at.index);
      else this.#recover(at);
    });
  }

  #recover(at: PartitionAtBrokers): void {
    at.stalled = null;
    this.#strikes.sightings.seen('append made safe');
    at.records.makeSafe(at.records.end, this.#agenda.nowUs);
  }

  #fence(it: Broker, standstill: { fenced: boolean }): void {
    standstill.fenced = true;
    this.#strikes.sightings.seen('broker fenced');
    for (const { index, leader } of this.partitions) if (leader === it.index) this.moveAway(index);
    this.#complete();
  }

  #complete(): void {
    for (const happen of this.#untilComplete.splice(0)) happen();
  }
}
