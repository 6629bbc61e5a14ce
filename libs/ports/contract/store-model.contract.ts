// Part of the contract of the store: folds in any order, all at once, some sent twice, cut into batches anywhere, give the
// state that a plain model says (M1): of each place the highest clock, if nothing at or above it took it away.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FoldBatch, RunKey, Store } from '../src/index.ts';
import {
  appliedRow,
  bytesOf,
  droppedBucket,
  foldOf,
  historyRow,
  type OpenStore,
  removedRun,
  stateRow,
  wakeRow,
  workflowRow,
} from './store-fixture.ts';

const kinds = [
  ...(['history', 'runState', 'workflow', 'wake', 'applied'] as const),
  ...(['runRemoval', 'workflowRemoval', 'bucketDrop'] as const),
] as const;

/** One cell of the store at one clock, or what takes cells away. What it holds is a function of these, as the log makes it. */
interface Cell {
  readonly kind: (typeof kinds)[number];
  readonly workflow: number;
  readonly run: number;
  /** First event id, or bucket. */
  readonly place: number;
  readonly clock: number;
}

const places = [1, 2, 3];
const workflows = [0, 1];
const still = 1_000_000;
const runIds = ['0194cbb4-9a3f-7a45-9d4e-0b54c1a1b6f1', 'r'];

const cell: fc.Arbitrary<Cell> = fc.record({
  kind: fc.constantFrom(...kinds),
  workflow: fc.constantFrom(...workflows),
  run: fc.constantFrom(0, 1),
  place: fc.constantFrom(...places),
  clock: fc.integer({ min: 1, max: 6 }),
});

/** The cells, then the order in which folds arrive: each a set of cells, none missing, some twice. */
const arrivals = fc.array(cell, { minLength: 1, maxLength: 40 }).chain((cells) =>
  fc.record({
    cells: fc.constant(cells),
    folds: fc
      .tuple(
        fc.shuffledSubarray(cells, { minLength: cells.length }),
        fc.shuffledSubarray(cells),
        fc.integer({ min: 1, max: 9 }),
      )
      .map(([once, twice, size]) => chunks([...once, ...twice], size)),
  }),
);

export function modelContract(open: OpenStore): void {
  describe('model', () => {
    test('folds in any order, some twice, give the same final state', async () => {
      const store = await open();
      let example = 0;
      await fc.assert(
        fc.asyncProperty(arrivals, async ({ cells, folds }) => {
          example += 1;
          await Promise.all(folds.map((fold) => store.write(batchOf(fold, example))));
          expect(await stateOf(store, example, cells)).toEqual(modelOf(cells));
        }),
        { numRuns: 60 },
      );
    });
  });
}

/** What is there, by place, at its highest clock. */
function modelOf(cells: readonly Cell[]): Record<string, number> {
  const highest: Record<string, number> = {};
  for (const cell of cells) {
    const { kind, workflow, run, place, clock } = cell;
    if (kind === 'runRemoval' || kind === 'workflowRemoval' || kind === 'bucketDrop') continue;
    if (clock <= hiddenTo(cells, cell)) continue;
    const key = {
      history: `history ${workflow} ${run} ${place}`,
      runState: `runState ${workflow} ${run}`,
      workflow: `workflow ${workflow}`,
      wake: `wake ${place} ${workflow} ${run}`,
      applied: 'applied',
    }[kind];
    highest[key] = Math.max(highest[key] ?? 0, clock);
  }
  return highest;
}

/** Highest clock of what takes the cell away. */
function hiddenTo(cells: readonly Cell[], { kind, workflow, run, place }: Cell): number {
  const takes = (other: Cell): boolean => {
    if (kind === 'applied') return false;
    if (other.kind === 'bucketDrop') return kind === 'wake' && other.place === place;
    if (other.workflow !== workflow) return false;
    if (other.kind === 'workflowRemoval') return kind === 'workflow';
    return other.kind === 'runRemoval' && kind !== 'workflow' && other.run === run;
  };
  return Math.max(0, ...cells.filter(takes).map(({ clock }) => clock));
}

