// What goes wrong with what the nodes of a cluster share: Kafka, Cassandra, the placement, the other storage (K, C and P
// rules of docs/architecture/simulation.md). What goes wrong with nodes and with the links between them is not here.
//
// A seed switches each kind on or off and draws its rate; each kind has a stream of draws of its own, as in fault-plan.ts.

import { Chance } from '../chance.ts';

/** 0 switches a kind off. `...EveryUs`: mean time between two, µs. The others are shares. */
export interface ClusterFaultPlan {
  /** Of requests to append: lost before the broker; landed, but the answer is lost; landed after the caller got an error. */
  readonly kafkaLostRequest: number;
  readonly kafkaLostAnswer: number;
  readonly kafkaLate: number;
  /** Of requests to append: their records land twice. */
  readonly kafkaDoubled: number;
  /** Of records: appended, but told to lack replicas; later safe, or gone and their offsets used again. */
  readonly kafkaUnreplicated: number;
  /** Of partitions in a request: written, or not, and missing in its result. */
  readonly kafkaMissingResult: number;
  /** Of reads, and of trims, before or after their effect. */
  readonly kafkaReadFault: number;
  /** Of moves of a leader: the old one goes on answering reads for a while, from what it knew. */
  readonly kafkaStaleLeader: number;
  readonly kafkaLeaderMoveEveryUs: number;
  readonly kafkaBrokerFreezeEveryUs: number;
  readonly kafkaSlowEveryUs: number;
  /** A node does not reach Kafka, or Kafka not the node: its log and its membership. */
  readonly kafkaCutEveryUs: number;
  /** By how many seconds the clock of one of the brokers is off. */
  readonly kafkaBrokerClock: number;
  /** Of writes of one partition of a table: told to have timed out, with none, some or all replicas written. */
  readonly cassandraTimedOut: number;
  /** Of such writes: the same, and they come to the replicas later. */
  readonly cassandraLate: number;
  /** Of such writes: come to the replicas once more later. */
  readonly cassandraRepeated: number;
  /** Of such writes and of reads: refused by the coordinator before any effect. */
  readonly cassandraUnavailable: number;
  readonly cassandraReadFault: number;
  /** Of such writes: one replica takes it seconds later than the others. */
  readonly cassandraStale: number;
  /** Of reads that saw replicas differ: the older one is not brought up to date. */
  readonly cassandraUnrepaired: number;
  /** Of what a replica missed while it was down: it is not told when it comes back. */
  readonly cassandraHintLost: number;
  readonly cassandraReplicaDownEveryUs: number;
  readonly cassandraSlowEveryUs: number;
  /** A node does not reach Cassandra. */
  readonly cassandraCutEveryUs: number;
  /** Of writes of the visibility index and of metadata: refused; told to have failed although done; done later. */
  readonly sharedRefused: number;
  readonly sharedTimedOut: number;
  readonly sharedLate: number;
  readonly sharedReadFault: number;
  readonly sharedSlowEveryUs: number;
  /** Of what members are told of a generation: late, never, or another one in which they own what is not theirs. */
  readonly placementLate: number;
  readonly placementSkipped: number;
  readonly placementDoubled: number;
  /** Of members that are gone: they stay named for long. */
  readonly placementGhost: number;
  /** A member that is alive and well is not named. */
  readonly placementExpelledEveryUs: number;
}

export type ClusterFaultKind = keyof ClusterFaultPlan;

/** Of each kind: how many of ten worlds have it, and its rate there: mean seconds between two, or a share. */
const kinds: Record<ClusterFaultKind, readonly [of10: number, low: number, high: number]> = {
  kafkaLostRequest: [2, 0, 0.05],
  kafkaLostAnswer: [2, 0, 0.05],
  kafkaLate: [3, 0, 0.05],
  kafkaDoubled: [2, 0, 0.1],
  kafkaUnreplicated: [2, 0, 0.03],
  kafkaMissingResult: [1, 0, 0.03],
  kafkaReadFault: [2, 0, 0.1],
  kafkaStaleLeader: [2, 0.2, 1],
  kafkaLeaderMoveEveryUs: [3, 2, 30],
  kafkaBrokerFreezeEveryUs: [2, 8, 60],
  kafkaSlowEveryUs: [1.5, 8, 60],
  kafkaCutEveryUs: [2, 8, 60],
  kafkaBrokerClock: [2, 0.05, 2],
  cassandraTimedOut: [3, 0, 0.15],
  cassandraLate: [3, 0, 0.1],
  cassandraRepeated: [2, 0, 0.2],
  cassandraUnavailable: [1.5, 0, 0.1],
  cassandraReadFault: [2, 0, 0.1],
  cassandraStale: [3, 0, 0.3],
  cassandraUnrepaired: [2, 0.1, 1],
  cassandraHintLost: [3, 0.1, 1],
  cassandraReplicaDownEveryUs: [3, 5, 40],
  cassandraSlowEveryUs: [1.5, 10, 60],
  cassandraCutEveryUs: [1.5, 10, 60],
  sharedRefused: [1.5, 0, 0.1],
  sharedTimedOut: [2, 0, 0.15],
  sharedLate: [1.5, 0, 0.1],
  sharedReadFault: [1.5, 0, 0.1],
  sharedSlowEveryUs: [1, 10, 60],
  placementLate: [3, 0.1, 0.7],
  placementSkipped: [2, 0.05, 0.4],
  placementDoubled: [2, 0.02, 0.2],
  placementGhost: [2, 0.2, 1],
  placementExpelledEveryUs: [2, 8, 60],
};

export const clusterFaultKinds = Object.keys(kinds) as readonly ClusterFaultKind[];

export const noClusterFaults: ClusterFaultPlan = planOf(() => 0);

/** The faults of the world of a seed. One world in ten has none. */
export function drawClusterFaults(seed: number): ClusterFaultPlan {
  if (Chance.of(seed, 'cluster plan').happens(0.1)) return noClusterFaults;
  return planOf((kind) => {
    const chance = Chance.of(seed, `cluster plan ${kind}`);
    const [of10, low, high] = kinds[kind];
    if (!chance.happens(of10 / 10)) return 0;
    const rate = chance.between(low, high);
    return kind.endsWith('EveryUs') ? Math.round(rate * 1e6) : rate;
  });
}

function planOf(rate: (kind: ClusterFaultKind) => number): ClusterFaultPlan {
  const rates = clusterFaultKinds.map((kind) => [kind, rate(kind)]);
  return Object.fromEntries(rates) as unknown as ClusterFaultPlan;
}
