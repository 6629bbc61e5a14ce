// When the world kept the server from working: what is late because of that is no fault of the server.

import type { Ledger } from '@perdure/model';

export class Outages {
  readonly #ledger: Ledger;
  readonly #nowUs: () => number;
  /** Since when, by cause. */
  readonly #since = new Map<string, number>();

  constructor(ledger: Ledger, nowUs: () => number) {
    this.#ledger = ledger;
    this.#nowUs = nowUs;
  }

  begin(cause: string): void {
    if (!this.#since.has(cause)) this.#since.set(cause, this.#nowUs());
  }

  /** The clocks of the servers are set: what they write down as the time says nothing about lateness. */
  timeless(): void {
    this.#ledger.clocksAreSet = true;
  }

  /** From now on for so long, µs. */
  last(cause: string, durationUs: number): void {
    const beganUs = this.#nowUs();
    this.#ledger.outages.push({ cause, beganUs, endedUs: beganUs + durationUs });
  }

  end(cause: string): void {
    const beganUs = this.#since.get(cause);
    if (beganUs === undefined) return;
    this.#since.delete(cause);
    this.#ledger.outages.push({ cause, beganUs, endedUs: this.#nowUs() });
  }
}
