import { usPerSecond } from '@perdure/kernel';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  chargeToken,
  newBucket,
  nextTokenAtUs,
  returnToken,
  setRate,
  takeToken,
} from './token-bucket.ts';

const takeAll = (bucket: ReturnType<typeof newBucket>, nowUs: number): number => {
  let taken = 0;
  while (takeToken(bucket, nowUs)) taken += 1;
  return taken;
};

test('a bucket begins with one second of its rate, and with one token at least', () => {
  expect(takeAll(newBucket(10, 0), 0)).toBe(10);
  expect(takeAll(newBucket(0.1, 0), 0)).toBe(1);
  expect(takeAll(newBucket(0, 0), 0)).toBe(0);
});

test('a bucket never keeps more than one second of its rate', () => {
  const bucket = newBucket(5, 0);
  expect(takeAll(bucket, 3600 * usPerSecond)).toBe(5);
});

test('a bucket keeps as many seconds of its rate as asked for', () => {
  const bucket = newBucket(10, 0, 2);
  expect(takeAll(bucket, 0)).toBe(20);
  expect(takeAll(bucket, 3600 * usPerSecond)).toBe(20);
});

test('chargeToken takes what is not there yet: the next token comes so much later', () => {
  const bucket = newBucket(2, 0);
  for (let i = 0; i < 4; i++) chargeToken(bucket, 0);
  expect(takeToken(bucket, usPerSecond)).toBe(false);
  expect(takeToken(bucket, 1.5 * usPerSecond)).toBe(true);
});

test('nextTokenAtUs: there is none before and one at that time; rate 0 never has one', () => {
  const bucket = newBucket(4, 0);
  takeAll(bucket, 0);
  expect(nextTokenAtUs(bucket)).toBe(250_000);
  expect(takeToken(bucket, 249_999)).toBe(false);
  expect(takeToken(bucket, nextTokenAtUs(bucket) ?? 0)).toBe(true);
  expect(nextTokenAtUs(newBucket(0, 0))).toBe(null);
});

test('setRate keeps what was saved, up to what the new rate may save', () => {
  const bucket = newBucket(100, 0);
  setRate(bucket, 2, 0);
  expect(takeAll(bucket, 0)).toBe(2);
  setRate(bucket, 100, 0);
  expect(takeAll(bucket, 0)).toBe(0);
  expect(takeAll(bucket, usPerSecond)).toBe(100);
  setRate(bucket, 0, usPerSecond);
  returnToken(bucket);
  expect(takeAll(bucket, 100 * usPerSecond)).toBe(0);
});

test('a new rate counts from when it is set', () => {
  const bucket = newBucket(1, 0);
  takeAll(bucket, 0);
  setRate(bucket, 100, usPerSecond);
  expect(takeAll(bucket, usPerSecond)).toBe(1);
});

test('over any time no more is taken than the rate allows beyond one full bucket', () => {
  const pauses = fc.array(fc.nat({ max: 2 * usPerSecond }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 500, noNaN: true }), pauses, (rate, list) => {
      const bucket = newBucket(rate, 0);
      let nowUs = 0;
      let taken = 0;
      for (const pauseUs of list) {
        nowUs += pauseUs;
        taken += takeAll(bucket, nowUs);
        const allowed = Math.max(1, rate) + (nowUs / usPerSecond) * rate;
        expect(taken).toBeLessThanOrEqual(allowed + 1e-6);
        const nextUs = nextTokenAtUs(bucket) ?? 0;
        expect(nextUs).toBeGreaterThan(nowUs);
        expect((nextUs - nowUs) / usPerSecond).toBeLessThanOrEqual(1 / rate + 1e-5);
      }
    }),
  );
});
