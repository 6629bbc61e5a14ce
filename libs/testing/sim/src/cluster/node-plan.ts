// What goes wrong with the nodes of a cluster, with the links between them, and with those who call them. What they share
// has a plan of its own (cluster-plan.ts).

import { Chance } from '../chance.ts';
import type { ClusterFaultPlan } from './cluster-plan.ts';

/** 0 switches a kind off. `...EveryUs`: mean time between two, µs. The others are shares. */
export interface NodeFaultPlan {
  readonly nodeKillEveryUs: number;
  readonly nodeFreezeEveryUs: number;
  /** A node leaves in order, and another life of it comes back. */
  readonly nodeLeavesEveryUs: number;
  /** Another process runs under the identity of a node for a while. */
  readonly nodeTwinEveryUs: number;
  readonly linkCutEveryUs: number;
  /** Of messages between nodes. */
  readonly linkDelayed: number;
  /** Of processes: their clock is off by up to some seconds when they begin. */
  readonly clockOff: number;
  readonly clockDrift: number;
  readonly lostRequest: number;
  readonly lostAnswer: number;
  readonly duplicate: number;
  readonly delayed: number;
  readonly cutEveryUs: number;
  readonly callerFreezeEveryUs: number;
}

export type NodeFaultKind = keyof NodeFaultPlan;

/** All that goes wrong in a world of many nodes. */
export type WorldFaultPlan = ClusterFaultPlan & NodeFaultPlan;

/** Of each kind: how many of ten worlds have it, and its rate there: mean seconds between two, or a share. */
const kinds: Record<NodeFaultKind, readonly [of10: number, low: number, high: number]> = {
  nodeKillEveryUs: [4, 3, 30],
  nodeFreezeEveryUs: [4, 4, 30],
  nodeLeavesEveryUs: [2, 5, 40],
  nodeTwinEveryUs: [1.5, 8, 40],
  linkCutEveryUs: [3, 4, 40],
  linkDelayed: [2, 0, 0.05],
  clockOff: [2, 0.1, 0.5],
  clockDrift: [2, 0.0005, 0.005],
  lostRequest: [2, 0, 0.1],
  lostAnswer: [2, 0, 0.1],
  duplicate: [2, 0, 0.1],
  delayed: [2, 0, 0.1],
  cutEveryUs: [1.5, 8, 60],
  callerFreezeEveryUs: [1.5, 8, 60],
};

const nodeFaultKinds = Object.keys(kinds) as readonly NodeFaultKind[];

export const noNodeFaults: NodeFaultPlan = planOf(() => 0);

/** The faults of the world of a seed. One world in ten has none. */
export function drawNodeFaults(seed: number): NodeFaultPlan {
  if (Chance.of(seed, 'node plan').happens(0.1)) return noNodeFaults;
  return planOf((kind) => {
    const chance = Chance.of(seed, `node plan ${kind}`);
    const [of10, low, high] = kinds[kind];
    if (!chance.happens(of10 / 10)) return 0;
    const rate = chance.between(low, high);
    return kind.endsWith('EveryUs') ? Math.round(rate * 1e6) : rate;
  });
}

function planOf(rate: (kind: NodeFaultKind) => number): NodeFaultPlan {
  return Object.fromEntries(
    nodeFaultKinds.map((kind) => [kind, rate(kind)]),
  ) as unknown as NodeFaultPlan;
}
