import { emptyState, encodeSnapshot } from '@perdure/core-execution';
import { PartitionMap } from '@perdure/core-shard';
import { type RunKey, runKeyText } from '@perdure/kernel';
import { ManualClock } from '@perdure/matching/fixtures/manual-clock';
import {
  type AppliedRow,
  emptyFold,
  type Namespaces,
  type Store,
  type VisibilityIndex,
} from '@perdure/ports';
import { createMemoryStore, createMemoryVisibility } from '@perdure/store-memory';
import { expect, test } from 'vitest';
import type { RunHandle } from './run-handle.ts';
import { VisibilityFeed, visibilityRow } from './visibility-feed.ts';
import { VisibilityRebuild } from './visibility-rebuild.ts';

const namespaceId = 'default';
const namespaces = { byId: () => undefined } as unknown as Namespaces;
const applied: AppliedRow = {
  logPartition: 0,
  offset: 70,
  epoch: 1,
  nonce: 'n',
  number: 1,
  clock: 1,
  mapVersion: 1,
};

const runOf = (workflowId: string): RunKey => ({
  namespaceId,
  workflowId,
  runId: `run of ${workflowId}`,
});

function rowOf(workflowId: string) {
  const state = emptyState(runOf(workflowId));
  return visibilityRow(state, 1, false, state);
}

async function storeOf(...workflowIds: string[]): Promise<Store> {
  const store = createMemoryStore();
  const runStates = workflowIds.map((workflowId, i) => {
    const state = emptyState(runOf(workflowId));
    state.progress = { ...state.progress, version: 1 };
    return { run: state.run, version: 1, state: encodeSnapshot(state), clock: i + 1 };
  });
  await store.write({ ...emptyFold, runStates });
  return store;
}

function around(store: Pick<Store, 'scanRunStates'>, index: VisibilityIndex, logPartition = 0) {
  const feed = new VisibilityFeed({
    index,
    clock: new ManualClock(),
    namespaces,
    logPartition,
    cursor: -1,
    onHalt: (fault) => {
      throw fault;
    },
  });
  const partitions = new PartitionMap(logPartition === 0 ? 1 : 4);
  return { store, index, namespaces, feed, logPartition, partitions };
}

function replayedRun(workflowId: string): RunHandle {
  const state = emptyState(runOf(workflowId));
  return { key: workflowId, deleted: false, open: true, state } as RunHandle;
}

async function listed(index: VisibilityIndex): Promise<string[]> {
  const rows = await index.list(namespaceId, [], null, 100);
  return rows.map(({ run }) => run.workflowId).toSorted();
}

test('a planted ghost row goes, and a run that is deleted while its page is on the way does not come back', async () => {
  const index = createMemoryVisibility();
  const ghost = { ...rowOf('ghost'), version: 900 };
  await index.write({ logPartition: 0, rows: [ghost, rowOf('kept')], removed: [], cursor: null });
  const store = await storeOf('kept', 'deleted meanwhile', 'lost');
  const options = around(
    {
      scanRunStates: async (after, limit) => {
        const page = await store.scanRunStates(after, limit);
        const run = runOf('deleted meanwhile');
        options.feed.remove({ key: runKeyText(run), run });
        await options.feed.flushed();
        return page;
      },
    },
    index,
  );
  const rebuild = await VisibilityRebuild.begin(options, applied, -1);
  expect(await listed(index)).toEqual(['ghost', 'kept']);
  expect(await rebuild?.run()).toBe(3);
  expect(await listed(index)).toEqual(['kept', 'lost']);
  expect([await index.readCursor(0), options.feed.cursor]).toEqual([
    applied.offset,
    applied.offset,
  ]);
});

test('what only the tail has stays, and the cursor is that of the feed', async () => {
  const index = createMemoryVisibility();
  const options = around(await storeOf('stored'), index);
  const rebuild = await VisibilityRebuild.begin(options, applied, 69);
  options.feed.replayed(replayedRun('of the tail'), 75);
  await rebuild?.run();
  expect(await listed(index)).toEqual(['of the tail', 'stored']);
  expect(await index.readCursor(0)).toBe(75);
});

test('takes the runs of its own LogPartition, and leaves the rows of the others', async () => {
  const index = createMemoryVisibility();
  // Of 4 LogPartitions: a, b and d are of the fourth, c of the second, f of the first.
  const elsewhere = { ...rowOf('ghost of another'), version: 3 };
  await index.write({ logPartition: 1, rows: [elsewhere], removed: [], cursor: null });
  const options = around(await storeOf('a', 'b', 'c', 'd', 'f'), index, 3);
  const rebuild = await VisibilityRebuild.begin(options, applied, -1);
  expect(await rebuild?.run()).toBe(3);
  expect(await listed(index)).toEqual(['a', 'b', 'd', 'ghost of another']);
  expect([await index.readCursor(1), await index.readCursor(3)]).toEqual([null, applied.offset]);
});

test('broken off it leaves no cursor, although the feed has gone on: the next owner builds again', async () => {
  const index = createMemoryVisibility();
  const store = await storeOf('a', 'b');
  const broken = around(
    { scanRunStates: () => Promise.reject(new Error('the store is down')) },
    index,
  );
  const rebuild = await VisibilityRebuild.begin(broken, applied, -1);
  broken.feed.replayed(replayedRun('of the tail'), 80);
  await broken.feed.flushed();
  await expect(rebuild?.run()).rejects.toThrow('the store is down');
  expect(await index.readCursor(0)).toBeNull();
  const next = await VisibilityRebuild.begin(around(store, index), applied, -1);
  expect(await next?.run()).toBe(2);
  expect(await listed(index)).toEqual(['a', 'b']);
  expect(await index.readCursor(0)).toBe(80);
});

test.for([
  ['nothing was applied', null, -1],
  ['the cursor is at applied', applied, 70],
] as const)('no rebuild where %s', async ([_why, checkpoint, cursor]) => {
  const index = createMemoryVisibility();
  await index.write({
    logPartition: 0,
    rows: [rowOf('kept')],
    removed: [],
    cursor: { known: -1, offset: 70 },
  });
  const options = around(await storeOf(), index);
  expect(await VisibilityRebuild.begin(options, checkpoint, cursor)).toBeNull();
  expect(await index.readCursor(0)).toBe(70);
});
