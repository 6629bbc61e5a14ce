// Process time (L10): monotonic from an anchor, so that a step of the wall clock never enters a record.
//
// After a suspend the wall is ahead for good: when the difference has lasted 10 s the anchor moves forward. It never
// moves back: a wall clock that was set back is waited for.

import { performance } from 'node:perf_hooks';
import { usPerMs, usPerSecond } from '@perdure/kernel';
import type { Clock, TimerHandle } from '@perdure/ports';

const checkMs = 5_000;
/** The platform's timers take about 24 days; a longer one would fire at once. */
const timerMsMax = 2 ** 31 - 1;
const differenceUsMax = 500 * usPerMs;
const lastsUs = 10 * usPerSecond;

export class RealClock implements Clock {
  #anchorUs: number;
  /** Since when the wall has been ahead, in process time; null: it is not. */
  #aheadSinceUs: number | null = null;

  constructor() {
    this.#anchorUs = wallUs() - monotonicUs();
    setInterval(() => this.#compare(), checkMs).unref();
  }

  nowUs(): number {
    return Math.floor(this.#anchorUs + monotonicUs());
  }

  after(delayUs: number, callback: () => void): TimerHandle {
    const timer = setTimeout(callback, Math.min(Math.ceil(delayUs / usPerMs), timerMsMax));
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  }

  endOfTurn(callback: () => void): void {
    setImmediate(callback);
  }

  #compare(): void {
    const nowUs = this.nowUs();
    const aheadUs = wallUs() - nowUs;
    if (aheadUs < differenceUsMax) this.#aheadSinceUs = null;
    else if (this.#aheadSinceUs === null) this.#aheadSinceUs = nowUs;
    else if (nowUs - this.#aheadSinceUs >= lastsUs) {
      this.#anchorUs += aheadUs;
      this.#aheadSinceUs = null;
    }
  }
}

const wallUs = (): number => Date.now() * usPerMs;
const monotonicUs = (): number => performance.now() * usPerMs;
