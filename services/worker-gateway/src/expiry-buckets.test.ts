import { ManualClock } from '@perdure/matching/fixtures/manual-clock';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Expiring, ExpiryBuckets } from './expiry-buckets.ts';

interface Item extends Expiring {
  readonly endUs: number;
}
const begin = 1_000_000;

test('B1: every item that is not removed ends, no earlier than asked and within a tenth of a second', () => {
  const waits = fc.array(fc.tuple(fc.nat({ max: 3_000_000 }), fc.boolean()), { maxLength: 50 });
  fc.assert(
    fc.property(waits, (list) => {
      const clock = new ManualClock(begin);
      const ended = new Map<Item, number>();
      const buckets = new ExpiryBuckets<Item>(clock, (item) => ended.set(item, clock.nowUs()));
      const items = list.map(([us]) => ({ endUs: begin + us, bucket: 0 }));
      for (const item of items) buckets.put(item, item.endUs);
      for (const [i, [, removed]] of list.entries()) if (removed) buckets.remove(items[i] as Item);
      clock.advance(4_000_000);
      for (const [i, [, removed]] of list.entries()) {
        const late = (ended.get(items[i] as Item) ?? Number.NaN) - (items[i] as Item).endUs;
        if (removed) expect(late).toBeNaN();
        else expect(late >= 0 && late < 100_000).toBe(true);
      }
      expect(clock.timerCount).toBe(0);
    }),
  );
});

test('B2: many that end together end over several turns', async () => {
  const clock = new ManualClock(begin);
  let ended = 0;
  const buckets = new ExpiryBuckets<Expiring>(clock, () => {
    ended += 1;
  });
  for (let i = 0; i < 1_200; i++) buckets.put({ bucket: 0 }, begin + 10);
  clock.advance(200_000);
  expect(ended).toBe(500);
  expect(await clock.turn()).toBe(2);
  expect(ended).toBe(1_200);
});

test('B3: without items there is no timer, with any number there is one', () => {
  const clock = new ManualClock(begin);
  const buckets = new ExpiryBuckets<Expiring>(clock, () => undefined);
  const items = Array.from({ length: 100 }, () => ({ bucket: 0 }));
  for (const [i, item] of items.entries()) buckets.put(item, begin + 60_000_000 - i * 50_000);
  expect(clock.timerCount).toBe(1);
  for (const item of items) buckets.remove(item);
  for (const item of items) buckets.remove(item);
  expect(clock.timerCount).toBe(0);
});
