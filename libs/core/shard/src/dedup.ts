// The dedup keys of a workflow id (W8): client request ids of the last 10 minutes and more, for every run of the id.

import type { DedupKey } from '@perdure/core-execution';
import { usPerMinute } from '@perdure/kernel';

/** From its first use. A minute more than is promised: the clocks of two owners differ. */
export const keyLifeUs = 11 * usPerMinute;

/** Kinds of requests; the same id on two kinds is two requests. */
export type KeyKind = 'start' | 'signal' | 'cancel';

export function dedupKey(kind: KeyKind, requestId: string, runId: string, nowUs: number): DedupKey {
  return { key: `${kind}:${requestId}`, runId, expiresAtUs: nowUs + keyLifeUs };
}

/** `expiresAtUs` of a key that stays until its sender releases it: that of a message between runs (X3). */
export const untilReleased = 0;

/** The keys of one workflow id. Expired ones are dropped as others are added. */
export class DedupKeys {
  /** In the order in which they were added, which is that in which they expire. */
  readonly #keys = new Map<string, DedupKey>();
  /** Those that do not expire. */
  readonly #unreleased = new Map<string, DedupKey>();

  constructor(keys: Iterable<DedupKey>) {
    for (const key of keys) this.#put(key);
  }

  /** The run on which the request was used; undefined if it was not, or too long ago. */
  find(kind: KeyKind, requestId: string, nowUs: number): string | undefined {
    const name = `${kind}:${requestId}`;
    const found = this.#keys.get(name);
    if (found === undefined) return this.#unreleased.get(name)?.runId;
    return found.expiresAtUs > nowUs ? found.runId : undefined;
  }

  add(keys: readonly DedupKey[], nowUs: number): void {
    for (const key of keys) this.#put(key);
    for (const [name, key] of this.#keys) {
      if (key.expiresAtUs > nowUs) break;
      this.#keys.delete(name);
    }
  }

  live(nowUs: number): DedupKey[] {
    const expiring = [...this.#keys.values()].filter((key) => key.expiresAtUs > nowUs);
    return [...this.#unreleased.values(), ...expiring];
  }

  /** True while the sender of a message to that run may still ask for it: the run is not deleted before (X3). */
  awaitsRelease(runId: string): boolean {
    for (const key of this.#unreleased.values()) if (key.runId === runId) return true;
    return false;
  }

  get size(): number {
    return this.#keys.size + this.#unreleased.size;
  }

  /** At the end, even if the key was used before: else its old place would keep what lies behind it from expiring. */
  #put(key: DedupKey): void {
    if (key.expiresAtUs === untilReleased) {
      this.#unreleased.set(key.key, key);
      return;
    }
    this.#keys.delete(key.key);
    this.#keys.set(key.key, key);
  }
}
