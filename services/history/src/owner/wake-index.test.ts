import { usPerHour } from '@perdure/kernel';
import { ManualClock } from '@perdure/matching/fixtures/manual-clock';
import type { Store } from '@perdure/ports';
import { expect, test } from 'vitest';
import type { Owner } from './owner.ts';
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
    blocks: [7],
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
