// Part of the contract of the store: wake rows and their buckets.

import { describe, expect, test } from 'vitest';
import type { Store, WakeRow } from '../src/index.ts';
import {
  bytesOf,
  droppedBucket,
  foldOf,
  type OpenStore,
  runKey,
  unlikeRuns,
  wakeRow,
} from './store-fixture.ts';

const block = 3;
const bucket = 500_000;

export function wakeContract(open: OpenStore): void {
  describe('wake', () => {
    test('a bucket without rows reads as nothing, a block without rows has no oldest', async () => {
      const store = await open();
      expect(await store.readWake(block, bucket, null, 10)).toEqual([]);
      expect(await store.oldestWakeBucket(block)).toBeNull();
    });

    test('rows come back with all they hold', async () => {
      const store = await open();
      const rows = [
        wakeRow({ run: runKey('a'), loadAtUs: null, offer: bytesOf(0, 1) }),
        wakeRow({ run: runKey('b'), loadAtUs: 1_799_999_999_999_999, offer: null }),
        wakeRow({ run: runKey('c'), loadAtUs: 0, offer: bytesOf(), shard: 16_383 }),
      ];
      await store.write(foldOf({ wake: rows }));
      expect(byWorkflow(await store.readWake(block, bucket, null, 10))).toEqual(rows);
    });

    test('the higher version wins within a bucket; a late lower one loses, the same one changes nothing', async () => {
      const store = await open();
      const run = runKey('a');
      const row = (version: number): WakeRow =>
        wakeRow({ run, version, clock: 70 + version, shard: version, loadAtUs: 9 - version });
      for (const version of [5, 4, 5, 6, 2, 6]) {
        await store.write(foldOf({ wake: [row(version)] }));
      }
      expect(await store.readWake(block, bucket, null, 10)).toEqual([row(6)]);
      await store.write(foldOf({ wake: [row(7), row(9), row(8)] }));
      expect(await store.readWake(block, bucket, null, 10)).toEqual([row(9)]);
    });

    test('an offer that is gone in a later row is gone, and so is a time', async () => {
      const store = await open();
      const run = runKey('a');
      const rows = [
        wakeRow({ run, version: 1, offer: bytesOf(1), loadAtUs: 7 }),
        wakeRow({ run, version: 2, offer: null, loadAtUs: 8 }),
        wakeRow({ run, version: 3, offer: bytesOf(3), loadAtUs: null }),
      ];
      for (const row of rows) {
        await store.write(foldOf({ wake: [row] }));
        expect(await store.readWake(block, bucket, null, 10)).toEqual([row]);
      }
    });

    test('buckets and blocks are kept apart: a run may have a row in each', async () => {
      const store = await open();
      const run = runKey('a');
      const rows = [
        wakeRow({ run, version: 9 }),
        wakeRow({ run, bucket: bucket + 1, version: 1 }),
        wakeRow({ run, block: 4, version: 2 }),
      ];
      await store.write(foldOf({ wake: rows }));
      for (const row of rows) {
        expect(await store.readWake(row.block, row.bucket, null, 10)).toEqual([row]);
      }
    });

    test('the oldest bucket is the lowest of the block that has a row', async () => {
      const store = await open();
      const write = (row: Partial<WakeRow>): Promise<void> =>
        store.write(foldOf({ wake: [wakeRow({ run: runKey('a'), ...row })] }));
      await write({ bucket: 20 });
      expect(await store.oldestWakeBucket(block)).toBe(20);
      await write({ bucket: 7 });
      await write({ bucket: 0, block: 2 });
      expect(await store.oldestWakeBucket(block)).toBe(7);
      expect(await store.oldestWakeBucket(block, 7)).toBe(7);
      expect(await store.oldestWakeBucket(block, 8)).toBe(20);
      expect(await store.oldestWakeBucket(block, 21)).toBeNull();
      expect(await store.oldestWakeBucket(2)).toBe(0);
      await store.write(foldOf({ wakeBucketsDropped: [droppedBucket({ bucket: 7 })] }));
      expect(await store.oldestWakeBucket(block)).toBe(20);
    });

    test('a dropped bucket is empty; its neighbours stand', async () => {
      const store = await open();
      const rows = [-1, 0, 1].map((step) => wakeRow({ run: runKey('a'), bucket: bucket + step }));
      const elsewhere = wakeRow({ run: runKey('a'), block: block + 1 });
      await store.write(foldOf({ wake: [...rows, elsewhere] }));
      await store.write(
        foldOf({
          wakeBucketsDropped: [droppedBucket({ clock: 1 }), droppedBucket({ bucket: 9, clock: 1 })],
        }),
      );
      expect(await store.readWake(block, bucket, null, 10)).toEqual([]);
      expect(await store.readWake(block, bucket - 1, null, 10)).toEqual([rows[0]]);
      expect(await store.readWake(block, bucket + 1, null, 10)).toEqual([rows[2]]);
      expect(await store.readWake(block + 1, bucket, null, 10)).toEqual([elsewhere]);
    });

    test('M6: a drop takes what is at or below its clock; what is above it stays, in the same fold too', async () => {
      const store = await open();
      const rows = [9, 10, 11].map((clock) => wakeRow({ run: runKey(`${clock}`), clock }));
      await store.write(foldOf({ wake: rows }));
      await store.write(foldOf({ wakeBucketsDropped: [droppedBucket({ clock: 10 })] }));
      expect(await store.readWake(block, bucket, null, 10)).toEqual([rows[2]]);
      expect(await store.oldestWakeBucket(block)).toBe(bucket);
      const both = [12, 13].map((clock) => wakeRow({ run: runKey(`${clock}`), clock }));
      const drop = foldOf({ wake: both, wakeBucketsDropped: [droppedBucket({ clock: 12 })] });
      await store.write(drop);
      expect(await store.readWake(block, bucket, null, 10)).toEqual([both[1]]);
      await store.write(foldOf({ wakeBucketsDropped: [droppedBucket({ clock: 13 })] }));
      expect(await store.oldestWakeBucket(block)).toBeNull();
    });

    test('M6: a late write does not come back into a dropped bucket, a younger one and another bucket do', async () => {
      const store = await open();
      const late = wakeRow({ run: runKey('late'), version: 9, clock: 10 });
      const drop = foldOf({ wakeBucketsDropped: [droppedBucket({ clock: 10 })] });
      await store.write(drop);
      await Promise.all([store.write(foldOf({ wake: [late] })), store.write(drop)]);
      expect(await store.readWake(block, bucket, null, 10)).toEqual([]);
      expect(await store.oldestWakeBucket(block)).toBeNull();
      const copy = { ...late, bucket: bucket + 2 };
      const younger = wakeRow({ run: runKey('younger'), clock: 11 });
      await store.write(foldOf({ wake: [copy, younger] }));
      expect(await store.readWake(block, bucket + 2, null, 10)).toEqual([copy]);
      expect(await store.readWake(block, bucket, null, 10)).toEqual([younger]);
      expect(await store.oldestWakeBucket(block)).toBe(bucket);
    });

    test.each([1, 2, 3, 7, 100])('pages of %i together are all rows, each once', async (limit) => {
      const store = await open();
      const rows = unlikeRuns().map((run, i) => wakeRow({ run, version: i + 1 }));
      await store.write(foldOf({ wake: rows.toReversed() }));
      const paged = await pages(store, limit);
      expect(paged).toEqual(await store.readWake(block, bucket, null, 1000));
      expect(byVersion(paged)).toEqual(rows);
    });

    test('paging goes on after a row that is no longer there', async () => {
      const store = await open();
      const rows = ['1', '2', '4', '5'].map((id) => wakeRow({ run: runKey(id, id) }));
      await store.write(foldOf({ wake: rows }));
      const after = await store.readWake(block, bucket, runKey('3', '3'), 10);
      expect(after).toEqual(rows.slice(2));
    });
  });
}

async function pages(store: Store, limit: number): Promise<WakeRow[]> {
  const rows: WakeRow[] = [];
  for (;;) {
    const page = await store.readWake(block, bucket, rows.at(-1)?.run ?? null, limit);
    if (page.length === 0) return rows;
    expect(page.length).toBeLessThanOrEqual(limit);
    rows.push(...page);
  }
}

function byWorkflow(rows: readonly WakeRow[]): WakeRow[] {
  return rows.toSorted((a, b) => (a.run.workflowId < b.run.workflowId ? -1 : 1));
}

function byVersion(rows: readonly WakeRow[]): WakeRow[] {
  return rows.toSorted((a, b) => a.version - b.version);
}
