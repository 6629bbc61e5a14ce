// The ends of many waits under one timer: items that end within the same tenth of a second end together.
//
// B1. An item ends no earlier than asked, and at most one bucket later unless the process is behind.
// B2. One turn ends a bounded number of items; the rest waits for the next, so that calls get in between.
// B3. Without items there is no timer.

import type { Clock, TimerHandle } from '@perdure/ports';

const bucketUs = 100_000;
const endedPerTurnMax = 500;
const never = Number.POSITIVE_INFINITY;

export interface Expiring {
  /** The bucket it is in; 0 for none. Written here only. */
  bucket: number;
}

export class ExpiryBuckets<T extends Expiring> {
  readonly #clock: Clock;
  readonly #expire: (item: T) => void;
  readonly #buckets = new Map<number, Set<T>>();
  #timer: TimerHandle | null = null;
  #timerBucket = never;
  /** Buckets up to this one are being ended, over several turns; 0 when none is. */
  #endingTo = 0;

  constructor(clock: Clock, expire: (item: T) => void) {
    this.#clock = clock;
    this.#expire = expire;
  }

  put(item: T, atUs: number): void {
    item.bucket = Math.ceil(atUs / bucketUs);
    const items = this.#buckets.get(item.bucket);
    if (items === undefined) this.#buckets.set(item.bucket, new Set([item]));
    else items.add(item);
    if (item.bucket < this.#timerBucket) this.#arm(item.bucket);
  }

  remove(item: T): void {
    const { bucket } = item;
    const items = this.#buckets.get(bucket);
    item.bucket = 0;
    if (items?.delete(item) !== true || items.size > 0) return;
    this.#buckets.delete(bucket);
    if (this.#buckets.size === 0) this.#disarm();
  }

  /** Ends every item, and those that come before the last has ended. */
  expireAll(): void {
    this.#endTo(never);
  }

  #endTo(bucket: number): void {
    const begun = this.#endingTo > 0;
    this.#endingTo = Math.max(this.#endingTo, bucket);
    if (!begun) this.#endSome();
  }

  #endSome(): void {
    let left = endedPerTurnMax;
    for (const [bucket, items] of this.#buckets) {
      if (bucket > this.#endingTo) continue;
      for (const item of items) {
        if (left === 0) {
          this.#clock.endOfTurn(() => this.#endSome());
          return;
        }
        left -= 1;
        this.remove(item);
        this.#expire(item);
      }
    }
    this.#endingTo = 0;
    const next = Math.min(...this.#buckets.keys());
    if (next < this.#timerBucket) this.#arm(next);
  }

  #arm(bucket: number): void {
    this.#disarm();
    this.#timerBucket = bucket;
    const delayUs = Math.max(0, bucket * bucketUs - this.#clock.nowUs());
    this.#timer = this.#clock.after(delayUs, () => {
      this.#disarm();
      this.#endTo(Math.floor(this.#clock.nowUs() / bucketUs));
    });
  }

  #disarm(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#timerBucket = never;
  }
}
