import { usPerMinute, usPerMs, usPerSecond } from '@perdure/kernel';
import { beforeEach, describe, expect, test } from 'vitest';
import { ClockGuard } from './clock-guard.ts';

const ms = usPerMs;
const now = 1_000 * usPerSecond;
let guard: ClockGuard;

beforeEach(() => {
  guard = new ClockGuard();
});

/** The broker is so far ahead; the call took so long. */
const sample = (broker: string, aheadUs: number, tookUs = 2 * ms): void =>
  guard.sample(broker, now - tookUs, now - tookUs / 2 + aheadUs, now);

describe('L10: the clock guard', () => {
  test('without a sample a node is not off', () => {
    expect([guard.isOff(now), guard.aheadUs(now)]).toEqual([false, 0]);
  });

  test.for([
    [400, false],
    [502, true],
    [-400, false],
    [-502, true],
  ])('a broker that is %d ms ahead: off is %s', ([aheadMs, off]) => {
    sample('a', (aheadMs as number) * ms);
    expect(guard.isOff(now)).toBe(off);
    expect(Math.sign(guard.aheadUs(now))).toBe(Math.sign(aheadMs as number));
  });

  test('W1: a slow answer accuses nobody', () => {
    sample('a', 900 * ms, 2_000 * ms);
    expect(guard.aheadUs(now)).toBe(0);
    sample('a', 1_700 * ms, 2_000 * ms);
    expect(guard.aheadUs(now)).toBe(700 * ms);
  });

  test('W2: one wrong broker of three decides nothing, two do', () => {
    sample('a', 5_000 * ms);
    sample('b', 0);
    sample('c', 10 * ms);
    expect(guard.isOff(now)).toBe(false);
    sample('c', 4_000 * ms);
    expect(guard.isOff(now)).toBe(true);
  });

  test('W2: of two brokers both have to say it', () => {
    sample('a', 5_000 * ms);
    sample('b', -5_000 * ms);
    expect(guard.aheadUs(now)).toBe(0);
    sample('b', 600 * ms);
    expect(guard.aheadUs(now)).toBe(599 * ms);
  });

  test('W2: the newest sample of a broker counts, and none that is old', () => {
    sample('a', 5_000 * ms);
    expect(guard.isOff(now + usPerMinute)).toBe(true);
    expect(guard.isOff(now + usPerMinute + 1)).toBe(false);
    sample('a', 0);
    expect(guard.isOff(now)).toBe(false);
  });

  test('what was measured before the clock was moved is forgotten', () => {
    sample('a', 5_000 * ms);
    guard.forget();
    expect(guard.isOff(now)).toBe(false);
  });
});
