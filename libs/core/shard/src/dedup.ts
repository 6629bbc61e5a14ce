// The dedup keys of a workflow id: client request ids of the last 10 minutes and more (W8), for every run of the id, and in
// a space apart the answers to messages between runs (X1).
//
// D1. A client's key lives for its time, counted from its last use.
// D2. A message's key stays until its sender releases it (X3), and then for as long as an attempt of the message may still
//     arrive: the sender says how long that is.

import { type DedupKey, messageKeyName, untilReleased } from '@perdure/core-execution';
import { usPerMinute } from '@perdure/kernel';

/** From its first use. A minute more than is promised: the clocks of two owners differ. */
export const keyLifeUs = 11 * usPerMinute;

/** Kinds of requests; the same id on two kinds is two requests. */
export type KeyKind = 'start' | 'signal' | 'cancel';

export function dedupKey(kind: KeyKind, requestId: string, runId: string, nowUs: number): DedupKey {
  return { key: `${kind}:${requestId}`, runId, expiresAtUs: nowUs + keyLifeUs };
}

/** The keys of one workflow id. Expired ones are dropped as others are added. */
export class DedupKeys {
  /** In the order in which they were added, which is that in which they expire. */
  readonly #keys = new Map<string, DedupKey>();
  /** Those of messages that do not expire. */
  readonly #unreleased = new Map<string, DedupKey>();
  /** Those of messages that do, in the order of their release. */
  readonly #released = new Map<string, DedupKey>();

  constructor(keys: Iterable<DedupKey>) {
    for (const key of keys) this.#put(key);
  }

  /** The run on which the request was used; undefined if it was not, or too long ago. */
  find(kind: KeyKind, requestId: string, nowUs: number): string | undefined {
    const found = this.#keys.get(`${kind}:${requestId}`);
    return found !== undefined && found.expiresAtUs > nowUs ? found.runId : undefined;
  }

  /** The key of the message with its answer; undefined if it was never answered, or its time after the release is over. */
  findMessage(messageId: string, nowUs: number): DedupKey | undefined {
    const name = messageKeyName(messageId);
    const released = this.#released.get(name);
    if (released !== undefined && released.expiresAtUs > nowUs) return released;
    return this.#unreleased.get(name);
  }

  /**
   * The keys of these messages as they are once released (D2), for the transition that says so; those that are released or
   * were never there are left out. A release may come twice, late, or for nothing.
   */
  released(messageIds: readonly string[], keptUntilUs: number): DedupKey[] {
    const keys: DedupKey[] = [];
    for (const id of messageIds) {
      const key = this.#unreleased.get(messageKeyName(id));
      if (key !== undefined) keys.push({ ...key, expiresAtUs: keptUntilUs });
    }
    return keys;
  }

  add(keys: readonly DedupKey[], nowUs: number): void {
    for (const key of keys) this.#put(key);
    dropExpired(this.#keys, nowUs);
    dropExpired(this.#released, nowUs);
  }

  live(nowUs: number): DedupKey[] {
    const expiring = [...this.#released.values(), ...this.#keys.values()];
    return [...this.#unreleased.values(), ...expiring.filter((key) => key.expiresAtUs > nowUs)];
  }

  /** True while the sender of a message to that run may still ask for it: the run is not deleted before (X3). */
  awaitsRelease(runId: string): boolean {
    for (const key of this.#unreleased.values()) if (key.runId === runId) return true;
    return false;
  }

  get size(): number {
    return this.#keys.size + this.#unreleased.size + this.#released.size;
  }

  /** At the end, even if the key was used before: else its old place would keep what lies behind it from expiring. */
  #put(key: DedupKey): void {
    if (key.expiresAtUs === untilReleased) {
      this.#unreleased.set(key.key, key);
      return;
    }
    const keys = key.answer === undefined ? this.#keys : this.#released;
    this.#unreleased.delete(key.key);
    keys.delete(key.key);
    keys.set(key.key, key);
  }
}

function dropExpired(keys: Map<string, DedupKey>, nowUs: number): void {
  for (const [name, key] of keys) {
    if (key.expiresAtUs > nowUs) break;
    keys.delete(name);
  }
}
