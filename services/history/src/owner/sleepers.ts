// Places in the timer queue of runs that are not in memory: one for each run, the earliest.

import { runKeyText } from '@perdure/kernel';
import type { DueRun, TimerQueue } from './timer-queue.ts';

export class Sleepers {
  readonly #timers: TimerQueue;
  readonly #byRun = new Map<string, DueRun>();

  constructor(timers: TimerQueue) {
    this.#timers = timers;
  }

  /** The run is due then, and not in memory. */
  add(due: DueRun): void {
    const key = runKeyText(due.run);
    const known = this.#byRun.get(key);
    if (known !== undefined && known.dueUs <= due.dueUs) {
      this.#timers.remove(due);
      return;
    }
    if (known !== undefined) this.#timers.remove(known);
    this.#byRun.set(key, due);
    if (due.at < 0) this.#timers.add(due);
  }

  /** The run is in memory again, or is about to be; its place stays in the queue. */
  take(key: string): DueRun | null {
    if (this.#byRun.size === 0) return null;
    const due = this.#byRun.get(key) ?? null;
    if (due !== null) this.#byRun.delete(key);
    return due;
  }
}
