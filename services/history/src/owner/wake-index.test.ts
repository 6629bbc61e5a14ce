import { usPerHour, usPerMinute } from '@perdure/kernel';
import { ManualClock } from '@perdure/matching/fixtures/manual-clock';
import { emptyFold, type Store, StoreUnavailable, type WakeRow } from '@perdure/ports';
import { createMemoryStore } from '@perdure/store-memory';
import { expect, test } from 'vitest';
import type { Owner } from './owner.ts';
import { onlyPlace } from './place.ts';
import { WakeIndex } from './wake-index.ts';

/** A wake index whose store fails when it is read after the take-over. */
async function withFailingStore() {
  const clock = new ManualClock();
  const faults: Error[] = [];
  const reads: (() => void)[] = [];
  const store = {
    oldestWakeBucket: () => Promise.resolve(null),
    readWake: () =>
      new Promise((_resolve, reject) => reads.push(() => reject(new Error('the store is closed')))),
  } as unknown as Store;
  const owner = { clock, runs: new Map() } as unknown as Owner;
  const index = new WakeIndex({
    owner,
    store,
    place: { logPartition: 0, blocks: [7] },
    offer: () => undefined,
    onHalt: (fault) => faults.push(fault),
  });
  await index.takeOver();
  // The first look after the hour comes when the one before it is over.
  for (let look = 0; look < 2; look++) {
    clock.advance(2 * usPerHour);
    await clock.turn();
  }
  expect(reads).toHaveLength(1);
  return { index, faults, fail: () => reads.map((fail) => fail()) };
}

test('a store that fails under the upkeep halts the process', async () => {
  const { faults, fail } = await withFailingStore();
  fail();
  await new Promise((resolve) => setImmediate(resolve));
  expect(faults).toHaveLength(1);
});

test('a store that is closed under the upkeep while the process ends does not', async () => {
  const { index, faults, fail } = await withFailingStore();
  index.stop();
  fail();
  await new Promise((resolve) => setImmediate(resolve));
  expect(faults).toEqual([]);
});

/** A wake index on a store in memory, of an owner without runs in memory. */
async function onMemory(store: Store, proof = (): Promise<void> => Promise.resolve()) {
  const clock = new ManualClock();
  const faults: Error[] = [];
  const pump = { durableClock: 100 };
  const sleepers = { add: (due: { readonly run: WakeRow['run'] }) => woken.push(due.run.runId) };
  const woken: string[] = [];
  const afterHead = (): Promise<void> => proof();
  const owner = { clock, pump, sleepers, runs: new Map(), afterHead } as unknown as Owner;
  const onHalt = (fault: Error): void => void faults.push(fault);
  const index = new WakeIndex({ owner, store, place: onlyPlace, offer: () => undefined, onHalt });
  await index.takeOver();
  return { clock, pump, faults, woken, bucket: Math.floor(clock.nowUs() / usPerHour) };
}

function rowAt(runId: string, bucket: number, clock: number): WakeRow {
  const run = { namespaceId: 'n', workflowId: 'w', runId };
  return { block: 0, bucket, shard: 0, run, version: 1, loadAtUs: 1, offer: null, clock };
}

/** Time passes by half hours, so that the upkeep goes on, each with what it takes to walk all blocks. */
const pass = async (clock: ManualClock, us: number): Promise<void> => {
  for (let passed = 0; passed < us; passed += 30 * usPerMinute) {
    clock.advance(30 * usPerMinute);
    for (let turns = 0; turns < 100; turns++) await clock.turn();
  }
};

test('K1: the blocks are read side by side', async () => {
  const store = createMemoryStore();
  const { readWake } = store;
  const bucket = Math.floor(new ManualClock().nowUs() / usPerHour);
  const rows = [0, 1, 2].map((block) => ({ ...rowAt(`of ${block}`, bucket, 100), block }));
  await store.write({ ...emptyFold, wake: rows });
  const reading = new Set<number>();
  const allRead = Promise.withResolvers<void>();
  store.readWake = async (block, ...rest) => {
    reading.add(block);
    if (reading.size === rows.length) allRead.resolve();
    await allRead.promise;
    return readWake.call(store, block, ...rest);
  };
  const { woken } = await onMemory(store);
  expect(woken).toEqual(['of 0', 'of 1', 'of 2']);
});

test('M6: a bucket is dropped at the clock of when it was read: what a fold brings meanwhile stays', async () => {
  const store = createMemoryStore();
  const { readWake } = store;
  let pumpAt: { durableClock: number } | null = null;
  store.readWake = async (block, bucket, after, limit) => {
    const rows = await readWake.call(store, block, bucket, after, limit);
    // Becomes durable, and lands, behind the read.
    if (pumpAt !== null && bucket === old && block === 0) {
      pumpAt.durableClock = 200;
      await store.write({ ...emptyFold, wake: [rowAt('meanwhile', old, 150)] });
    }
    return rows;
  };
  const old = Math.floor(new ManualClock().nowUs() / usPerHour);
  await store.write({ ...emptyFold, wake: [rowAt('before', old, 100)] });
  const { clock, pump, faults } = await onMemory(store);
  pumpAt = pump;
  await pass(clock, 2.5 * usPerHour);
  pumpAt = null;
  expect(faults).toEqual([]);
  expect(await store.readWake(0, old, null, 10)).toEqual([rowAt('meanwhile', old, 150)]);
});

test('K4: an hour whose walk failed because the store was away is walked again', async () => {
  const store = createMemoryStore();
  const { clock, faults, woken, bucket } = await onMemory(store);
  await store.write({ ...emptyFold, wake: [rowAt('next', bucket + 2, 50)] });
  const { readWake } = store;
  let away = true;
  let refused = 0;
  store.readWake = (...args) => {
    if (!away) return readWake.apply(store, args);
    refused += 1;
    return Promise.reject(new StoreUnavailable('away'));
  };
  await pass(clock, 1.5 * usPerHour);
  expect(refused).toBeGreaterThan(0);
  expect(woken).toEqual([]);
  away = false;
  await pass(clock, 30 * usPerMinute);
  expect(woken).toEqual(['next']);
  expect(faults).toEqual([]);
});

test('M6: an hour is not dropped by what head says until that is durable, and said by the owner', async () => {
  const store = createMemoryStore();
  const fenced = (): Promise<void> => Promise.reject(new Error('another node owns'));
  const { clock, bucket, faults } = await onMemory(store, fenced);
  await store.write({ ...emptyFold, wake: [rowAt('a', bucket, 90)] });
  await pass(clock, 4 * usPerHour);
  expect(faults.map(({ message }) => message)).toEqual(['another node owns']);
  expect(await store.readWake(0, bucket, null, 10)).toHaveLength(1);
});
