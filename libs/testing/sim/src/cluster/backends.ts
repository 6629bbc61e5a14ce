// What the nodes of a simulated cluster share, put together: one for a world.

import type { MetadataStore, VisibilityIndex } from '@perdure/ports';
import { createMemoryMetadata, createMemoryVisibility } from '@perdure/store-memory';
import type { Agenda } from '../agenda.ts';
import type { Sightings } from '../sightings.ts';
import type { Trace } from '../trace.ts';
import type { ClusterFaultPlan } from './cluster-plan.ts';
import type { ClusterStateName } from './cluster-states.ts';
import { SharedStorage } from './shared-storage.ts';
import { SimulatedCassandra } from './simulated-cassandra.ts';
import { SimulatedKafka } from './simulated-kafka.ts';
import { SimulatedPlacement } from './simulated-placement.ts';
import { Strikes } from './strikes.ts';

export interface BackendsOptions {
  readonly agenda: Agenda;
  readonly trace: Trace;
  readonly sightings: Sightings<ClusterStateName>;
  readonly seed: number;
  readonly plan: ClusterFaultPlan;
  readonly logPartitions: number;
  /** 1 or 3. */
  readonly brokers: number;
  /** 1 or 3. */
  readonly replicas: number;
}

export class Backends {
  readonly strikes: Strikes;
  readonly kafka: SimulatedKafka;
  readonly cassandra: SimulatedCassandra;
  readonly shared: SharedStorage;
  readonly placement: SimulatedPlacement;
  /** One for all nodes; each has its port through `shared`. */
  readonly index: VisibilityIndex = createMemoryVisibility();
  readonly metadata: MetadataStore = createMemoryMetadata();

  constructor(options: BackendsOptions) {
    const { agenda, trace, seed, logPartitions, brokers, replicas } = options;
    this.strikes = new Strikes(options);
    const all = { agenda, strikes: this.strikes, trace, seed, partitions: logPartitions };
    this.kafka = new SimulatedKafka({ ...all, brokers });
    this.cassandra = new SimulatedCassandra({ ...all, replicas });
    this.shared = new SharedStorage(all);
    const reaches = (node: string): boolean => this.kafka.reaches(node);
    this.placement = new SimulatedPlacement({ ...all, reaches });
  }
}
