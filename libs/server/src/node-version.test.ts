import { expect, test } from 'vitest';
import { nodeVersionProblem } from './node-version.ts';

test('nodeVersionProblem accepts every release of the wanted major', () => {
  expect(nodeVersionProblem('v24.0.0')).toBeUndefined();
  expect(nodeVersionProblem('v24.21.0')).toBeUndefined();
});

test('nodeVersionProblem names both versions in one line', () => {
  const problem = nodeVersionProblem('v20.20.2');
  expect(problem).toContain('needs Node 24, this is v20.20.2');
  expect(problem).not.toContain('\n');
});
