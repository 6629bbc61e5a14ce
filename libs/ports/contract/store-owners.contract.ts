// Part of the contract of the store: two owners at once, one of them a zombie (M1-M3). Both fold the same valid log, cut as each
// came to it; what they write arrives in any order, and some of it twice.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FoldBatch, HistoryRow, Store } from '../src/index.ts';
import {
  appliedRow,
  bytesOf,
  droppedBucket,
  foldOf,
  historyRow,
  type OpenStore,
  quarantineRow,
  removedRun,
  removedWorkflow,
  runKey,
  stateRow,
  wakeRow,
  workflowRow,
} from './store-fixture.ts';

const all = 1_000_000;
const block = 3;
const bucket = 500_000;

/** Opens a store, and another one on the same data. */
export type OpenTwo = () => Promise<readonly [Store, Store]>;

export function ownersContract(open: OpenStore, openTwo: OpenTwo): void {
  describe('owners', () => {
    test('folds of two owners in any order: each event is there once the reader has skipped what it has', async () => {
      const [one, other] = await openTwo();
      let example = 0;
      const scenario = fc.record({
        cuts: fc.tuple(cutsOf(12), cutsOf(9)),
        order: fc.infiniteStream(fc.boolean()),
        twice: fc.infiniteStream(fc.boolean()),
      });
      await fc.assert(
        fc.asyncProperty(scenario, async ({ cuts, order, twice }) => {
          example += 1;
          const name = `owners ${example}`;
          const waiting = cuts.map((ends) => foldsOf(name, ends));
          const [zombie, owner] = waiting as [FoldBatch[], FoldBatch[]];
          while (zombie.length + owner.length > 0) {
            const fromZombie = owner.length === 0 || (zombie.length > 0 && order.next().value);
            const fold = (fromZombie ? zombie : owner).shift() as FoldBatch;
            const store = fromZombie ? other : one;
            await Promise.all([
              store.write(fold),
              ...(twice.next().value ? [one.write(fold)] : []),
            ]);
          }
          await expectWhole(one, name, 12);
        }),
        { numRuns: 25 },
      );
    });

    test('a write of an owner that comes when the run was deleted by the next one changes nothing', async () => {
      const [owner, zombie] = await openTwo();
      const run = runKey('w');
      const late = everything(20);
      await zombie.write(late);
      const removal = foldOf({
        runsRemoved: [removedRun({ run, clock: 21 })],
        workflowsRemoved: [removedWorkflow({ clock: 21 })],
        wakeBucketsDropped: [droppedBucket({ clock: 21 })],
      });
      await Promise.all([owner.write(removal), zombie.write(late)]);
      await zombie.write(late);
      expect(await owner.readRunState(run)).toBeNull();
      expect(await owner.readWorkflow(run.namespaceId, 'w')).toBeNull();
      expect(await owner.readHistory(run, 0, 1, all)).toEqual([]);
      expect(await owner.readWake(block, bucket, null, 10)).toEqual([]);
      expect(await owner.oldestWakeBucket(block)).toBeNull();
    });

    test('the same batch sent many times at once is the batch sent once', async () => {
      const store = await open();
      await store.write(everything(9));
      const batch = {
        ...everything(20),
        runsRemoved: [removedRun({ run: runKey('gone'), clock: 19 })],
        wakeBucketsDropped: [droppedBucket({ bucket: bucket - 2, clock: 19 })],
      };
      await Promise.all([1, 2, 3, 4].map(() => store.write(batch)));
      const run = runKey('w');
      expect(await store.readRunState(run)).toEqual(batch.runStates[0]);
      expect(await store.readHistory(run, 0, 1, all)).toEqual(batch.history);
      expect(await store.readWorkflow(run.namespaceId, 'w')).toEqual(batch.workflows[0]);
      expect(await store.readWake(block, bucket, null, 10)).toEqual(batch.wake);
      expect(await store.readQuarantine(10)).toEqual([
        ...everything(9).quarantine,
        ...batch.quarantine,
      ]);
      expect(await store.readApplied(0)).toEqual(batch.applied);
    });

    test('every kind of row: a late write of an older clock loses, whoever sends it', async () => {
      const [owner, zombie] = await openTwo();
      await owner.write(everything(20));
      await zombie.write(everything(19));
      const { runStates, workflows, wake, history, applied } = everything(20);
      const run = runKey('w');
      expect(await zombie.readRunState(run)).toEqual(runStates[0]);
      expect(await zombie.readWorkflow(run.namespaceId, 'w')).toEqual(workflows[0]);
      expect(await zombie.readWake(block, bucket, null, 10)).toEqual(wake);
      expect(await zombie.readHistory(run, 0, 1, all)).toEqual(history);
      expect(await zombie.readApplied(0)).toEqual(applied);
    });

    test('rows of several megabytes, in whichever order their folds come', async () => {
      const store = await open();
      const run = runKey('w');
      const filled = (length: number, clock: number): Uint8Array =>
        Uint8Array.from({ length }, (_none, at) => (at * clock) >> 3);
      const rows = [
        historyRow({ run, clock: 10, lastEventId: 50, events: filled(3_000_000, 10) }),
        historyRow({ run, clock: 12, lastEventId: 20, events: filled(1_000_001, 12) }),
        historyRow({ run, clock: 11, firstEventId: 21, lastEventId: 90, events: filled(5, 11) }),
      ] as const;
      const states = [10, 12, 11].map((clock) =>
        stateRow({ run, clock, version: clock, state: filled(clock * 100_000, clock) }),
      );
      for (const [i, row] of rows.entries()) {
        await store.write(foldOf({ history: [row], runStates: states.slice(i, i + 1) }));
      }
      expect(equal((await store.readRunState(run))?.state, states[1]?.state)).toBe(true);
      const read = await store.readHistory(run, 0, 1, 10_000_000);
      expect(read.map(({ clock, lastEventId }) => [clock, lastEventId])).toEqual([
        [12, 20],
        [11, 90],
      ]);
      expect(equal(read[0]?.events, rows[1].events)).toBe(true);
      const [scanned] = await store.scanRunStates(null, 1);
      expect(equal(scanned?.state, states[1]?.state)).toBe(true);
      const small = stateRow({ run, clock: 13, state: bytesOf(1) });
      await store.write(foldOf({ runStates: [small] }));
      expect(await store.readRunState(run)).toEqual(small);
    });
  });
}

