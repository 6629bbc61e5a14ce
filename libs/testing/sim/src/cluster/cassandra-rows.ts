// The rows of a simulated Cassandra as some of its replicas together have them: cell by cell the newest, without what is
// buried in any of them. A quorum reads so; all replicas together are all there is.

import type {
  AppliedRow,
  HistoryRow,
  QuarantineRow,
  RunKey,
  RunStateRow,
  WakeRow,
  WorkflowRow,
} from '@perdure/ports';
import {
  bucketOf,
  type Cell,
  historyOf,
  runKeyOf,
  statesOf,
  type Table,
  textOf,
  workflowKey,
} from './cassandra-cells.ts';
import { type Replica, wins } from './cassandra-replica.ts';

export class ReplicaRows {
  readonly #replicas: readonly Replica[];
  readonly #onDiffer: (() => boolean) | null;

  /** `onDiffer`: called for each partition in which replicas differ; answers whether they are brought up to date. */
  constructor(replicas: readonly Replica[], onDiffer: (() => boolean) | null = null) {
    this.#replicas = replicas;
    this.#onDiffer = onDiffer;
  }

  applied(logPartition: number): AppliedRow | null {
    return (this.#cells('applied', textOf(logPartition)).get('')?.row ?? null) as AppliedRow | null;
  }

  workflow(namespaceId: string, workflowId: string): WorkflowRow | null {
    const cells = this.#cells('states', statesOf(namespaceId, workflowId));
    return (cells.get(workflowKey)?.row ?? null) as WorkflowRow | null;
  }

  runState(run: RunKey): RunStateRow | null {
    const cells = this.#cells('states', statesOf(run.namespaceId, run.workflowId));
    return (cells.get(runKeyOf(run))?.row ?? null) as RunStateRow | null;
  }

  runStates(after: RunKey | null, limit: number): RunStateRow[] {
    const all = this.#everything('states').filter(({ key }) => key !== workflowKey);
    return pageOf(
      all.map(({ row }) => row as RunStateRow),
      after,
      limit,
    );
  }

  history(run: RunKey, branch: number, fromEventId: number, maxBytes: number): HistoryRow[] {
    const rows = [...this.#cells('history', historyOf(run)).values()]
      .map(({ row }) => row as HistoryRow)
      .filter((row) => row.branch === branch && row.lastEventId >= fromEventId)
      .toSorted((a, b) => a.firstEventId - b.firstEventId);
    let bytes = 0;
    const past = rows.findIndex((row, index) => {
      bytes += row.events.length;
      return bytes > maxBytes && index > 0;
    });
    return past === -1 ? rows : rows.slice(0, past);
  }

  oldestWakeBucket(block: number, from: number): number | null {
    const buckets = this.#wakeRows(block).map(({ bucket }) => bucket);
    const left = buckets.filter((bucket) => bucket >= from);
    return left.length === 0 ? null : Math.min(...left);
  }

  wake(block: number, bucket: number, after: RunKey | null, limit: number): WakeRow[] {
    const cells = this.#cells('wake', bucketOf(block, bucket)).values();
    return pageOf(
      [...cells].map(({ row }) => row as WakeRow),
      after,
      limit,
    );
  }

  /** Buckets of a block that have a row of the run. */
  wakeBucketsOf(block: number, run: RunKey): number[] {
    const rows = this.#wakeRows(block).filter((row) => compareRuns(row.run, run) === 0);
    return rows.map(({ bucket }) => bucket);
  }

  quarantine(limit: number): QuarantineRow[] {
    const rows = this.#everything('quarantine').map(({ row }) => row as QuarantineRow);
    return rows.toSorted((a, b) => a.clock - b.clock).slice(0, limit);
  }

  #wakeRows(block: number): WakeRow[] {
    const prefix = textOf(block).replace(']', ',');
    return this.#everything('wake', prefix).map(({ row }) => row as WakeRow);
  }

  #everything(table: Table, prefix = ''): Cell[] {
    const partitions = this.#replicas.flatMap((replica) => [...replica.partitions(table)]);
    return [...new Set(partitions)]
      .filter((partition) => partition.startsWith(prefix))
      .flatMap((partition) => [...this.#cells(table, partition).values()]);
  }

  /** By key. */
  #cells(table: Table, partition: string): Map<string, Cell> {
    const newest = new Map<string, Cell>();
    const scopes = new Set<string>();
    for (const replica of this.#replicas) {
      for (const cell of replica.cells(table, partition).values()) {
        for (const scope of cell.scopes) scopes.add(scope);
        const found = newest.get(cell.key);
        if (found === undefined || wins(cell, found)) newest.set(cell.key, cell);
      }
    }
    const buried = new Map<string, number>();
    for (const scope of scopes) {
      const clocks = this.#replicas.map((replica) => replica.tombstone(scope));
      buried.set(scope, Math.max(...clocks));
    }
    if (this.#onDiffer !== null && this.#differ(table, partition, newest, buried)) {
      if (this.#onDiffer()) this.#repair(table, partition, newest, buried);
    }
    for (const [key, { clock, scopes: within }] of newest)
      if (within.some((scope) => clock <= (buried.get(scope) ?? -1))) newest.delete(key);
    return newest;
  }

  #differ(
    table: Table,
    partition: string,
    newest: ReadonlyMap<string, Cell>,
    buried: ReadonlyMap<string, number>,
  ): boolean {
    return this.#replicas.some((replica) => {
      const cells = replica.cells(table, partition);
      for (const [key, cell] of newest) if (cells.get(key)?.clock !== cell.clock) return true;
      for (const [scope, clock] of buried) if (replica.tombstone(scope) !== clock) return true;
      return false;
    });
  }

  #repair(
    table: Table,
    partition: string,
    newest: ReadonlyMap<string, Cell>,
    buried: ReadonlyMap<string, number>,
  ): void {
    for (const replica of this.#replicas) {
      for (const cell of newest.values()) replica.put(table, partition, cell);
      for (const [scope, clock] of buried) replica.bury({ scope, clock });
    }
  }
}

function pageOf<Row extends { readonly run: RunKey }>(
  rows: readonly Row[],
  after: RunKey | null,
  limit: number,
): Row[] {
  return rows
    .filter(({ run }) => after === null || compareRuns(run, after) > 0)
    .toSorted((a, b) => compareRuns(a.run, b.run))
    .slice(0, limit);
}

/** The order of rows in a page. */
function compareRuns(a: RunKey, b: RunKey): number {
  return (
    compareTexts(a.runId, b.runId) ||
    compareTexts(a.workflowId, b.workflowId) ||
    compareTexts(a.namespaceId, b.namespaceId)
  );
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
