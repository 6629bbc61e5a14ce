// When which run is due: one heap and one timer of the process for all runs (I16). Entries are hints: the run decides.

import type { RunKey } from '@perdure/kernel';
import type { Clock, TimerHandle } from '@perdure/ports';

export interface DueRun {
  readonly dueUs: number;
  readonly run: RunKey;
  readonly key: string;
  /** The run closed: nobody is woken, and above all nothing is read for it. */
  cancelled: boolean;
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
    const heap = this.#heap;
    let at = heap.push(due) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((heap[parent] as DueRun).dueUs <= due.dueUs) break;
      heap[at] = heap[parent] as DueRun;
      at = parent;
    }
    heap[at] = due;
    if (at === 0) this.#arm();
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
      this.#take();
      if (!first.cancelled) this.#wake(first);
    }
    this.#arm();
  }

  #take(): void {
    const heap = this.#heap;
    const last = heap.pop() as DueRun;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      const right = heap[child + 1];
      if (right !== undefined && right.dueUs < (heap[child] as DueRun).dueUs) child += 1;
      if ((heap[child] as DueRun).dueUs >= last.dueUs) break;
      heap[at] = heap[child] as DueRun;
      at = child;
    }
    heap[at] = last;
  }
}
