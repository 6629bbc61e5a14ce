// Builds the rows of one LogPartition in a lost visibility index anew (M9): from the store, while the feed brings what the
// log's tail adds and what happens meanwhile.
//
// G1. The pin is `applied` at the beginning: the store holds all at or below it, and may hold more, which is newer. All above
//     it comes through the feed. `begin` resolves before the feed writes: what either of them writes bears the generation.
// G2. The scan takes the runs of its own LogPartition alone. A run that is deleted after it was read does not come back: the
//     index knows of the removal (V2 of the port).
// G3. The generation ends when the scan is over and the feed has written what was durable then. Rows that neither has written
//     are of runs that are no more.
// G4. Broken off anywhere, it leaves an index without a cursor, which is built again from the beginning by the next owner.
//     The owner may serve meanwhile: lists show what is there already.

import { decodeSnapshot } from '@perdure/core-execution';
import type { PartitionMap } from '@perdure/core-shard';
import type { RunKey } from '@perdure/kernel';
import type {
  AppliedRow,
  IndexedRow,
  Namespaces,
  RunStateRow,
  Store,
  VisibilityIndex,
} from '@perdure/ports';
import { indexedRow, type VisibilityFeed, visibilityRow } from './visibility-feed.ts';

export interface VisibilityRebuildOptions {
  readonly store: Pick<Store, 'scanRunStates'>;
  readonly index: VisibilityIndex;
  readonly namespaces: Namespaces;
  readonly feed: Pick<VisibilityFeed, 'flushed' | 'storedAt'>;
  readonly logPartition: number;
  readonly partitions: PartitionMap;
}

const rowsPerRead = 500;

export class VisibilityRebuild {
  readonly #options: VisibilityRebuildOptions;
  readonly #generation: number;
  /** Offset of `applied` (G1). */
  readonly #pin: number;

  /**
   * null when the index is not to be built: its cursor, -1 for none, lies at or above `applied`. To be awaited before the feed
   * is told of anything (G1).
   */
  static async begin(
    options: VisibilityRebuildOptions,
    applied: Pick<AppliedRow, 'offset'> | null,
    cursor: number,
  ): Promise<VisibilityRebuild | null> {
    if (applied === null || cursor >= applied.offset) return null;
    const generation = await options.index.beginGeneration(options.logPartition);
    return new VisibilityRebuild(options, generation, applied.offset);
  }

  private constructor(options: VisibilityRebuildOptions, generation: number, pin: number) {
    this.#options = options;
    this.#generation = generation;
    this.#pin = pin;
  }

  /** Returns the number of runs indexed. To be called when the feed knows of the log's tail. */
  async run(): Promise<number> {
    const { index, feed, logPartition } = this.#options;
    const runs = await this.#scan();
    await feed.flushed();
    await index.endGeneration(logPartition, this.#generation, this.#pin);
    feed.storedAt(this.#pin);
    return runs;
  }

  async #scan(): Promise<number> {
    const { store, index, logPartition } = this.#options;
    let after: RunKey | null = null;
    let runs = 0;
    for (;;) {
      const page: readonly RunStateRow[] = await store.scanRunStates(after, rowsPerRead);
      const last = page.at(-1);
      if (last === undefined) return runs;
      const rows = page.filter(({ run }) => this.#owns(run)).map((row) => this.#indexed(row));
      if (rows.length > 0) await index.write({ logPartition, rows, removed: [], cursor: null });
      runs += rows.length;
      after = last.run;
    }
  }

  /** G2. */
  #owns({ namespaceId, workflowId }: RunKey): boolean {
    const { partitions, logPartition } = this.#options;
    return partitions.partitionOf(namespaceId, workflowId) === logPartition;
  }

  #indexed({ run, state }: RunStateRow): IndexedRow {
    const decoded = decodeSnapshot(run, state);
    const { status, version } = decoded.progress;
    const row = visibilityRow(decoded, version, status !== 1, decoded);
    return indexedRow(row, this.#options.namespaces);
  }
}
