// Those who wait for what stands at a place of the head to be durable (W3, W4), by the ordinal of its frame.

/** Something that may be said once everything appended before is durable (W4). */
export interface HeadWaiter {
  durable(): void;
  failed(fault: Error): void;
}

interface ParkedWaiter {
  readonly waiter: HeadWaiter;
  readonly ordinal: number;
}

export class HeadWaiters {
  /** In order of ordinal. */
  readonly #parked: ParkedWaiter[] = [];
  /** Hears of what a waiter throws: a bug of its owner, and no business of the others. */
  readonly #onThrew: (error: unknown) => void;

  constructor(onThrew: (error: unknown) => void) {
    this.#onThrew = onThrew;
  }

  get count(): number {
    return this.#parked.length;
  }

  /** The highest ordinal that somebody waits for; 0 when nobody waits. */
  get lastOrdinal(): number {
    return this.#parked.at(-1)?.ordinal ?? 0;
  }

  /** Behind those who wait for the same. */
  park(waiter: HeadWaiter, ordinal: number): void {
    const before = this.#parked.findLastIndex((parked) => parked.ordinal <= ordinal);
    this.#parked.splice(before + 1, 0, { waiter, ordinal });
  }

  releaseTo(ordinal: number): void {
    const later = this.#parked.findIndex((parked) => parked.ordinal > ordinal);
    const due = this.#parked.splice(0, later === -1 ? this.#parked.length : later);
    for (const { waiter } of due) this.release(waiter);
  }

  failAll(fault: Error): void {
    for (const { waiter } of this.#parked.splice(0)) this.fail(waiter, fault);
  }

  release(waiter: HeadWaiter): void {
    try {
      waiter.durable();
    } catch (error) {
      this.#onThrew(error);
    }
  }

  fail(waiter: Pick<HeadWaiter, 'failed'>, fault: Error): void {
    try {
      waiter.failed(fault);
    } catch (error) {
      this.#onThrew(error);
    }
  }
}
