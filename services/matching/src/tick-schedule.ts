// When which limited queue is to be looked at again. One timer, for the earliest.

import { heapPush, heapRemove, newHeap } from '@perdure/core-matching';
import { usPerHour } from '@perdure/kernel';
import type { Clock, TimerHandle } from '@perdure/ports';
import type { ServedQueue } from './queue-directory.ts';

export class TickSchedule {
  readonly #due = newHeap<ServedQueue>((a, b) => a.tickAtUs < b.tickAtUs);
  readonly #clock: Clock;
  readonly #tick: (queue: ServedQueue) => void;
  #timer: TimerHandle | null = null;
  #timerAtUs = Number.POSITIVE_INFINITY;

  constructor(clock: Clock, tick: (queue: ServedQueue) => void) {
    this.#clock = clock;
    this.#tick = tick;
  }

  /** Replaces an earlier wish of this queue. */
  put(queue: ServedQueue, atUs: number): void {
    heapRemove(this.#due, queue);
    queue.tickAtUs = atUs;
    heapPush(this.#due, queue);
    this.#arm();
  }

  #arm(): void {
    const first = this.#due.items[0];
    if (first === undefined || first.tickAtUs >= this.#timerAtUs) return;
    this.#timer?.cancel();
    const nowUs = this.#clock.nowUs();
    // A limit of one task a year is a delay no timer takes: it is armed again on the way.
    const delayUs = Math.min(Math.max(0, first.tickAtUs - nowUs), usPerHour);
    this.#timerAtUs = first.tickAtUs;
    this.#timer = this.#clock.after(delayUs, () => this.#fire());
  }

  #fire(): void {
    this.#timer = null;
    this.#timerAtUs = Number.POSITIVE_INFINITY;
    const nowUs = this.#clock.nowUs();
    for (let queue = this.#due.items[0]; queue !== undefined; queue = this.#due.items[0]) {
      if (queue.tickAtUs > nowUs) break;
      heapRemove(this.#due, queue);
      this.#tick(queue);
    }
    this.#arm();
  }
}
