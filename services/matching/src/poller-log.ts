// Who polled a queue lately, for `describe`.

import { usPerMinute } from '@perdure/kernel';
import type { PollerInfo } from '@perdure/ports';

/** A poller is shown for so long after its last poll. */
export const pollerShownUs = 5 * usPerMinute;
/** Identities remembered per queue; further ones are not shown until others fall out. */
const identitiesMax = 1_000;
/** Shown for a poller that set no limit, as clients know it. */
const unlimitedRate = 100_000;

export class PollerLog {
  readonly #seen = new Map<string, { atUs: number; ratePerSecond: number }>();

  add(identity: string, maxTasksPerSecond: number | null, nowUs: number): void {
    const ratePerSecond = maxTasksPerSecond ?? unlimitedRate;
    const seen = this.#seen.get(identity);
    if (seen !== undefined) {
      seen.atUs = nowUs;
      seen.ratePerSecond = ratePerSecond;
    } else if (this.#seen.size < identitiesMax) {
      this.#seen.set(identity, { atUs: nowUs, ratePerSecond });
    }
  }

  forgetBefore(atUs: number): void {
    for (const [identity, seen] of this.#seen) if (seen.atUs < atUs) this.#seen.delete(identity);
  }

  get isEmpty(): boolean {
    return this.#seen.size === 0;
  }

  /** Latest first. */
  list(): PollerInfo[] {
    const infos = [...this.#seen].map(([identity, { atUs, ratePerSecond }]) => ({
      identity,
      lastAccessTimeUs: atUs,
      ratePerSecond,
    }));
    return infos.toSorted((a, b) => b.lastAccessTimeUs - a.lastAccessTimeUs);
  }
}
