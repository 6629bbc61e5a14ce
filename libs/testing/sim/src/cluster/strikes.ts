// Whether a fault of a plan strikes now. Each kind draws from a stream of its own, for whether and for how.

import { Chance } from '../chance.ts';
import type { Sightings } from '../sightings.ts';
import type { ClusterFaultKind, ClusterFaultPlan } from './cluster-plan.ts';
import type { ClusterStateName } from './cluster-states.ts';

export class Strikes {
  /** Faults strike; else the world is as it should be. */
  on = false;
  readonly plan: ClusterFaultPlan;
  readonly sightings: Sightings<ClusterStateName>;
  readonly #seed: number;
  readonly #quietUntilUs = new Map<string, number>();
  readonly #streams = new Map<ClusterFaultKind, Chance>();

  constructor(options: {
    readonly seed: number;
    readonly plan: ClusterFaultPlan;
    readonly sightings: Sightings<ClusterStateName>;
  }) {
    this.#seed = options.seed;
    this.plan = options.plan;
    this.sightings = options.sightings;
  }

  /** How it strikes is drawn from the same stream; null: it does not. Draws nothing for a kind that is switched off. */
  now(kind: ClusterFaultKind): Chance | null {
    if (!this.on || this.plan[kind] === 0) return null;
    const chance = this.chance(kind);
    return chance.happens(this.plan[kind]) ? chance : null;
  }

  /**
   * As `now`, but not again for the same process within that time: who has to read a thousand rows in one go gets them at
   * the second or third attempt.
   */
  spaced(
    kind: ClusterFaultKind,
    who: string,
    every: { nowUs: number; gapUs: number },
  ): Chance | null {
    const key = `${kind} ${who}`;
    if (every.nowUs < (this.#quietUntilUs.get(key) ?? 0)) return null;
    const chance = this.now(kind);
    if (chance !== null) this.#quietUntilUs.set(key, every.nowUs + every.gapUs);
    return chance;
  }

  /** The stream of a kind. */
  chance(kind: ClusterFaultKind): Chance {
    const stream = this.#streams.get(kind) ?? Chance.of(this.#seed, `cluster ${kind}`);
    this.#streams.set(kind, stream);
    return stream;
  }
}

/** How much later what comes late comes, µs: mostly seconds, sometimes minutes. */
export function lateUs(chance: Chance): number {
  const share = chance.between(0, 1);
  if (share < 0.6) return chance.between(10_000, 3e6);
  return share < 0.9 ? chance.between(3e6, 30e6) : chance.between(30e6, 180e6);
}
