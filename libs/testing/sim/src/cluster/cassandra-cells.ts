// A fold as the writes that Cassandra gets: cells and tombstones with clocks, by partitions of its tables (M4).
//
// A tombstone hides what is in its scope at or below its clock, in whichever order the two come, for ever. A cell is in
// a few scopes: those of a deletion of its run, of its bucket, and so on.

import type { FoldBatch, RunKey } from '@perdure/ports';

/** Every row of the store. */
export type Row =
  | FoldBatch['history'][number]
  | FoldBatch['wake'][number]
  | FoldBatch['quarantine'][number]
  | FoldBatch['workflows'][number]
  | FoldBatch['runStates'][number]
  | NonNullable<FoldBatch['applied']>;

export type Table = 'history' | 'wake' | 'quarantine' | 'states' | 'applied';

/** One row under its key, within its partition. */
export interface Cell {
  readonly key: string;
  readonly clock: number;
  readonly row: Row;
  readonly scopes: readonly string[];
}

export interface Tombstone {
  readonly scope: string;
  readonly clock: number;
}

/** What goes to one partition of a table together, or not at all. */
export interface Mutation {
  readonly table: Table;
  readonly partition: string;
  readonly cells: readonly Cell[];
  readonly tombstones: readonly Tombstone[];
}

/** A string that is equal for equal parts only. */
export function textOf(...parts: readonly (string | number)[]): string {
  return JSON.stringify(parts);
}

export const historyOf = (run: RunKey): string =>
  textOf(run.namespaceId, run.workflowId, run.runId);
export const statesOf = (namespaceId: string, workflowId: string): string =>
  textOf(namespaceId, workflowId);
export const bucketOf = (block: number, bucket: number): string => textOf(block, bucket);
/** Key of what belongs to the workflow id in its partition of states; no run id reads so. */
export const workflowKey = 'workflow id';
export const runKeyOf = (run: RunKey): string => `run ${historyOf(run)}`;

/** M3: `history`, wake rows and quarantine; then states; then `applied`. Steps without anything are left out. */
export function stepsOf(batch: FoldBatch): Mutation[][] {
  const { applied } = batch;
  const first = new Mutations();
  for (const row of batch.history) {
    const scopes = [`history ${historyOf(row.run)}`];
    const key = textOf(row.branch, row.firstEventId);
    first.add('history', historyOf(row.run), { key, clock: row.clock, row, scopes });
  }
  for (const row of batch.wake) {
    const partition = bucketOf(row.block, row.bucket);
    const key = runKeyOf(row.run);
    const scopes = [`bucket ${partition}`, `wake ${partition} ${key}`];
    first.add('wake', partition, { key, clock: row.clock, row, scopes });
  }
  for (const { block, bucket, clock } of batch.wakeBucketsDropped) {
    const partition = bucketOf(block, bucket);
    first.remove('wake', partition, { scope: `bucket ${partition}`, clock });
  }
  for (const row of batch.quarantine) {
    const partition = historyOf(row.run);
    const scopes = [`quarantine ${partition}`];
    const key = textOf(row.version);
    first.add('quarantine', partition, { key, clock: row.clock, row, scopes });
  }
  for (const { run, clock } of batch.quarantineReleased) {
    const partition = historyOf(run);
    first.remove('quarantine', partition, { scope: `quarantine ${partition}`, clock });
  }
  const last: Mutation[] =
    applied === null
      ? []
      : [
          {
            table: 'applied',
            partition: textOf(applied.logPartition),
            cells: [{ key: '', clock: applied.clock, row: applied, scopes: [] }],
            tombstones: [],
          },
        ];
  return [first.all, stateMutations(batch), last].filter((step) => step.length > 0);
}

function stateMutations(batch: FoldBatch): Mutation[] {
  const second = new Mutations();
  for (const row of batch.workflows) {
    const partition = statesOf(row.namespaceId, row.workflowId);
    const scopes = [`workflow ${partition}`];
    second.add('states', partition, { key: workflowKey, clock: row.clock, row, scopes });
  }
  for (const row of batch.runStates) {
    const partition = statesOf(row.run.namespaceId, row.run.workflowId);
    const key = runKeyOf(row.run);
    second.add('states', partition, { key, clock: row.clock, row, scopes: [`state ${key}`] });
  }
  for (const { run, clock } of batch.runsRemoved) {
    const partition = statesOf(run.namespaceId, run.workflowId);
    second.remove('states', partition, { scope: `state ${runKeyOf(run)}`, clock });
    second.remove('history', historyOf(run), { scope: `history ${historyOf(run)}`, clock });
  }
  for (const { namespaceId, workflowId, clock } of batch.workflowsRemoved) {
    const partition = statesOf(namespaceId, workflowId);
    second.remove('states', partition, { scope: `workflow ${partition}`, clock });
  }
  return second.all;
}

/** The deletion of a run in one bucket: it is known by then which buckets have a row of it. */
export function wakeRowRemoved(
  { block, run, clock }: FoldBatch['runsRemoved'][number],
  bucket: number,
): Mutation {
  const partition = bucketOf(block, bucket);
  const scope = `wake ${partition} ${runKeyOf(run)}`;
  return { table: 'wake', partition, cells: [], tombstones: [{ scope, clock }] };
}

/** Same-partition rows go together. */
class Mutations {
  readonly #byPartition = new Map<string, Mutation & { cells: Cell[]; tombstones: Tombstone[] }>();

  get all(): Mutation[] {
    return [...this.#byPartition.values()];
  }

  add(table: Table, partition: string, cell: Cell): void {
    this.#of(table, partition).cells.push(cell);
  }

  remove(table: Table, partition: string, tombstone: Tombstone): void {
    this.#of(table, partition).tombstones.push(tombstone);
  }

  #of(table: Table, partition: string): Mutation & { cells: Cell[]; tombstones: Tombstone[] } {
    const key = `${table} ${partition}`;
    const found = this.#byPartition.get(key) ?? { table, partition, cells: [], tombstones: [] };
    this.#byPartition.set(key, found);
    return found;
  }
}

/** A row with a number that a column of integers cannot hold is refused with a TypeError. */
export function refuseOddNumbers(batch: FoldBatch): void {
  const { applied, ...lists } = batch;
  for (const row of [...Object.values(lists).flat(), applied ?? {}]) {
    for (const value of Object.values(row)) {
      if (typeof value === 'number' && !Number.isSafeInteger(value))
        throw new TypeError(`${value} is not an integer`);
    }
  }
}
