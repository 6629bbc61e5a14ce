// What goes wrong in a world: which kinds of fault, how often, and when it stops.
//
// A seed switches each kind on or off and draws its rate, so that most worlds have a few kinds and some have none.

import type { Chance } from './chance.ts';

export interface FaultPlan {
  /** Mean time between two, µs; 0: never. */
  readonly killEveryUs: number;
  readonly powerCutEveryUs: number;
  readonly freezeEveryUs: number;
  readonly slowDiskEveryUs: number;
  /** Shares of calls. */
  readonly lostRequest: number;
  readonly lostAnswer: number;
  readonly duplicate: number;
  readonly delayed: number;
  /** Share of writes of the store that fail, before or after their effect. */
  readonly storeFault: number;
  /** Mean time between two failures of the log's disk, each of which ends the process, µs; 0: never. */
  readonly logFaultEveryUs: number;
}

export const noFaults: FaultPlan = {
  killEveryUs: 0,
  powerCutEveryUs: 0,
  freezeEveryUs: 0,
  slowDiskEveryUs: 0,
  lostRequest: 0,
  lostAnswer: 0,
  duplicate: 0,
  delayed: 0,
  storeFault: 0,
  logFaultEveryUs: 0,
};

export function drawFaults(chance: Chance): FaultPlan {
  const every = (probability: number, low: number, high: number): number =>
    chance.happens(probability) ? Math.round(chance.between(low, high) * 1e6) : 0;
  const share = (probability: number, most: number): number =>
    chance.happens(probability) ? chance.between(0, most) : 0;
  return {
    killEveryUs: every(0.5, 3, 40),
    powerCutEveryUs: every(0.4, 5, 60),
    freezeEveryUs: every(0.3, 10, 60),
    slowDiskEveryUs: every(0.3, 10, 60),
    lostRequest: share(0.4, 0.1),
    lostAnswer: share(0.4, 0.1),
    duplicate: share(0.4, 0.1),
    delayed: share(0.4, 0.1),
    storeFault: share(0.3, 0.2),
    logFaultEveryUs: every(0.2, 20, 80),
  };
}
