import { expect, test } from 'vitest';
import { versionInRange } from './version-range.ts';

test.each([
  ['1.32.0', '>=1.0.0 <2.0.0', true],
  ['1.32.0', '>=0.31.0 <2.0.0', true],
  ['1.32.0', '>=2.0.0 <3.0.0', false],
  ['1.34.0-rc.1', '<2.0.0', true],
  ['2.0.0', '<2.0.0', false],
  ['1.2', '<2.0.0', null],
  ['', '<2.0.0', null],
  ['1.0.0', 'newer than mine', null],
])('versionInRange of %j in %j is %j', (version, range, expected) => {
  expect(versionInRange(version, range)).toBe(expected);
});
