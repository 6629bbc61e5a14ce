// Part of the contract of the store: wake rows and their buckets.

import { describe, expect, test } from 'vitest';
import type { Store, WakeRow } from '../src/index.ts';
import { bytesOf, foldOf, type OpenStore, runKey, unlikeRuns, wakeRow } from './store-fixture.ts';

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

    test('the higher version wins within a bucket; an equal one changes nothing', async () => {
      const store = await open();
      const run = runKey('a');
      for (const [version, shard] of [
        [5, 1],
        [4, 2],
        [5, 3],
        [6, 4],
        [2, 5],
      ] as const) {
        await store.write(foldOf({ wake: [wakeRow({ run, version, shard })] }));
      }
      const expected = [wakeRow({ run, version: 6, shard: 4 })];
      expect(await store.readWake(block, bucket, null, 10)).toEqual(expected);
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
      await store.write(foldOf({ wakeBucketsDropped: [{ block, bucket: 7 }] }));
      expect(await store.oldestWakeBucket(block)).toBe(20);
    });

    test('a dropped bucket is empty; its neighbours stand', async () => {
      const store = await open();
      const rows = [-1, 0, 1].map((step) => wakeRow({ run: runKey('a'), bucket: bucket + step }));
      const elsewhere = wakeRow({ run: runKey('a'), block: block + 1 });
      await store.write(foldOf({ wake: [...rows, elsewhere] }));
      await store.write(
        foldOf({
          wakeBucketsDropped: [
            { block, bucket },
            { block, bucket: 9 },
          ],
        }),
      );
      expect(await store.readWake(block, bucket, null, 10)).toEqual([]);
      expect(await store.readWake(block, bucket - 1, null, 10)).toEqual([rows[0]]);
      expect(await store.readWake(block, bucket + 1, null, 10)).toEqual([rows[2]]);
      expect(await store.readWake(block + 1, bucket, null, 10)).toEqual([elsewhere]);
    });

    test('a fold that drops a bucket and writes into it leaves what it wrote', async () => {
      const store = await open();
      await store.write(foldOf({ wake: [wakeRow({ run: runKey('old'), version: 9 })] }));
      const fresh = wakeRow({ run: runKey('new'), version: 1 });
      await store.write(foldOf({ wake: [fresh], wakeBucketsDropped: [{ block, bucket }] }));
      expect(await store.readWake(block, bucket, null, 10)).toEqual([fresh]);
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