function equal(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return Buffer.compare(a ?? bytesOf(1), b ?? bytesOf(2)) === 0;
}

/** Where an owner ends its folds: ascending events, the last one at `end`. */
function cutsOf(end: number): fc.Arbitrary<number[]> {
  return fc
    .uniqueArray(fc.integer({ min: 1, max: end - 1 }), { maxLength: 5 })
    .map((ends) => [...ends.toSorted((a, b) => a - b), end]);
}

/** One fold for each cut. An event has its id as its byte, its version and its clock: all is a function of the log. */
function foldsOf(workflowId: string, ends: readonly number[]): FoldBatch[] {
  const run = runKey(workflowId);
  return ends.map((end, i) => {
    const first = (ends[i - 1] ?? 0) + 1;
    const ids = Array.from({ length: end - first + 1 }, (_none, at) => first + at);
    return foldOf({
      history: [
        historyRow({
          run,
          firstEventId: first,
          lastEventId: end,
          clock: end,
          events: bytesOf(...ids),
        }),
      ],
      wake: [wakeRow({ run, version: end, bucket: bucket + 1 })],
      runStates: [stateRow({ run, version: end, clock: end, state: bytesOf(end) })],
      workflows: [workflowRow({ workflowId, clock: end, state: bytesOf(end) })],
    });
  });
}

async function expectWhole(store: Store, workflowId: string, last: number): Promise<void> {
  const run = runKey(workflowId);
  expect((await store.readRunState(run))?.version).toBe(last);
  expect((await store.readWorkflow(run.namespaceId, workflowId))?.clock).toBe(last);
  const wake = await store.readWake(block, bucket + 1, null, 1_000);
  expect(wake.find((row) => row.run.workflowId === workflowId)?.version).toBe(last);
  const rows = await store.readHistory(run, 0, 1, all);
  expect(eventsOf(rows)).toEqual(Array.from({ length: last }, (_none, at) => at + 1));
}

/** As a reader takes them: what it has it skips (M2). */
function eventsOf(rows: readonly HistoryRow[]): number[] {
  const events: number[] = [];
  for (const { firstEventId, events: bytes } of rows) {
    for (const [at, event] of [...bytes].entries()) {
      if (firstEventId + at > events.length) events.push(event);
    }
  }
  return events;
}

/** A row of every kind, as of that clock. */
function everything(clock: number): FoldBatch {
  const run = runKey('w');
  return foldOf({
    history: [historyRow({ run, clock, events: bytesOf(clock) })],
    wake: [wakeRow({ run, version: clock })],
    quarantine: [quarantineRow({ run, clock, version: clock })],
    workflows: [workflowRow({ clock, state: bytesOf(clock) })],
    runStates: [stateRow({ run, clock, version: clock, state: bytesOf(clock) })],
    applied: appliedRow({ clock, offset: clock }),
  });
}
