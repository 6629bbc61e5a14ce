// The store port in memory: the shortest thing that satisfies the contract, and its reference.

import {
  type AppliedRow,
  type FoldBatch,
  type HistoryRow,
  type QuarantineRow,
  Removals,
  type RunKey,
  type RunStateRow,
  refuseOddNumbers,
  rowsOf,
  type Store,
  type WakeRow,
  type WorkflowRow,
} from '@perdure/ports';
import { copyOf } from './fold-copy.ts';
import { compareRuns, textOf } from './row-key.ts';

export function createMemoryStore(): Store {
  return new MemoryStore();
}

class MemoryStore implements Store {
  readonly #history: Map<string, Map<number, HistoryRow>> = new Map();
  /** By block, bucket, run. */
  readonly #wake: Map<number, Map<number, Map<string, WakeRow>>> = new Map();
  readonly #quarantine: Map<string, QuarantineRow> = new Map();
  readonly #workflows: Map<string, WorkflowRow> = new Map();
  readonly #runStates: Map<string, RunStateRow> = new Map();
  readonly #applied: Map<number, AppliedRow> = new Map();
  readonly #removals: Removals = new Removals();
  #closed = false;

  async write(batch: FoldBatch): Promise<void> {
    this.#refuseIfClosed();
    refuseOddNumbers(rowsOf(batch));
    const fold = copyOf(this.#removals.visible(batch));
    this.#remove(fold);
    this.#dropWakeBuckets(fold);
    for (const row of fold.history) {
      const branch = inner(this.#history, textOf(row.run, row.branch));
      putNewer(branch, row.firstEventId, row);
    }
    for (const row of fold.wake) {
      const rows = inner(inner(this.#wake, row.block), row.bucket);
      const key = textOf(row.run);
      if (row.version > (rows.get(key)?.version ?? -1)) rows.set(key, row);
    }
    for (const row of fold.quarantine)
      putNewer(this.#quarantine, textOf(row.run, row.version), row);
    for (const { run, clock } of fold.quarantineReleased) {
      for (const [key, row] of this.#quarantine)
        if (compareRuns(row.run, run) === 0) dropOlder(this.#quarantine, key, clock);
    }
    for (const row of fold.workflows) {
      putNewer(this.#workflows, textOf(row.namespaceId, row.workflowId), row);
    }
    for (const row of fold.runStates) putNewer(this.#runStates, textOf(row.run), row);
    if (fold.applied !== null) putNewer(this.#applied, fold.applied.logPartition, fold.applied);
  }

  #remove({ runsRemoved, workflowsRemoved }: FoldBatch): void {
    for (const { run, block, clock } of runsRemoved) {
      // Branches are numbered from 0.
      for (let branch = 0; ; branch++) {
        const rows = this.#history.get(textOf(run, branch));
        if (rows === undefined) break;
        for (const first of rows.keys()) dropOlder(rows, first, clock);
      }
      dropOlder(this.#runStates, textOf(run), clock);
      const buckets = this.#wake.get(block) ?? new Map<number, Map<string, WakeRow>>();
      for (const [bucket, rows] of buckets) {
        dropOlder(rows, textOf(run), clock);
        if (rows.size === 0) buckets.delete(bucket);
      }
    }
    for (const { namespaceId, workflowId, clock } of workflowsRemoved) {
      dropOlder(this.#workflows, textOf(namespaceId, workflowId), clock);
    }
  }

  #dropWakeBuckets({ wakeBucketsDropped }: FoldBatch): void {
    for (const { block, bucket, clock } of wakeBucketsDropped) {
      const rows = this.#wake.get(block)?.get(bucket);
      for (const key of rows?.keys() ?? []) dropOlder(rows as Map<string, WakeRow>, key, clock);
      if (rows?.size === 0) this.#wake.get(block)?.delete(bucket);
    }
  }

  async sync(): Promise<void> {
    this.#refuseIfClosed();
  }

  async readApplied(logPartition: number): Promise<AppliedRow | null> {
    this.#refuseIfClosed();
    return this.#applied.get(logPartition) ?? null;
  }

  async readWorkflow(namespaceId: string, workflowId: string): Promise<WorkflowRow | null> {
    this.#refuseIfClosed();
    return this.#workflows.get(textOf(namespaceId, workflowId)) ?? null;
  }

  async readRunState(run: RunKey): Promise<RunStateRow | null> {
    this.#refuseIfClosed();
    return this.#runStates.get(textOf(run)) ?? null;
  }

  async scanRunStates(after: RunKey | null, limit: number): Promise<readonly RunStateRow[]> {
    this.#refuseIfClosed();
    return page(this.#runStates.values(), after, limit);
  }

  async readHistory(
    run: RunKey,
    branch: number,
    fromEventId: number,
    maxBytes: number,
  ): Promise<readonly HistoryRow[]> {
    this.#refuseIfClosed();
    const rows = [...(this.#history.get(textOf(run, branch))?.values() ?? [])]
      .filter((row) => row.lastEventId >= fromEventId)
      .sort((a, b) => a.firstEventId - b.firstEventId);
    let bytes = 0;
    const past = rows.findIndex((row, i) => {
      bytes += row.events.length;
      return bytes > maxBytes && i > 0;
    });
    return past === -1 ? rows : rows.slice(0, past);
  }

  async oldestWakeBucket(block: number, from = 0): Promise<number | null> {
    this.#refuseIfClosed();
    const buckets = [...(this.#wake.get(block)?.keys() ?? [])].filter((bucket) => bucket >= from);
    return buckets.length === 0 ? null : Math.min(...buckets);
  }

  async readWake(
    block: number,
    bucket: number,
    after: RunKey | null,
    limit: number,
  ): Promise<readonly WakeRow[]> {
    this.#refuseIfClosed();
    return page(this.#wake.get(block)?.get(bucket)?.values() ?? [], after, limit);
  }

  async readQuarantine(limit: number): Promise<readonly QuarantineRow[]> {
    this.#refuseIfClosed();
    return [...this.#quarantine.values()].sort((a, b) => a.clock - b.clock).slice(0, limit);
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #refuseIfClosed(): void {
    if (this.#closed) throw new Error('the store is closed');
  }
}

function putNewer<Key, Row extends { readonly clock: number }>(
  rows: Map<Key, Row>,
  key: Key,
  row: Row,
): void {
  const stored = rows.get(key);
  if (stored === undefined || row.clock > stored.clock) rows.set(key, row);
}

/** A removal wins at its own clock (M1). */
function dropOlder<Key>(rows: Map<Key, { readonly clock: number }>, key: Key, clock: number): void {
  if ((rows.get(key)?.clock ?? Number.POSITIVE_INFINITY) <= clock) rows.delete(key);
}

function page<Row extends { readonly run: RunKey }>(
  rows: Iterable<Row>,
  after: RunKey | null,
  limit: number,
): Row[] {
  return [...rows]
    .filter(({ run }) => after === null || compareRuns(run, after) > 0)
    .sort((a, b) => compareRuns(a.run, b.run))
    .slice(0, limit);
}

/** The map under a key, made when absent. */
function inner<Key, InnerKey, Row>(
  maps: Map<Key, Map<InnerKey, Row>>,
  key: Key,
): Map<InnerKey, Row> {
  let found = maps.get(key);
  if (found === undefined) {
    found = new Map();
    maps.set(key, found);
  }
  return found;
}
