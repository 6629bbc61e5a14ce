// The deadlines of open calls: buckets by time and one timer, for there may be ten thousand of them and nearly all end
// in time. A call is told at most a bucket's width late, and never early. Times are process time (L10): the services judge
// deadlines by it, and a wall clock that is set must end no call.

const bucketMs = 50;

export interface Expiring {
  expire(): void;
}

export class Deadlines {
  readonly #buckets = new Map<number, Set<Expiring>>();
  #timer: NodeJS.Timeout | null = null;
  readonly #nowMs: () => number;
  /** The bucket that the timer waits for. */
  #armed = Infinity;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** The bucket to `remove` it from. */
  add(call: Expiring, deadlineMs: number): number {
    const bucket = Math.ceil(deadlineMs / bucketMs);
    const calls = this.#buckets.get(bucket);
    if (calls === undefined) this.#buckets.set(bucket, new Set([call]));
    else calls.add(call);
    if (bucket < this.#armed) this.#arm(bucket);
    return bucket;
  }

  remove(call: Expiring, bucket: number): void {
    const calls = this.#buckets.get(bucket);
    if (calls?.delete(call) === true && calls.size === 0) this.#buckets.delete(bucket);
  }

  #arm(bucket: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#armed = bucket;
    const waitMs = Math.min(Math.max(0, bucket * bucketMs - this.#nowMs()), timerMsMax);
    this.#timer = setTimeout(() => this.#tick(), waitMs);
    this.#timer.unref();
  }

  #tick(): void {
    this.#armed = Infinity;
    const due = this.#nowMs() / bucketMs;
    let next = Infinity;
    for (const [bucket, calls] of this.#buckets) {
      if (bucket > due) next = Math.min(next, bucket);
      else {
        this.#buckets.delete(bucket);
        for (const call of calls) call.expire();
      }
    }
    if (next < this.#armed) this.#arm(next);
  }
}

/** The platform's timers take about 24 days; a longer one would fire at once. */
const timerMsMax = 2 ** 31 - 1;
