import { expect, test } from 'vitest';
import { suggestFlag } from './suggest.ts';

test('suggestFlag cuts a value off that was joined to the flag', () => {
  const known = ['type', 'task', 'task-queue'];
  expect(suggestFlag('task-queue-Mine', known)).toBe('--task-queue Mine');
  expect(suggestFlag('type+Mine', known)).toBe('--type Mine');
  expect(suggestFlag('typ', known)).toBe('--type');
});
