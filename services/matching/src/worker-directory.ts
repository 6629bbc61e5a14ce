// The workers that sent a heartbeat lately, in memory: bounded, and forgotten when they fall silent.

import { usPerMinute } from '@perdure/kernel';
import type { Clock, KnownWorker, WorkerDirectory } from '@perdure/ports';

/** Stock workers send one a minute. */
const rememberedUs = 10 * usPerMinute;
/** About 1 KB each. Beyond them the one that was silent longest is forgotten. */
const workersMax = 50_000;

interface Entry {
  readonly namespaceId: string;
  readonly worker: KnownWorker;
  readonly heardAtUs: number;
}

export class HeardWorkers implements WorkerDirectory {
  readonly #clock: Clock;
  readonly #max: number;
  /** The one heard last comes last. */
  readonly #heard = new Map<string, Entry>();

  constructor(clock: Clock, max: number = workersMax) {
    this.#clock = clock;
    this.#max = max;
  }

  record(namespaceId: string, worker: KnownWorker): void {
    const key = keyOf(namespaceId, worker.instanceKey);
    // The request that brought it is let go.
    const kept = { ...worker, heartbeat: worker.heartbeat.slice() };
    this.#heard.delete(key);
    this.#heard.set(key, { namespaceId, worker: kept, heardAtUs: this.#clock.nowUs() });
    this.#forget();
  }

  list(namespaceId: string): readonly KnownWorker[] {
    this.#forget();
    return [...this.#heard.values()]
      .filter((entry) => entry.namespaceId === namespaceId)
      .map(({ worker }) => worker)
      .sort((a, b) => (a.instanceKey < b.instanceKey ? -1 : 1));
  }

  find(namespaceId: string, instanceKey: string): KnownWorker | undefined {
    this.#forget();
    return this.#heard.get(keyOf(namespaceId, instanceKey))?.worker;
  }

  #forget(): void {
    const silentSinceUs = this.#clock.nowUs() - rememberedUs;
    for (const [key, { heardAtUs }] of this.#heard) {
      if (heardAtUs > silentSinceUs && this.#heard.size <= this.#max) return;
      this.#heard.delete(key);
    }
  }
}

const keyOf = (namespaceId: string, instanceKey: string): string =>
  `${namespaceId}\0${instanceKey}`;
