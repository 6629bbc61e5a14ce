// What goes wrong in a world: which kinds of fault, how often, and when it stops.
//
// A seed switches each kind on or off and draws its rate, so that most worlds have a few kinds and some have none. Each
// kind has a stream of draws of its own: a new kind moves nothing in the worlds of before but itself.

import { Chance } from './chance.ts';

/** 0 switches a kind off. `...EveryUs`: mean time between two, µs. The others are shares. */
export interface FaultPlan {
  readonly killEveryUs: number;
  readonly powerCutEveryUs: number;
  /** Kills and power cuts in the middle of the work on the files of the log. */
  readonly tornEndEveryUs: number;
  readonly freezeEveryUs: number;
  readonly slowDiskEveryUs: number;
  /** The log's disk refuses a write or a sync: the process is to end. */
  readonly logFaultEveryUs: number;
  readonly fullDiskEveryUs: number;
  /** Of power cuts: bits change in what was not acknowledged. */
  readonly flippedTail: number;
  /** Of starts: a bit has changed in what was acknowledged. */
  readonly flippedRecord: number;
  /** Of writes of the store: fail before, after, in the middle of their effect, or before it and it comes all the same. */
  readonly storeFault: number;
  readonly storeTimedOut: number;
  readonly storeTorn: number;
  readonly storeLate: number;
  /** Of writes of the store: take effect once more later. */
  readonly storeRepeated: number;
  /** Of writes of the store: take effect step by step, with time in between. */
  readonly storeStepwise: number;
  readonly storeReadFault: number;
  readonly storeDownEveryUs: number;
  readonly slowStoreEveryUs: number;
  /** The wall clock is set, forward or back. */
  readonly clockJumpEveryUs: number;
  /** By how much the clock of a process may be fast or slow, as a share of time. */
  readonly clockDrift: number;
  /** Of calls. */
  readonly lostRequest: number;
  readonly lostAnswer: number;
  readonly duplicate: number;
  readonly delayed: number;
  /** Connections break, of one caller or of all, and nobody gets through for a while. */
  readonly cutEveryUs: number;
  readonly callerFreezeEveryUs: number;
}

export type FaultKind = keyof FaultPlan;

/** Of each kind: how many of ten worlds have it, and its rate there: mean seconds between two, or a share. */
const kinds: Record<FaultKind, readonly [of10: number, low: number, high: number]> = {
  killEveryUs: [4, 3, 40],
  powerCutEveryUs: [3, 5, 60],
  tornEndEveryUs: [4, 2, 25],
  freezeEveryUs: [2, 10, 60],
  slowDiskEveryUs: [2, 10, 60],
  logFaultEveryUs: [2, 10, 60],
  fullDiskEveryUs: [1, 15, 60],
  flippedTail: [3, 0.2, 1],
  flippedRecord: [1, 0.1, 0.6],
  storeFault: [2, 0, 0.2],
  storeTimedOut: [2, 0, 0.2],
  storeTorn: [2, 0, 0.2],
  storeLate: [2, 0, 0.2],
  storeRepeated: [2, 0, 0.3],
  storeStepwise: [3, 0.3, 1],
  storeReadFault: [2, 0, 0.3],
  storeDownEveryUs: [1.5, 15, 60],
  slowStoreEveryUs: [1.5, 10, 60],
  clockJumpEveryUs: [2, 5, 60],
  clockDrift: [2, 0.0005, 0.005],
  lostRequest: [3, 0, 0.1],
  lostAnswer: [3, 0, 0.1],
  duplicate: [3, 0, 0.1],
  delayed: [3, 0, 0.1],
  cutEveryUs: [2, 8, 60],
  callerFreezeEveryUs: [2, 8, 60],
};

export const faultKinds = Object.keys(kinds) as readonly FaultKind[];

export const noFaults: FaultPlan = planOf(() => 0);

/** The faults of the world of a seed. One world in ten has none. */
export function drawFaults(seed: number): FaultPlan {
  if (Chance.of(seed, 'plan').happens(0.1)) return noFaults;
  return planOf((kind) => {
    const chance = Chance.of(seed, `plan ${kind}`);
    const [of10, low, high] = kinds[kind];
    if (!chance.happens(of10 / 10)) return 0;
    const rate = chance.between(low, high);
    return kind.endsWith('EveryUs') ? Math.round(rate * 1e6) : rate;
  });
}

function planOf(rate: (kind: FaultKind) => number): FaultPlan {
  return Object.fromEntries(faultKinds.map((kind) => [kind, rate(kind)])) as unknown as FaultPlan;
}
