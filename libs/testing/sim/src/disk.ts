// What one simulated machine keeps while its processes come and go: the directory of the log, the rows of the store.
//
// K1. A killed process loses nothing that was carried out. A power cut loses what was not synced: of the log as the directory
//     decides, of the store a suffix of its writes (a database in WAL mode keeps a prefix).
// K2. The index of runs is not kept over a power cut when the draw says so: it can be made anew.

import { openLocalLogPartition } from '@perdure/log-local';
import type {
  FoldBatch,
  LogPartition,
  MetadataStore,
  Store,
  VisibilityIndex,
} from '@perdure/ports';
import {
  createMemoryMetadata,
  createMemoryStore,
  createMemoryVisibility,
} from '@perdure/store-memory';
import { VolatileDirectory } from '@perdure/testing/volatile-directory';
import type { Chance } from './chance.ts';

/** Small, so that a short life sees many segments come and go. */
const logOptions = { segmentBytes: 1 << 17, fillBytes: 1 << 14, aheadBytes: 1 << 15 };

export class Disk {
  directory = new VolatileDirectory();
  store: Store = createMemoryStore();
  /** Synced with each change: nothing of it is ever lost. */
  readonly metadata: MetadataStore = createMemoryMetadata();
  visibility: VisibilityIndex = createMemoryVisibility();
  readonly #batches: FoldBatch[] = [];
  #synced = 0;
  readonly #logId: number;

  constructor(chance: Chance) {
    this.#logId = chance.below(2 ** 31);
  }

  openLog(): Promise<LogPartition> {
    return openLocalLogPartition(this.directory, { ...logOptions, logId: this.#logId });
  }

  /** To be told of every write and sync of the store that was carried out. */
  storeDid(method: string, given: readonly unknown[]): void {
    if (method === 'write') this.#batches.push(given[0] as FoldBatch);
    if (method === 'sync') this.#synced = this.#batches.length;
  }

  processEnded(): void {
    this.directory = this.directory.kill();
  }

  async powerFailed(chance: Chance): Promise<void> {
    this.directory = this.directory.crash(chance.random);
    const kept = this.#synced + chance.below(this.#batches.length - this.#synced + 1);
    this.#batches.length = kept;
    this.#synced = kept;
    this.store = createMemoryStore();
    for (const batch of this.#batches) await this.store.write(batch);
    this.visibility = createMemoryVisibility();
  }
}
