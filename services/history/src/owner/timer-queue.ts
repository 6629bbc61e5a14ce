// When which run is due: one heap and one timer of the process for all runs (I16). Entries are hints: the run decides.

import type { RunKey } from '@perdure/kernel';
import type { Clock, TimerHandle } from '@perdure/ports';

export interface DueRun {
  readonly dueUs: number;
  readonly run: RunKey;
  /** Its place in the heap; -1: it is not there. */
  at: number;
}

/** The platform's timers take at most about 24 days. */
const sleepUsMax = 1_000_000 * 3600;
/** Runs woken in one turn, so that a storm does not starve the rest. */
const wakesPerTurn = 256;

export class TimerQueue {
  readonly #clock: Clock;
  readonly #wake: (due: DueRun) => void;
  readonly #heap: DueRun[] = [];
  #timer: TimerHandle | null = null;
  #timerAtUs = 0;
  #stopped = false;

  constructor(clock: Clock, wake: (due: DueRun) => void) {
    this.#clock = clock;
    this.#wake = wake;
  }

  get size(): number {
    return this.#heap.length;
  }

  add(due: DueRun): void {
    this.#rise(due, this.#heap.push(due) - 1);
    if (due.at === 0) this.#arm();
  }

  /** Nobody is woken for it any more, and above all nothing is read for it. */
  remove(due: DueRun): void {
    const { at } = due;
    if (at < 0) return;
    const last = this.#heap.pop() as DueRun;
    due.at = -1;
    if (last === due) return;
    // It comes from another branch: it may belong above its new place as well as below it.
    this.#sink(last, at);
    this.#rise(last, last.at);
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #arm(): void {
    const first = this.#heap[0];
    if (first === undefined || this.#stopped) return;
    if (this.#timer !== null && this.#timerAtUs <= first.dueUs) return;
    this.#timer?.cancel();
    const delayUs = Math.min(Math.max(first.dueUs - this.#clock.nowUs(), 0), sleepUsMax);
    this.#timerAtUs = first.dueUs;
    this.#timer = this.#clock.after(delayUs, () => this.#fire());
  }

  #fire(): void {
    this.#timer = null;
    const nowUs = this.#clock.nowUs();
    for (let woken = 0; woken < wakesPerTurn; woken++) {
      const first = this.#heap[0];
      if (first === undefined || first.dueUs > nowUs) break;
      this.remove(first);
      this.#wake(first);
    }
    this.#arm();
  }

  #put(due: DueRun, at: number): void {
    this.#heap[at] = due;
    due.at = at;
  }

  #rise(due: DueRun, from: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = this.#heap[parent] as DueRun;
      if (above.dueUs <= due.dueUs) break;
      this.#put(above, at);
      at = parent;
    }
    this.#put(due, at);
  }

  #sink(due: DueRun, from: number): void {
    const heap = this.#heap;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      const right = heap[child + 1];
      if (right !== undefined && right.dueUs < (heap[child] as DueRun).dueUs) child += 1;
      const below = heap[child] as DueRun;
      if (below.dueUs >= due.dueUs) break;
      this.#put(below, at);
      at = child;
    }
    this.#put(due, at);
  }
}
