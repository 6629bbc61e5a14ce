// What every Store does. An adapter calls `storeContract` from a test file of its own.

import { afterEach, describe, expect, test } from 'vitest';
import type { Store } from '../src/index.ts';
import {
  appliedRow,
  foldOf,
  historyRow,
  type OpenStore,
  quarantineRow,
  runKey,
  stateRow,
  wakeRow,
  workflowRow,
} from './store-fixture.ts';
import { historyContract } from './store-history.contract.ts';
import { modelContract } from './store-model.contract.ts';
import { ownersContract } from './store-owners.contract.ts';
import { removalContract } from './store-removal.contract.ts';
import { rowsContract } from './store-rows.contract.ts';
import { wakeContract } from './store-wake.contract.ts';

export interface StoreUnderTest {
  readonly store: Store;
  /** Opens what the closed store left behind; absent when it leaves nothing. */
  readonly again?: () => Promise<Store>;
  /** Opens another one on the same data while the first is open, as another process would; absent when only one may. */
  readonly beside?: () => Promise<Store>;
}

export function storeContract(name: string, begin: () => Promise<StoreUnderTest>): void {
  describe(`Store contract: ${name}`, () => {
    const opened: Store[] = [];
    const keep = (store: Store): Store => {
      opened.push(store);
      return store;
    };
    const open: OpenStore = async () => keep((await begin()).store);
    afterEach(async () => {
      for (const store of opened.splice(0)) await store.close();
    });

    rowsContract(open);
    historyContract(open);
    wakeContract(open);
    removalContract(open);
    modelContract(open);
    ownersContract(open, async () => {
      const { store, beside } = await begin();
      keep(store);
      return [store, beside === undefined ? store : keep(await beside())];
    });

    test('close may be called again; every other call is refused after it', async () => {
      const store = await open();
      const written = store.write(foldOf({ workflows: [workflowRow({})] }));
      const read = store.readWorkflow('n', 'w');
      await store.close();
      await store.close();
      await expect(written).resolves.toBeUndefined();
      await expect(read).resolves.toBeNull();
      await expect(store.write(foldOf({}))).rejects.toThrow(/closed/);
      await expect(store.sync()).rejects.toThrow(/closed/);
      await expect(store.readApplied(0)).rejects.toThrow(/closed/);
      await expect(store.readHistory(runKey('w'), 0, 1, 1)).rejects.toThrow(/closed/);
    });

    test('what was written is there after opening again, unless nothing outlives the store', async () => {
      const { store, again } = await begin();
      keep(store);
      if (again === undefined) return;
      const run = runKey('w');
      await store.write(everything(run, 10));
      await store.close();
      const second = keep(await again());
      await expectEverything(second, run, 10);
      await second.write(everything(run, 11));
      await second.sync();
      await second.close();
      await expectEverything(keep(await again()), run, 11);
    });
  });
}

/** A fold with a row of each kind. */
function everything(run: ReturnType<typeof runKey>, clock: number): ReturnType<typeof foldOf> {
  return foldOf({
    history: [historyRow({ run, clock })],
    wake: [wakeRow({ run, version: clock })],
    quarantine: [quarantineRow({ run, clock })],
    workflows: [workflowRow({ clock })],
    runStates: [stateRow({ run, clock })],
    applied: appliedRow({ clock }),
  });
}

async function expectEverything(
  store: Store,
  run: ReturnType<typeof runKey>,
  clock: number,
): Promise<void> {
  const { history, wake, quarantine, workflows, runStates, applied } = everything(run, clock);
  expect(await store.readHistory(run, 0, 1, 1000)).toEqual(history);
  expect(await store.readWake(3, 500_000, null, 10)).toEqual(wake);
  expect(await store.readQuarantine(10)).toEqual(quarantine);
  expect(await store.readWorkflow(run.namespaceId, 'w')).toEqual(workflows[0]);
  expect(await store.readRunState(run)).toEqual(runStates[0]);
  expect(await store.readApplied(0)).toEqual(applied);
}
