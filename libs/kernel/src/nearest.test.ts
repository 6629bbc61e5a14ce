import { expect, test } from 'vitest';
import { distance, nearest } from './nearest.ts';

test.each([
  ['', '', 0],
  ['abc', 'abc', 0],
  ['abc', 'abd', 1],
  ['abc', 'acb', 1],
  ['abc', 'ab', 1],
  ['', 'abc', 3],
  ['kitten', 'sitting', 3],
])('distance of "%s" and "%s" is %i', (a, b, steps) => {
  expect(distance(a, b)).toBe(steps);
  expect(distance(b, a)).toBe(steps);
});

test('nearest gives the nearest word and none that is far', () => {
  expect(nearest('task-que', ['task-queue', 'task-timeout'])).toBe('task-queue');
  expect(nearest('qqqqq', ['task-queue'])).toBeUndefined();
  expect(nearest('xy', ['a', 'b'])).toBeUndefined();
});
