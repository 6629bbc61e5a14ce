// How one write of one partition of a table comes to the replicas of a simulated Cassandra, and what its process is told.
//
// C1. Every replica takes a write in its own time; it is acknowledged when a quorum has taken it. A write that left its
//     process goes on, whatever becomes of the process.
// C2. A write may be refused before any effect, or told to have timed out with any number of replicas written: the others
//     take it late or never. It may come late to all, seconds or minutes after the error, also after the death of its
//     process and under newer cells; and it may come once more (T2). Clocks decide what stays (M1).
// C3. A replica that is down misses writes. When it is back it is told of them after a while, but of some never.

import { StoreUnavailable } from '@perdure/ports';
import type { Agenda, AgendaEntry, Host } from '../agenda.ts';
import { Chance } from '../chance.ts';
import type { Trace } from '../trace.ts';
import type { Mutation } from './cassandra-cells.ts';
import { cellText, type Replica } from './cassandra-replica.ts';
import { nodeOf } from './kafka-requests.ts';
import { lateUs, type Strikes } from './strikes.ts';

/** The answer to a write: null when it was acknowledged. */
export type WriteAnswer = StoreUnavailable | null;

type LateName = 'row write late' | 'row write repeated';

const usualUs = { hop: [100, 800], take: [50, 1_500] } as const;
const timeoutUs = 2e6;

export class ReplicaWrites {
  /** How much slower than usual all is; 1 is usual. */
  slowness = 1;
  /** Nodes that do not reach the replicas. */
  readonly cuts = new Set<string>();
  readonly #agenda: Agenda;
  readonly #strikes: Strikes;
  readonly #trace: Trace;
  readonly #replicas: readonly Replica[];
  readonly #timing: Chance;
  readonly #late = new Map<AgendaEntry, () => void>();

  constructor(options: {
    readonly agenda: Agenda;
    readonly strikes: Strikes;
    readonly trace: Trace;
    readonly seed: number;
    readonly replicas: readonly Replica[];
  }) {
    this.#agenda = options.agenda;
    this.#strikes = options.strikes;
    this.#trace = options.trace;
    this.#replicas = options.replicas;
    this.#timing = Chance.of(options.seed, 'cassandra timing');
  }

