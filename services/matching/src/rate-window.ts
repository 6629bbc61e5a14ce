// How many per second lately: counts in slots of 5 s over the last 30 s.

import { usPerSecond } from '@perdure/kernel';

const slotUs = 5 * usPerSecond;
const slots = 6;

export class RateWindow {
  readonly #counts: number[] = Array.from({ length: slots }, () => 0);
  readonly #beganAtUs: number;
  #slot: number;

  constructor(nowUs: number) {
    this.#beganAtUs = nowUs;
    this.#slot = Math.floor(nowUs / slotUs);
  }

  add(nowUs: number): void {
    this.#advance(nowUs);
    const index = this.#slot % slots;
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
  }

  perSecond(nowUs: number): number {
    this.#advance(nowUs);
    const coveredUs = (slots - 1) * slotUs + (nowUs - this.#slot * slotUs);
    const elapsedUs = Math.max(usPerSecond, Math.min(nowUs - this.#beganAtUs, coveredUs));
    const total = this.#counts.reduce((sum, count) => sum + count, 0);
    return total / (elapsedUs / usPerSecond);
  }

  #advance(nowUs: number): void {
    const slot = Math.floor(nowUs / slotUs);
    const first = Math.max(this.#slot + 1, slot - slots + 1);
    for (let emptied = first; emptied <= slot; emptied++) this.#counts[emptied % slots] = 0;
    this.#slot = slot;
  }
}
