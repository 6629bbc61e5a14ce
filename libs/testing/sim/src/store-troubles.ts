// What becomes of calls of the store, by the rates of a plan.

import { StorageFault } from '@perdure/ports';
import { Chance } from './chance.ts';
import type { FaultPlan } from './fault-plan.ts';
import type { Sightings } from './sightings.ts';

/** A failure of storage that the world made. */
export class InjectedFault extends StorageFault {}

export interface WriteFate {
  /** Steps that take effect at once. */
  readonly steps: 'all' | 'none' | 'some';
  /** With time between them. */
  readonly stepwise: boolean;
  /** What the caller is told; null: that all is well. */
  readonly rejects: Error | null;
  /** All of it takes effect (once more) later. */
  readonly late: boolean;
}

/** A start reads the oldest wake row of each block, and more: it fails as often as one read of a server that serves. */
const readsOfStart = 400;

const carriedOut: WriteFate = { steps: 'all', stepwise: false, rejects: null, late: false };

export class StoreTroubles {
  /** All calls fail. */
  down = false;
  on = false;
  readonly #plan: FaultPlan;
  readonly #sightings: Sightings;
  readonly #onReadFailed: () => void;
  readonly #chance: (kind: keyof FaultPlan) => Chance;

  constructor({
    seed,
    plan,
    sightings,
    onReadFailed,
  }: {
    readonly seed: number;
    readonly plan: FaultPlan;
    readonly sightings: Sightings;
    readonly onReadFailed: () => void;
  }) {
    this.#plan = plan;
    this.#sightings = sightings;
    this.#onReadFailed = onReadFailed;
    const streams = new Map<string, Chance>();
    this.#chance = (kind) => {
      const stream = streams.get(kind) ?? Chance.of(seed, `store ${kind}`);
      streams.set(kind, stream);
      return stream;
    };
  }

  fateOfWrite(): WriteFate {
    if (!this.on) return carriedOut;
    const stepwise = this.#strikes('storeStepwise');
    const fate = this.#failure();
    return { ...fate, stepwise, late: fate.late || this.#strikes('storeRepeated') };
  }

  #failure(): WriteFate {
    const failed = (told: string): Error => new InjectedFault('io', `the simulated store ${told}`);
    if (this.#strikes('storeFault')) {
      this.#sightings.seen('store write refused');
      return { ...carriedOut, steps: 'none', rejects: failed('refused a write') };
    }
    if (this.#strikes('storeTimedOut')) {
      this.#sightings.seen('store write timed out');
      return { ...carriedOut, rejects: failed('timed out') };
    }
    if (this.#strikes('storeTorn')) {
      this.#sightings.seen('store write torn');
      return { ...carriedOut, steps: 'some', rejects: failed('failed in the middle of a write') };
    }
    if (this.#strikes('storeLate')) {
      return { ...carriedOut, steps: 'none', rejects: failed('timed out'), late: true };
    }
    return carriedOut;
  }

  /** Throws when the call is to fail, before its effect. `serving`: the process has opened. */
  beforeCall(method: string, serving: boolean): void {
    if (!this.on) return;
    if (this.down) {
      this.#sightings.seen('store down');
      throw new InjectedFault('io', 'the simulated store is down');
    }
    const reads = /^(read|scan|oldest)/.test(method);
    if (reads && this.#strikes('storeReadFault', serving ? 1 : 1 / readsOfStart)) {
      this.#sightings.seen('store read failed');
      this.#onReadFailed();
      throw new InjectedFault('io', 'the simulated store failed to read');
    }
  }

  /** Draws nothing for a kind that is switched off. */
  #strikes(kind: keyof FaultPlan, share = 1): boolean {
    return this.#plan[kind] > 0 && this.#chance(kind).happens(this.#plan[kind] * share);
  }
}
