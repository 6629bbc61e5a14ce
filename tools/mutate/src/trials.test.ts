import { expect, test } from 'vitest';
import { groupsFor } from './trials.ts';

const mutant = {
  file: 'a/src/one.ts',
  start: 5,
  end: 6,
  line: 1,
  column: 6,
  original: '1',
  replacement: '2',
  block: 3,
};
const report = (testFile: string, durationMs: number, block = 3) => ({
  testFile,
  durationMs,
  reached: [`a/src/one.ts#${block}`],
});

test('groupsFor takes the test files that come through the block: near ones, then quick ones, in growing groups', () => {
  const reports = [
    report('a/src/elsewhere.test.ts', 1, 0),
    report('b/src/slow.test.ts', 900),
    report('b/src/quick.test.ts', 10),
    report('a/src/slow.test.ts', 150),
    report('a/src/one.test.ts', 100),
  ];
  const names = groupsFor(mutant, reports).map((group) => group.map(({ testFile }) => testFile));
  expect(names).toEqual([
    ['a/src/one.test.ts', 'a/src/slow.test.ts'],
    ['b/src/quick.test.ts', 'b/src/slow.test.ts'],
  ]);
});
