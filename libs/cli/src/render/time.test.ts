import { expect, test } from 'vitest';
import { showDuration, showTime } from './time.ts';

const nowMs = Date.UTC(2026, 10, 21, 12);
const ago = (seconds: number) => ({ seconds: nowMs / 1000 - seconds, nanos: 0 });

test.each([
  [0, 'now'],
  [1, '1 second ago'],
  [59, '59 seconds ago'],
  [61, '1 minute ago'],
  [7_200, '2 hours ago'],
  [86_400 * 10, '1 week ago'],
  [-3_600, '1 hour from now'],
])('showTime of %i seconds ago is "%s"', (seconds, text) => {
  expect(showTime(ago(seconds), 'relative', nowMs)).toBe(text);
});

test('showTime writes ISO and raw times, and nothing for none', () => {
  expect(showTime(ago(0), 'iso', nowMs)).toBe('2026-11-21T12:00:00Z');
  expect(showTime({ seconds: 5, nanos: 6 }, 'raw', nowMs)).toBe('seconds:5 nanos:6');
  expect(showTime(null, 'relative', nowMs)).toBe('');
  const yearOne = { seconds: -62_135_596_800, nanos: 0 };
  expect(showTime(yearOne, 'relative', nowMs)).toBe('');
});

test.each([
  [40_000, '40ms'],
  [1_250_000, '1.25s'],
  [65_000_000, '1m 5s'],
  [3 * 86_400_000_000, '3d'],
  [26 * 3_600_000_000 + 60_000_000, '1d 2h'],
])('showDuration of %i µs is "%s"', (us, text) => {
  expect(showDuration(us)).toBe(text);
});
