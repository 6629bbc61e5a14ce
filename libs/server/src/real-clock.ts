// The clock of a real process: process time (L10) from the platform's clocks, and the platform's timers.

import { performance } from 'node:perf_hooks';
import { usPerMs } from '@perdure/kernel';
import type { Clock, TimerHandle } from '@perdure/ports';
import { compareEveryUs, ProcessTime, type Readings } from './process-time.ts';

/** The platform's timers take about 24 days; a longer one would fire at once. */
const timerMsMax = 2 ** 31 - 1;

export class RealClock implements Clock {
  readonly #time: ProcessTime = new ProcessTime(readings());

  constructor() {
    setInterval(() => this.#time.compare(readings()), compareEveryUs / usPerMs).unref();
  }

  nowUs(): number {
    return this.#time.nowUs(monotonicUs());
  }

  after(delayUs: number, callback: () => void): TimerHandle {
    const timer = setTimeout(callback, Math.min(Math.ceil(delayUs / usPerMs), timerMsMax));
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  }

  endOfTurn(callback: () => void): void {
    setImmediate(callback);
  }
}

const monotonicUs = (): number => performance.now() * usPerMs;
const readings = (): Readings => ({
  wallUs: Date.now() * usPerMs,
  monotonicUs: monotonicUs(),
});
