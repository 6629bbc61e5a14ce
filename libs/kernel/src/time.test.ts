import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { durationUsMax, fromUs, toUs, usPerSecond } from './time.ts';

/** To the end of what the engine counts exactly: the year 2255. */
const us = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

describe('time', () => {
  test('µs go through the wire form unchanged, with nanos below a second', () => {
    fc.assert(
      fc.property(us, (time) => {
        const { seconds, nanos } = fromUs(time);
        expect(toUs({ seconds, nanos })).toBe(time);
        expect(nanos).toBeLessThan(1_000_000_000);
        expect(Number.isInteger(nanos) && nanos >= 0).toBe(true);
      }),
    );
  });

  test('a duration is rounded up, so that nothing fires early; absent is 0', () => {
    expect(toUs({ seconds: 1, nanos: 1 })).toBe(usPerSecond + 1);
    expect(toUs({ seconds: 1, nanos: 1000 })).toBe(usPerSecond + 1);
    expect(toUs({ seconds: 0, nanos: 999_999_999 })).toBe(usPerSecond);
    expect(toUs(null)).toBe(0);
    expect(toUs(undefined)).toBe(0);
    expect(toUs({ seconds: -2, nanos: 0 })).toBe(-2 * usPerSecond);
  });

  test('the longest duration added to now is still exact', () => {
    const now = 1.9e15;
    expect(Number.isSafeInteger(now + durationUsMax)).toBe(true);
    expect(fromUs(durationUsMax)).toEqual({ seconds: 3_153_600_000, nanos: 0 });
  });
});
