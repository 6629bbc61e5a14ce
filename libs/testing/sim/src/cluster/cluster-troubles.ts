// Brings the faults of a plan to what the nodes of a cluster share, and takes them out again.

import type { Agenda } from '../agenda.ts';
import { Chance } from '../chance.ts';
import type { Backends } from './backends.ts';
import type { ClusterFaultKind, ClusterFaultPlan } from './cluster-plan.ts';

export interface ClusterTroublesOptions {
  readonly agenda: Agenda;
  readonly seed: number;
  readonly plan: ClusterFaultPlan;
  readonly backends: Backends;
  /** Names of the nodes, as hosts are named before the slash. */
  readonly nodes: readonly string[];
  /** Told of what keeps nodes from their work, and for how long from now on, µs. */
  readonly onOutage?: (cause: string, durationUs: number) => void;
}

/** Of what a broker is sent while it stands still, the share that it takes when it moves again. */
const landsAfterFreeze = 0.7;

export class ClusterTroubles {
  /** How often each kind struck. */
  readonly counts = new Map<string, number>();
  readonly #options: ClusterTroublesOptions;

  constructor(options: ClusterTroublesOptions) {
    this.#options = options;
  }

  begin(): void {
    const { backends, plan, seed } = this.#options;
    backends.strikes.on = true;
    this.#kafka();
    this.#cassandra();
    this.#every('sharedSlowEveryUs', 'shared storage slow', (chance) => {
      backends.shared.slowness = chance.between(10, 2_000);
      this.#meanwhile('shared storage slow', chance.between(1e6, 15e6), () => {
        backends.shared.slowness = 1;
      });
    });
    this.#every('placementExpelledEveryUs', 'member expelled', (chance) => {
      backends.placement.expelAlive(chance, chance.between(0.5e6, 8e6));
    });
    // One of several only: with one broker there is no other clock to hold it against (L10).
    const { brokers } = backends.kafka.brokers;
    if (plan.kafkaBrokerClock === 0 || brokers.length < 3) return;
    const chance = Chance.of(seed, 'cluster trouble broker clock');
    const sign = chance.happens(0.5) ? 1 : -1;
    chance.pick(brokers).clockOffsetUs = Math.round(sign * plan.kafkaBrokerClock * 1e6);
    this.#count('broker clock');
  }

  /** Everything is as it should be: nothing is lost, late or down any more, and everybody hears of the newest generation. */
  end(): void {
    const { backends } = this.#options;
    backends.strikes.on = false;
    for (const broker of backends.kafka.brokers.brokers) broker.clockOffsetUs = 0;
    backends.kafka.heal();
    backends.cassandra.heal();
    backends.shared.heal();
    backends.placement.heal();
  }

  #kafka(): void {
    const { backends, nodes } = this.#options;
    const { kafka } = backends;
    const { brokers, partitions } = kafka.brokers;
    this.#every('kafkaLeaderMoveEveryUs', 'leader move', (chance) => {
      const leader = chance.below(brokers.length);
      const all = chance.happens(0.3);
      const one = chance.below(partitions.length);
      for (const { index, leader: now } of partitions)
        if (all ? now === leader : index === one) kafka.brokers.moveAway(index);
      this.#outage('leader move', 1.5e6);
    });
    this.#every('kafkaBrokerFreezeEveryUs', 'broker freeze', (chance) => {
      const durationUs = chance.between(1e6, 8e6);
      kafka.brokers.freeze(chance.below(brokers.length), durationUs, landsAfterFreeze);
      this.#outage('broker freeze', durationUs + 3e6);
    });
    this.#every('kafkaSlowEveryUs', 'kafka slow', (chance) => {
      kafka.brokers.slowness = chance.between(10, 1_000);
      this.#meanwhile('kafka slow', chance.between(1e6, 15e6), () => {
        kafka.brokers.slowness = 1;
      });
    });
    this.#every('kafkaCutEveryUs', 'kafka cut', (chance) => {
      if (nodes.length === 0) return;
      const node = chance.pick(nodes);
      kafka.cut(node, chance.pick(['requests lost', 'answers lost']));
      this.#meanwhile('kafka cut', chance.between(0.2e6, 20e6), () => kafka.rejoin(node));
    });
  }

  #cassandra(): void {
    const { backends, nodes } = this.#options;
    const { cassandra } = backends;
    this.#every('cassandraReplicaDownEveryUs', 'replica down', (chance) => {
      const first = chance.below(cassandra.replicas.length);
      const durationUs = chance.between(1e6, 30e6);
      // Two of three: neither reads nor writes until one is back.
      const count = chance.happens(0.15) ? 2 : 1;
      for (let i = first; i < first + count; i++) {
        const replica = i % cassandra.replicas.length;
        cassandra.down(replica);
        const downUs = i === first ? durationUs : Math.min(durationUs, 8e6);
        this.#later(downUs, () => cassandra.back(replica));
      }
      if (count >= cassandra.replicas.length / 2) this.#outage('replicas down', durationUs);
    });
    this.#every('cassandraSlowEveryUs', 'cassandra slow', (chance) => {
      cassandra.slowness = chance.between(10, 2_000);
      this.#meanwhile('cassandra slow', chance.between(1e6, 15e6), () => {
        cassandra.slowness = 1;
      });
    });
    this.#every('cassandraCutEveryUs', 'cassandra cut', (chance) => {
      if (nodes.length === 0) return;
      const node = chance.pick(nodes);
      cassandra.cut(node);
      this.#meanwhile('cassandra cut', chance.between(0.2e6, 20e6), () => cassandra.rejoin(node));
    });
  }

  #every(kind: ClusterFaultKind, name: string, strike: (chance: Chance) => void): void {
    const { backends, plan, seed } = this.#options;
    const meanUs = plan[kind];
    if (meanUs === 0) return;
    const chance = Chance.of(seed, `cluster trouble ${name}`);
    const strikeLater = (): void =>
      this.#later(chance.between(0, 2 * meanUs), () => {
        if (!backends.strikes.on) return;
        this.#count(name);
        strike(chance);
        strikeLater();
      });
    strikeLater();
  }

  #meanwhile(cause: string, durationUs: number, end: () => void): void {
    this.#outage(cause, durationUs);
    this.#later(durationUs, end);
  }

  #outage(cause: string, durationUs: number): void {
    this.#options.onOutage?.(cause, durationUs);
  }

  #count(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }

  #later(delayUs: number, happen: () => void): void {
    this.#options.agenda.after(delayUs, null, happen);
  }
}
