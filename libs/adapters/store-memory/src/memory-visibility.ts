// The visibility port in memory: the shortest thing that satisfies the contract, and its reference.

import {
  type IndexedRow,
  type ListFilter,
  type RunKey,
  refuseOddNumbers,
  type VisibilityIndex,
  type VisibilityPosition,
  type VisibilityRow,
} from '@perdure/ports';
import { matches } from './matches.ts';
import { compareTexts, textOf } from './row-key.ts';

export function createMemoryVisibility(): VisibilityIndex {
  return new MemoryVisibility();
}

class MemoryVisibility implements VisibilityIndex {
  readonly #rows: Map<string, IndexedRow> = new Map();
  readonly #cursors: Map<number, number> = new Map();
  #closed = false;

  async write(
    rows: readonly IndexedRow[],
    cursor: { readonly logPartition: number; readonly offset: number } | null,
    removed: readonly RunKey[] = [],
  ): Promise<void> {
    this.#refuseIfClosed();
    refuseOddNumbers(cursor === null ? rows : [...rows, cursor]);
    for (const row of rows) {
      const key = textOf(row.run);
      if (row.version <= (this.#rows.get(key)?.version ?? -1)) continue;
      const memo = new Uint8Array(row.memo);
      this.#rows.set(key, { ...row, memo, searchAttributes: new Uint8Array(row.searchAttributes) });
    }
    for (const run of removed) this.#rows.delete(textOf(run));
    if (cursor !== null) this.#cursors.set(cursor.logPartition, cursor.offset);
  }

  async sync(): Promise<void> {
    this.#refuseIfClosed();
  }

  async readCursor(logPartition: number): Promise<number | null> {
    this.#refuseIfClosed();
    return this.#cursors.get(logPartition) ?? null;
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
    namespaceId: string,
    timeUs: number,
    limit: number,
    skip = 0,
  ): Promise<readonly RunKey[]> {
    return this.#matching(namespaceId, [])
      .filter(({ closeTimeUs }) => closeTimeUs !== null && closeTimeUs < timeUs)
      .sort((a, b) => comparePositions(positionOf(b), positionOf(a)))
      .slice(skip, skip + limit)
      .map(({ run }) => run);
  }

  async clear(): Promise<void> {
    this.#refuseIfClosed();
    this.#rows.clear();
    this.#cursors.clear();
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #matching(namespaceId: string, filter: ListFilter): IndexedRow[] {
    this.#refuseIfClosed();
    return [...this.#rows.values()].filter(
      (row) => row.run.namespaceId === namespaceId && matches(row, filter),
    );
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
