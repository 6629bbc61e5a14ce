// The visibility port in memory: the shortest thing that satisfies the contract, and its reference.

import {
  type IndexedRow,
  type ListFilter,
  RemovedRuns,
  type RunKey,
  refuseOddNumbers,
  StorageFault,
  type VisibilityBatch,
  type VisibilityIndex,
  type VisibilityPosition,
  type VisibilityRow,
} from '@perdure/ports';
import { matches } from './matches.ts';
import { compareTexts, textOf } from './row-key.ts';

export function createMemoryVisibility(): VisibilityIndex {
  return new MemoryVisibility();
}

interface Held {
  readonly row: IndexedRow;
  logPartition: number;
  generation: number;
}

interface Feed {
  /** -1: none. */
  cursor: number;
  /** Generations: the newest that was begun, and the newest that has ended (V5). */
  begun: number;
  ended: number;
}

class MemoryVisibility implements VisibilityIndex {
  readonly #rows: Map<string, Held> = new Map();
  readonly #feeds: Map<number, Feed> = new Map();
  readonly #removed = new RemovedRuns();
  #closed = false;

  async write({ logPartition, rows, removed, cursor }: VisibilityBatch): Promise<void> {
    this.#refuseIfClosed();
    refuseOddNumbers(cursor === null ? rows : [...rows, cursor]);
    const feed = this.#feed(logPartition);
    if (cursor !== null && cursor.known > feed.cursor) {
      throw new StorageFault(
        'mismatch',
        `the index holds LogPartition ${logPartition} to ${feed.cursor}, its writer knows of ${cursor.known}; start the owner again, which builds the index anew`,
      );
    }
    for (const row of rows) {
      if (this.#removed.has(row.run)) continue;
      const key = textOf(row.run);
      const held = this.#rows.get(key);
      if (held !== undefined && row.version <= held.row.version) {
        Object.assign(held, { logPartition, generation: feed.begun });
        continue;
      }
      const copy = {
        ...row,
        memo: new Uint8Array(row.memo),
        searchAttributes: new Uint8Array(row.searchAttributes),
      };
      this.#rows.set(key, { row: copy, logPartition, generation: feed.begun });
    }
    this.#removed.add(removed);
    for (const run of removed) this.#rows.delete(textOf(run));
    if (cursor !== null) feed.cursor = Math.max(feed.cursor, cursor.offset);
  }

  async sync(): Promise<void> {
    this.#refuseIfClosed();
  }

  async readCursor(logPartition: number): Promise<number | null> {
    this.#refuseIfClosed();
    const { cursor, begun, ended } = this.#feed(logPartition);
    return cursor < 0 || begun > ended ? null : cursor;
  }

  async list(
    namespaceId: string,
    filter: ListFilter,
    after: VisibilityPosition | null,
    limit: number,
  ): Promise<readonly VisibilityRow[]> {
    return this.#matching(namespaceId, filter)
      .filter((row) => after === null || comparePositions(positionOf(row), after) > 0)
      .sort((a, b) => comparePositions(positionOf(a), positionOf(b)))
      .slice(0, limit)
      .map(({ attributes: _, ...row }) => row);
  }

  async count(namespaceId: string, filter: ListFilter): Promise<number> {
    return this.#matching(namespaceId, filter).length;
  }

  async countByStatus(
    namespaceId: string,
    filter: ListFilter,
  ): Promise<ReadonlyMap<number, number>> {
    const counts = new Map<number, number>();
    for (const { status } of this.#matching(namespaceId, filter)) {
      counts.set(status, (counts.get(status) ?? 0) + 1);
    }
    return counts;
  }

  async closedBefore(
    logPartition: number,
    namespaceId: string,
    timeUs: number,
    limit: number,
    skip = 0,
  ): Promise<readonly RunKey[]> {
    return this.#matching(namespaceId, [], logPartition)
      .filter(({ closeTimeUs }) => closeTimeUs !== null && closeTimeUs < timeUs)
      .sort((a, b) => comparePositions(positionOf(b), positionOf(a)))
      .slice(skip, skip + limit)
      .map(({ run }) => run);
  }

  async beginGeneration(logPartition: number): Promise<number> {
    this.#refuseIfClosed();
    return ++this.#feed(logPartition).begun;
  }

  async endGeneration(logPartition: number, generation: number, offset: number): Promise<void> {
    this.#refuseIfClosed();
    const feed = this.#feed(logPartition);
    if (generation !== feed.begun) return;
    feed.ended = generation;
    feed.cursor = Math.max(feed.cursor, offset);
    for (const [key, held] of this.#rows) {
      if (held.logPartition === logPartition && held.generation < generation)
        this.#rows.delete(key);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #matching(namespaceId: string, filter: ListFilter, logPartition?: number): IndexedRow[] {
    this.#refuseIfClosed();
    return [...this.#rows.values()]
      .filter((held) => logPartition === undefined || held.logPartition === logPartition)
      .map(({ row }) => row)
      .filter((row) => row.run.namespaceId === namespaceId && matches(row, filter));
  }

  #feed(logPartition: number): Feed {
    const known = this.#feeds.get(logPartition);
    if (known !== undefined) return known;
    const feed = { cursor: -1, begun: 0, ended: 0 };
    this.#feeds.set(logPartition, feed);
    return feed;
  }

  #refuseIfClosed(): void {
    if (this.#closed) throw new Error('the visibility index is closed');
  }
}

function positionOf({ closeTimeUs, startTimeUs, run }: VisibilityRow): VisibilityPosition {
  return { closeTimeUs, startTimeUs, runId: run.runId };
}

function comparePositions(a: VisibilityPosition, b: VisibilityPosition): number {
  const closeOfA = a.closeTimeUs ?? Infinity;
  const closeOfB = b.closeTimeUs ?? Infinity;
  if (closeOfA !== closeOfB) return closeOfB - closeOfA;
  return b.startTimeUs - a.startTimeUs || compareTexts(a.runId, b.runId);
}
