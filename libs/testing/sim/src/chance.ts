// Draws of a simulated world. Each user of randomness has its own stream, so that one more draw here moves nothing there.

import { type Random, randomBelow, seededRandom } from '@perdure/testing/seeded-random';

/** A stream of draws. */
export class Chance {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** The stream of that name under a seed. */
  static of(seed: number, name: string): Chance {
    let mixed = seed | 0;
    for (const char of name) mixed = Math.imul(mixed ^ (char.codePointAt(0) ?? 0), 0x01000193);
    return new Chance(seededRandom(mixed));
  }

  happens(probability: number): boolean {
    return this.#random() < probability;
  }

  below(limit: number): number {
    return randomBelow(this.#random, limit);
  }

  between(low: number, high: number): number {
    return low + this.#random() * (high - low);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  /** As a UUID is written; version 4. */
  uuid(): string {
    const hex = Array.from({ length: 32 }, () => this.below(16).toString(16)).join('');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
  }

  /** For code that wants numbers in [0, 1). */
  get random(): Random {
    return this.#random;
  }
}