  get quorum(): number {
    return Math.floor(this.#replicas.length / 2) + 1;
  }

  /** Time on the way between a process and a replica, µs. */
  hopUs(): number {
    return this.#timing.between(...usualUs.hop) * this.slowness;
  }

  /** `answer` is called once, unless the process dies. */
  write(host: Host, mutation: Mutation, answer: (answer: WriteAnswer) => void): void {
    const settle = (delayUs: number, given: WriteAnswer): AgendaEntry =>
      this.#agenda.after(delayUs, host, () => {
        if (settled) return;
        settled = true;
        this.#agenda.cancel(timeout);
        answer(given);
      });
    let settled = false;
    const timeout: AgendaEntry = settle(timeoutUs, unavailable('a write was not answered in time'));
    if (this.cuts.has(nodeOf(host))) return;
    const { sightings } = this.#strikes;
    if (this.#strikes.now('cassandraUnavailable') !== null) {
      sightings.seen('row write refused');
      settle(this.hopUs(), unavailable('the coordinator refused a write'));
      return;
    }
    const repeated = this.#strikes.now('cassandraRepeated');
    if (repeated !== null) this.#comesLate(host, mutation, repeated, 'row write repeated');
    const late = this.#strikes.now('cassandraLate');
    if (late !== null) {
      this.#comesLate(host, mutation, late, 'row write late');
      settle(late.between(1_000, timeoutUs), unavailable('a write timed out'));
      return;
    }
    const cut = this.#strikes.now('cassandraTimedOut');
    if (cut !== null) {
      this.#comesToSome(host, mutation, cut);
      settle(cut.between(1_000, timeoutUs), unavailable('a write timed out'));
      return;
    }
    this.#agenda.after(this.hopUs(), null, () => {
      if (this.#replicas.filter(({ up }) => up).length < this.quorum) {
        settle(this.hopUs(), unavailable('too few replicas are up for a write'));
        return;
      }
      let taken = 0;
      this.#spread(mutation, () => {
        taken += 1;
        if (taken === this.quorum) settle(this.hopUs(), null);
      });
    });
  }

  /** What comes late comes now or never, and all that was missed comes now. */
  heal(): void {
    this.slowness = 1;
    this.cuts.clear();
    const chance = this.#strikes.chance('cassandraLate');
    for (const [entry, come] of this.#late) {
      this.#agenda.cancel(entry);
      if (chance.happens(0.5)) come();
    }
    this.#late.clear();
    for (const replica of this.#replicas) for (const take of replica.missed.splice(0)) take();
  }

  /** A replica is back, and is told of what it missed. */
  back(replica: Replica): void {
    replica.up = true;
    const chance = this.#strikes.chance('cassandraHintLost');
    for (const take of replica.missed.splice(0)) {
      if (this.#strikes.now('cassandraHintLost') !== null) {
        this.#strikes.sightings.seen('row hint lost');
        continue;
      }
      this.#strikes.sightings.seen('row hinted');
      this.#later(chance.between(100_000, 10e6), take);
    }
  }

  /** C1: every replica in its own time; a stale one long after the others. */
  #spread(mutation: Mutation, taken: () => void): void {
    const stale = this.#replicas.length > 1 ? this.#strikes.now('cassandraStale') : null;
    const slow = stale?.pick(this.#replicas);
    if (slow !== undefined) this.#strikes.sightings.seen('row replica stale');
    for (const replica of this.#replicas) {
      const slowUs = replica === slow && stale !== null ? stale.between(0.5e6, 20e6) : 0;
      const delayUs = this.#timing.between(...usualUs.take) * this.slowness + slowUs;
      this.#agenda.after(delayUs, null, () => {
        this.#take(replica, mutation, taken);
      });
    }
  }

  /** C3. */
  #take(replica: Replica, mutation: Mutation, taken: () => void): boolean {
    if (!replica.up) {
      replica.missed.push(() => this.#take(replica, mutation, () => undefined));
      return false;
    }
    const older = replica.take(mutation);
    const { table, partition, cells, tombstones } = mutation;
    const text = [...cells.map(cellText), JSON.stringify(tombstones)].join(' ');
    this.#trace.add(`${replica.name} ${table} ${partition}`, Buffer.from(text), () => text);
    taken();
    return older;
  }

  /** C2. */
  #comesToSome(host: Host, mutation: Mutation, chance: Chance): void {
    const { sightings } = this.#strikes;
    sightings.seen('row write timed out');
    const count = chance.below(this.#replicas.length + 1);
    if (count > 0 && count < this.#replicas.length) sightings.seen('row write on few');
    const first = chance.below(this.#replicas.length);
    for (const [index, replica] of this.#replicas.entries()) {
      const at = (index - first + this.#replicas.length) % this.#replicas.length;
      const take = (): void => {
        this.#take(replica, mutation, () => undefined);
      };
      if (at < count) this.#agenda.after(this.hopUs(), null, take);
      else if (chance.happens(0.5)) this.#later(lateUs(chance), () => this.#lands(host, take));
    }
  }

  #comesLate(host: Host, mutation: Mutation, chance: Chance, name: LateName): void {
    this.#later(lateUs(chance), () => {
      this.#strikes.sightings.seen(name);
      let older = 0;
      this.#lands(host, () => {
        for (const replica of this.#replicas) {
          if (this.#take(replica, mutation, () => undefined)) older += 1;
        }
      });
      if (older > 0) this.#strikes.sightings.seen('row write late and older');
    });
  }

  #lands(host: Host, land: () => void): void {
    if (host.state === 'dead') this.#strikes.sightings.seen('row write late after death');
    land();
  }

  #later(delayUs: number, come: () => void): void {
    const entry = this.#agenda.after(delayUs, null, () => {
      this.#late.delete(entry);
      come();
    });
    this.#late.set(entry, come);
  }
}

export function unavailable(told: string): StoreUnavailable {
  return new StoreUnavailable(`the simulated Cassandra: ${told}`);
}