/** The same, read from the store; every row must hold what belongs to its clock. */
async function stateOf(
  store: Store,
  example: number,
  cells: readonly Cell[],
): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  const applied = await store.readApplied(example);
  if (applied !== null) {
    expect(applied).toEqual(
      appliedRow({ logPartition: example, clock: applied.clock, offset: applied.clock }),
    );
    found['applied'] = applied.clock;
  }
  for (const workflow of workflows) {
    const { namespaceId, workflowId } = keyOf(example, workflow, 0);
    const row = await store.readWorkflow(namespaceId, workflowId);
    if (row !== null) {
      expect(row.state).toEqual(bytesOf(row.clock));
      found[`workflow ${workflow}`] = row.clock;
    }
    for (const run of [0, 1]) await readRun(store, example, workflow, run, found);
  }
  for (const bucket of places) {
    for (const row of await store.readWake(example, bucket, null, 100)) {
      expect(row.loadAtUs).toBe(row.version % 2 === 0 ? null : row.version);
      const run = runIds.indexOf(row.run.runId);
      const workflow = Number(row.run.workflowId);
      // A wake row of a removed run may come late into a bucket that had none: its run is not there.
      const cell = { workflow, run, place: bucket, clock: row.clock };
      const removals = cells.filter((other) => other.kind !== 'bucketDrop');
      if (row.clock <= hiddenTo(removals, { kind: 'wake', ...cell })) continue;
      found[`wake ${bucket} ${workflow} ${run}`] = row.version;
    }
  }
  return found;
}

async function readRun(
  store: Store,
  example: number,
  workflow: number,
  run: number,
  found: Record<string, number>,
): Promise<void> {
  const key = keyOf(example, workflow, run);
  const state = await store.readRunState(key);
  if (state !== null) {
    expect(state).toEqual(
      stateRow({ run: key, clock: state.clock, version: state.clock, state: bytesOf(state.clock) }),
    );
    found[`runState ${workflow} ${run}`] = state.clock;
  }
  for (const row of await store.readHistory(key, 0, 0, 1_000_000)) {
    expect(row).toEqual(
      historyRow({
        run: key,
        firstEventId: row.firstEventId,
        lastEventId: 10 + row.clock,
        clock: row.clock,
        events: bytesOf(row.clock),
      }),
    );
    found[`history ${workflow} ${run} ${row.firstEventId}`] = row.clock;
  }
}

function batchOf(cells: readonly Cell[], example: number): FoldBatch {
  const of = (kind: Cell['kind']): Cell[] => cells.filter((candidate) => candidate.kind === kind);
  const key = ({ workflow, run }: Cell): RunKey => keyOf(example, workflow, run);
  // One row per fold; the order of the folds decides nothing.
  const newest = Math.max(...of('applied').map(({ clock }) => clock));
  return foldOf({
    history: of('history').map((it) =>
      historyRow({
        run: key(it),
        firstEventId: it.place,
        lastEventId: 10 + it.clock,
        clock: it.clock,
        events: bytesOf(it.clock),
      }),
    ),
    runStates: of('runState').map((it) =>
      stateRow({ run: key(it), clock: it.clock, version: it.clock, state: bytesOf(it.clock) }),
    ),
    workflows: of('workflow').map((it) =>
      workflowRow({
        namespaceId: key(it).namespaceId,
        workflowId: key(it).workflowId,
        clock: it.clock,
        state: bytesOf(it.clock),
      }),
    ),
    wake: of('wake').map((it) =>
      wakeRow({
        run: key(it),
        block: example,
        bucket: it.place,
        version: it.clock,
        loadAtUs: it.clock % 2 === 0 ? null : it.clock,
      }),
    ),
    // Of a partition whose checkpoint does not move: what is late is never too late.
    runsRemoved: of('runRemoval').map((it) =>
      removedRun({ run: key(it), block: example, logPartition: still, clock: it.clock }),
    ),
    workflowsRemoved: of('workflowRemoval').map((it) => {
      const { namespaceId, workflowId } = key(it);
      return { namespaceId, workflowId, logPartition: still, clock: it.clock };
    }),
    wakeBucketsDropped: of('bucketDrop').map((it) =>
      droppedBucket({ block: example, bucket: it.place, logPartition: still, clock: it.clock }),
    ),
    applied: Number.isFinite(newest)
      ? appliedRow({ logPartition: example, clock: newest, offset: newest })
      : null,
  });
}

function keyOf(example: number, workflow: number, run: number): RunKey {
  return { namespaceId: `example ${example}`, workflowId: `${workflow}`, runId: runIds[run] ?? '' };
}

function chunks(cells: readonly Cell[], size: number): Cell[][] {
  const found: Cell[][] = [];
  for (let i = 0; i < cells.length; i += size) found.push(cells.slice(i, i + size));
  return found;
}
