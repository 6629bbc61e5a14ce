import { expect, test } from 'vitest';
import { parseDuration } from './parse-duration.ts';

test.each([
  ['0', 0],
  ['10s', 10_000_000],
  ['1h30m', 5_400_000_000],
  ['2d', 172_800_000_000],
  ['1.5s', 1_500_000],
  ['250ms', 250_000],
  ['1s500ms', 1_500_000],
  ['3us', 3],
])('parseDuration of %s is %i µs', (text, us) => {
  expect(parseDuration(text)).toBe(us);
});

test.each(['', '10', 's', '10 s', '-5s', '1w', '1h 30m', 'soon'])(
  'parseDuration refuses "%s"',
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);
