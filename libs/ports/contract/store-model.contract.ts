// Part of the contract of the store: folds in any order, some sent twice, cut into batches anywhere, give the state
// that a plain model says.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FoldBatch, RunKey, Store } from '../src/index.ts';
import {
  appliedRow,
  bytesOf,
  foldOf,
  historyRow,
  type OpenStore,
  stateRow,
  wakeRow,
  workflowRow,
} from './store-fixture.ts';

/** One cell of the store at one clock. What it holds is a function of these, as the log makes it. */
interface Cell {
  readonly kind: 'history' | 'runState' | 'workflow' | 'wake' | 'applied';
  readonly workflow: number;
  readonly run: number;
  /** First event id, or bucket. */
  readonly place: number;
  readonly clock: number;
}

const places = [1, 2, 3];
const workflows = [0, 1];
const runIds = ['0194cbb4-9a3f-7a45-9d4e-0b54c1a1b6f1', 'r'];

const cell: fc.Arbitrary<Cell> = fc.record({
  kind: fc.constantFrom('history', 'runState', 'workflow', 'wake', 'applied'),
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
          expect(await stateOf(store, example)).toEqual(modelOf(cells));
        }),
        { numRuns: 60 },
      );
    });
  });
}

/** For each place its highest clock. */
function modelOf(cells: readonly Cell[]): Record<string, number> {
  const highest: Record<string, number> = {};
  for (const { kind, workflow, run, place, clock } of cells) {
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

/** The same, read from the store; every row must hold what belongs to its clock. */
async function stateOf(store: Store, example: number): Promise<Record<string, number>> {
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
      found[`wake ${bucket} ${Number(row.run.workflowId)} ${run}`] = row.version;
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
