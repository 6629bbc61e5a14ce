// A budget for what costs a peer nothing and us something: resets, pings, settings, empty frames. It refills with time;
// who empties it is cut off (CVE-2023-44487 and its kin).

export class Calm {
  readonly #burst: number;
  readonly #perMs: number;
  #left: number;
  #atMs: number;

  constructor(burst: number, perSecond: number, nowMs: number) {
    this.#burst = burst;
    this.#perMs = perSecond / 1_000;
    this.#left = burst;
    this.#atMs = nowMs;
  }

  /** False when the budget is spent. */
  spend(cost: number, nowMs: number): boolean {
    const refilled = this.#left + Math.max(0, nowMs - this.#atMs) * this.#perMs;
    this.#atMs = nowMs;
    this.#left = Math.min(this.#burst, refilled) - cost;
    return this.#left >= 0;
  }
}
