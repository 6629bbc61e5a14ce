// Whether a node's process time can be trusted (L10), by what brokers' clocks showed while they appended.
//
// W1. A broker stamped between the sending and the receiving: the node is off from it by no more than how far the stamp
//     lies outside of that interval. A slow answer says little, and never that a clock is off.
// W2. The median over the brokers decides, each by its newest sample: one broker with a wrong clock decides nothing among
//     three. A sample that is older than a minute does not count.
// W3. Off is more than 500 ms. Without a sample nothing is known, and the node is not off.

import { usPerMinute, usPerMs } from '@perdure/kernel';

export const clockOffUsMax = 500 * usPerMs;
const sampleLifeUs = usPerMinute;

interface Sample {
  /** How far the broker is ahead of the node at least; negative: behind. */
  readonly aheadUs: number;
  readonly receivedUs: number;
}

export class ClockGuard {
  readonly #newest = new Map<string, Sample>();

  /** Process time before the request and after its answer, and the broker's time of the append. µs since 1970. */
  sample(broker: string, sentUs: number, stampUs: number, receivedUs: number): void {
    const aheadUs =
      stampUs > receivedUs ? stampUs - receivedUs : stampUs < sentUs ? stampUs - sentUs : 0;
    this.#newest.set(broker, { aheadUs, receivedUs });
  }

  /** How far the brokers are ahead of the node, at least; negative: the node is ahead of them. */
  aheadUs(nowUs: number): number {
    const fresh = [...this.#newest.values()]
      .filter(({ receivedUs }) => receivedUs >= nowUs - sampleLifeUs)
      .map(({ aheadUs }) => aheadUs)
      .sort((a, b) => a - b);
    if (fresh.length === 0) return 0;
    const upper = fresh[Math.floor(fresh.length / 2)] as number;
    const lower = fresh[Math.floor((fresh.length - 1) / 2)] as number;
    // Of two brokers the one that accuses less: both would have to say it.
    if (Math.sign(upper) !== Math.sign(lower)) return 0;
    return Math.abs(upper) < Math.abs(lower) ? upper : lower;
  }

  isOff(nowUs: number): boolean {
    return Math.abs(this.aheadUs(nowUs)) > clockOffUsMax;
  }

  /** The node's clock was moved: what was measured before says nothing any more. */
  forget(): void {
    this.#newest.clear();
  }
}
