// What one simulated machine keeps while its processes come and go: the directory of the log, the rows of the store.
//
// K1. A killed process loses nothing that was carried out. A power cut loses what was not synced: of the log as the directory
//     decides, of the store a suffix of its writes (a database in WAL mode keeps a prefix).
// K2. The index of runs is not kept over a power cut: it can be made anew.

import { type LocalLogPartition, openLocalLogPartition } from '@perdure/log-local';
import type { LogPartition, MetadataStore, VisibilityIndex } from '@perdure/ports';
import { createMemoryMetadata, createMemoryVisibility } from '@perdure/store-memory';
import { VolatileDirectory } from '@perdure/testing/volatile-directory';
import { BitFlips } from './bit-flips.ts';
import type { Chance } from './chance.ts';
import { FileFaults } from './file-faults.ts';
import type { Sightings } from './sightings.ts';
import type { SimulatedStore } from './simulated-store.ts';

/** Small, so that a short life sees many segments come and go. */
const logOptions = { segmentBytes: 1 << 17, fillBytes: 1 << 14, aheadBytes: 1 << 15 };

export interface DiskOptions {
  readonly chance: Chance;
  readonly sightings: Sightings;
  readonly store: SimulatedStore;
  /** Shares of power cuts and of starts at which bits have changed. */
  readonly flips: { readonly flippedTail: number; readonly flippedRecord: number };
  readonly flipChance: Chance;
}

export class Disk {
  readonly files = new FileFaults();
  readonly store: SimulatedStore;
  /** Synced with each change: nothing of it is ever lost. */
  readonly metadata: MetadataStore = createMemoryMetadata();
  visibility: VisibilityIndex = createMemoryVisibility();
  readonly #options: DiskOptions;
  readonly #flips = new BitFlips();
  readonly #logId: number;
  #directory = new VolatileDirectory();

  constructor(options: DiskOptions) {
    this.#options = options;
    this.store = options.store;
    this.#logId = options.chance.below(2 ** 31);
  }

  async openLog(): Promise<LogPartition> {
    const { sightings, flipChance, flips } = this.#options;
    if (
      flipChance.happens(flips.flippedRecord) &&
      this.#flips.flipRecord(this.#directory, flipChance)
    ) {
      sightings.seen('bit flipped in record');
    }
    this.files.attach(this.#directory);
    const log = await openLocalLogPartition(this.#directory, { ...logOptions, logId: this.#logId });
    this.#flips.harmless();
    this.#flips.acknowledged(await log.extent());
    if (log.report.tornTail !== null) sightings.seen('torn tail cut');
    if (log.report.rewrittenBytes > 0) sightings.seen('unsynced tail written again');
    return this.#watched(log);
  }

  /** Names of the files of the log. */
  get logFiles(): readonly string[] {
    return this.#directory.list();
  }

  /** To be called when the log refused to open as corrupt. True when the medium was at fault; the damage is undone. */
  restore(): boolean {
    return this.#flips.undo(this.#directory);
  }

  processEnded(): void {
    this.files.detach();
    this.#directory = this.#directory.kill();
  }

  async powerFailed(chance: Chance): Promise<void> {
    const { sightings, flipChance, flips } = this.#options;
    this.files.detach();
    this.#directory = this.#directory.crash(chance.random, true);
    if (
      flipChance.happens(flips.flippedTail) &&
      this.#flips.flipTail(this.#directory, flipChance)
    ) {
      sightings.seen('bit flipped in tail');
    }
    this.visibility = createMemoryVisibility();
    await this.store.powerFailed();
  }

  /** The log, with what is acknowledged and forgotten kept in mind. */
  #watched(log: LocalLogPartition): LogPartition {
    return {
      append: async (records) => {
        const first = await log.append(records);
        this.#flips.acknowledged(await log.extent());
        return first;
      },
      trim: async (offset) => {
        const before = (await log.extent()).segments.length;
        await log.trim(offset);
        const after = (await log.extent()).segments.length;
        this.#options.sightings.seen('segment trimmed', before - after);
      },
      read: (fromOffset, maxBytes) => log.read(fromOffset, maxBytes),
      endOffset: () => log.endOffset(),
      lowMark: () => log.lowMark(),
      close: () => log.close(),
    };
  }
}
