import { expect, test } from 'vitest';
import { RemovedRuns } from './removed-runs.ts';

const run = (n: number) => ({ namespaceId: 'n', workflowId: 'w', runId: `r${n}` });

test('R1: the newest removals are remembered; one that is repeated is new again', () => {
  const removed = new RemovedRuns(3);
  removed.add([run(1), run(2), run(3)]);
  removed.add([run(1), run(4)]);
  expect([1, 2, 3, 4].map((n) => removed.has(run(n)))).toEqual([true, false, true, true]);
  expect(removed.has({ ...run(1), namespaceId: 'other' })).toBe(false);
});
