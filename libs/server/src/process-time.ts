// The arithmetic of process time (L10): monotonic from an anchor, so that a step of the wall clock never enters a record.
//
// After a suspend the wall is ahead for good: when the difference has lasted 10 s the anchor moves forward. It never
// moves back: a wall clock that was set back is waited for.

import { usPerMs, usPerSecond } from '@perdure/kernel';

/** How often the process compares its time with the wall clock, µs. */
export const compareEveryUs: number = 5 * usPerSecond;
const differenceUsMax = 500 * usPerMs;
const lastsUs = 10 * usPerSecond;

/** Readings of the two clocks of the platform, µs. */
export interface Readings {
  readonly wallUs: number;
  readonly monotonicUs: number;
}

export class ProcessTime {
  #anchorUs: number;
  /** What was given last. */
  #lastUs = 0;
  /** Since when the wall has been ahead, in process time; null: it is not. */
  #aheadSinceUs: number | null = null;

  constructor({ wallUs, monotonicUs }: Readings) {
    this.#anchorUs = wallUs - monotonicUs;
  }

  nowUs(monotonicUs: number): number {
    this.#lastUs = Math.max(this.#lastUs, Math.floor(this.#anchorUs + monotonicUs));
    return this.#lastUs;
  }

  /** Moves by what others know better (L10). It never goes back: it stands still until that much has passed. */
  move(us: number): void {
    this.#anchorUs += us;
  }

  /** To be called every `compareEveryUs`. True when the anchor moved. */
  compare({ wallUs, monotonicUs }: Readings): boolean {
    const nowUs = this.nowUs(monotonicUs);
    const aheadUs = wallUs - nowUs;
    if (aheadUs < differenceUsMax) this.#aheadSinceUs = null;
    else if (this.#aheadSinceUs === null) this.#aheadSinceUs = nowUs;
    else if (nowUs - this.#aheadSinceUs >= lastsUs) {
      this.#anchorUs += aheadUs;
      this.#aheadSinceUs = null;
      return true;
    }
    return false;
  }
}
