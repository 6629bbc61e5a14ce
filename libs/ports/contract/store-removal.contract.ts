// Part of the contract of the store: what a removal takes, and that nothing older comes back (M1).

import { describe, expect, test } from 'vitest';
import type { FoldBatch, RunKey, Store } from '../src/index.ts';
import {
  appliedRow,
  bytesOf,
  foldOf,
  historyRow,
  namespaceId,
  type OpenStore,
  quarantineRow,
  removedRun,
  removedWorkflow,
  runKey,
  stateRow,
  unlikeRuns,
  wakeRow,
  workflowRow,
} from './store-fixture.ts';

export function removalContract(open: OpenStore): void {
  describe('removal', () => {
    test('takes the run whole: its state, the history of every branch, its wake rows of every hour', async () => {
      const store = await open();
      const run = runKey('w');
      await store.write(rowsOf(run, 10));
      expect(await namesOf(store, run)).toEqual(all);
      await store.write(foldOf({ runsRemoved: [removedRun({ run, clock: 11 })] }));
      expect(await namesOf(store, run)).toEqual(['workflow']);
      expect(await store.oldestWakeBucket(3)).toBeNull();
    });

    test('takes no other run, however alike its ids are, and no other workflow id', async () => {
      const store = await open();
      const [gone, ...others] = unlikeRuns() as [RunKey, ...RunKey[]];
      const states = [gone, ...others].map((run, i) => stateRow({ run, version: i }));
      const wake = [gone, ...others].map((run, i) => wakeRow({ run, version: i }));
      const history = [gone, ...others].map((run) => historyRow({ run }));
      await store.write(foldOf({ runStates: states, wake, history }));
      await store.write(foldOf({ runsRemoved: [removedRun({ run: gone, clock: 10 })] }));
      expect(await store.readRunState(gone)).toBeNull();
      expect((await store.readWake(3, 500_000, null, 100)).length).toBe(others.length);
      for (const run of others) expect(await namesOf(store, run)).toContain('state');
      for (const run of others) expect(await store.readHistory(run, 0, 1, 1000)).toHaveLength(1);
    });

    test('at the same clock the removal wins; what is younger stays', async () => {
      const store = await open();
      const run = runKey('w');
      await store.write(rowsOf(run, 10));
      await store.write(foldOf({ runsRemoved: [removedRun({ run, clock: 9 })] }));
      expect(await store.readRunState(run)).not.toBeNull();
      expect(await store.readHistory(run, 0, 1, 1000)).toHaveLength(2);
      await store.write(foldOf({ runsRemoved: [removedRun({ run, clock: 10 })] }));
      expect(await store.readRunState(run)).toBeNull();
      expect(await store.readHistory(run, 0, 1, 1000)).toEqual([]);
    });

    test('a late write of an older clock does not bring the run back', async () => {
      const store = await open();
      const run = runKey('w');
      await store.write(rowsOf(run, 10));
      await store.write(foldOf({ runsRemoved: [removedRun({ run, clock: 11 })] }));
      await store.write(rowsOf(run, 10));
      await store.write(foldOf({ applied: appliedRow({ clock: 10 }) }));
      await store.write(foldOf({ applied: appliedRow({ logPartition: 1, clock: 99 }) }));
      await store.write(rowsOf(run, 11));
      expect(await namesOf(store, run)).toEqual(['workflow']);
    });

    test('rows and removal in one fold: the removal stands, in whichever order the folds come', async () => {
      const store = await open();
      const run = runKey('w');
      const fold = { ...rowsOf(run, 10), runsRemoved: [removedRun({ run, clock: 11 })] };
      await Promise.all([store.write(fold), store.write(rowsOf(run, 9))]);
      expect(await namesOf(store, run)).toEqual(['workflow']);
    });

    test('a removal may be sent again, also when nothing was there or applied has passed it', async () => {
      const store = await open();
      const run = runKey('w');
      const removal = foldOf({
        runsRemoved: [removedRun({ run, clock: 11 })],
        workflowsRemoved: [removedWorkflow({ clock: 11 })],
      });
      await store.write(removal);
      await store.write(rowsOf(run, 10));
      await store.write(removal);
      await store.write(foldOf({ applied: appliedRow({ clock: 12 }) }));
      await store.write(removal);
      expect(await namesOf(store, run)).toEqual([]);
    });

    test('a new run of the same workflow id is untouched, and so is what the id has of it', async () => {
      const store = await open();
      const [old, next] = [runKey('w'), runKey('w', '0194cbb4-9a3f-7a45-9d4e-0b54c1a1b6f2')];
      await store.write(rowsOf(old, 10));
      await store.write(rowsOf(next, 20));
      await store.write(
        foldOf({
          runsRemoved: [removedRun({ run: old, clock: 30 })],
          workflowsRemoved: [removedWorkflow({ clock: 19 })],
        }),
      );
      expect(await namesOf(store, old)).toEqual(['workflow']);
      expect(await namesOf(store, next)).toEqual(all);
    });

    test('a workflow id goes by its clock, and comes back with a younger row only', async () => {
      const store = await open();
      await store.write(foldOf({ workflows: [workflowRow({ clock: 10 })] }));
      await store.write(foldOf({ workflowsRemoved: [removedWorkflow({ clock: 10 })] }));
      expect(await store.readWorkflow(namespaceId, 'w')).toBeNull();
      await store.write(foldOf({ workflows: [workflowRow({ clock: 9 })] }));
      expect(await store.readWorkflow(namespaceId, 'w')).toBeNull();
      const younger = workflowRow({ clock: 11, state: bytesOf(6) });
      await store.write(foldOf({ workflows: [younger] }));
      expect(await store.readWorkflow(namespaceId, 'w')).toEqual(younger);
    });

    test('what is quarantined is kept for the operator', async () => {
      const store = await open();
      const run = runKey('w');
      const rows = [quarantineRow({ run })];
      await store.write(foldOf({ quarantine: rows }));
      await store.write(foldOf({ runsRemoved: [removedRun({ run, clock: 99 })] }));
      expect(await store.readQuarantine(10)).toEqual(rows);
    });
  });
}

const all = ['state', 'history', 'branch', 'wake', 'later wake', 'workflow'];

function rowsOf(run: RunKey, clock: number): FoldBatch {
  return foldOf({
    runStates: [stateRow({ run, clock })],
    history: [historyRow({ run, clock }), historyRow({ run, clock, firstEventId: 4 })].concat(
      historyRow({ run, clock, branch: 1 }),
    ),
    wake: [wakeRow({ run, version: clock }), wakeRow({ run, bucket: 500_007, version: clock })],
    workflows: [workflowRow({ workflowId: run.workflowId, clock })],
  });
}

/** Which kinds of rows the store has of the run. */
async function namesOf(store: Store, run: RunKey): Promise<string[]> {
  const hasWake = async (bucket: number): Promise<boolean> =>
    (await store.readWake(3, bucket, null, 100)).some((row) => row.run.runId === run.runId);
  const found: [string, boolean][] = [
    ['state', (await store.readRunState(run)) !== null],
    ['history', (await store.readHistory(run, 0, 1, 1000)).length > 0],
    ['branch', (await store.readHistory(run, 1, 1, 1000)).length > 0],
    ['wake', await hasWake(500_000)],
    ['later wake', await hasWake(500_007)],
    ['workflow', (await store.readWorkflow(run.namespaceId, run.workflowId)) !== null],
  ];
  return found.filter(([, there]) => there).map(([name]) => name);
}
