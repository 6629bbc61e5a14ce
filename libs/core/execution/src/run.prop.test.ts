// A run under random inputs: what must hold whatever happens. The checks are in random-run.fixture.ts, the reading of the
// history that knows nothing of our decisions in event-model.fixture.ts.

import { CommandType } from '@perdure/wire';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type CommandInit,
  cancelTimer,
  cancelWorkflow,
  completeWorkflow,
  failWorkflow,
  recordMarker,
  requestCancelActivity,
  scheduleActivity,
  startTimer,
} from './commands.fixture.ts';
import { type Step, stepKinds } from './random-inputs.fixture.ts';
import { RandomRun } from './random-run.fixture.ts';

const some = fc.integer({ min: 1, max: 6 }).map((seconds) => ({ seconds }));
const seconds = fc.option(some, { nil: null });
const schedule = fc
  .record({
    id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    startToCloseTimeout: some,
    scheduleToCloseTimeout: seconds,
    scheduleToStartTimeout: seconds,
    heartbeatTimeout: seconds,
    maximumAttempts: fc.nat({ max: 3 }),
    initialInterval: seconds,
  })
  .map(({ id, maximumAttempts, initialInterval, ...timeouts }) =>
    scheduleActivity(id, { ...timeouts, retryPolicy: { maximumAttempts, initialInterval } }),
  );
const timerId = fc.constantFrom('t', 'u', 'v', 'w');
const timer = fc.tuple(timerId, fc.nat({ max: 5 })).map(([id, length]) => startTimer(id, length));
const cancelActivity = fc.nat({ max: 40 }).map(requestCancelActivity);
const invalid = fc.constantFrom<CommandInit>({ commandType: 999 }, startTimer('x', -1));
const command: fc.Arbitrary<CommandInit> = fc.oneof(
  { weight: 12, arbitrary: schedule },
  { weight: 8, arbitrary: timer },
  { weight: 1, arbitrary: invalid },
  { weight: 2, arbitrary: timerId.map(cancelTimer) },
  { weight: 3, arbitrary: cancelActivity },
  { weight: 2, arbitrary: fc.constant(recordMarker('m')) },
);
const closing = fc.constantFrom(completeWorkflow(), failWorkflow('x'), cancelWorkflow(), {
  commandType: CommandType.CompleteWorkflowExecution,
});
const commands = fc.oneof(
  { weight: 30, arbitrary: fc.array(command, { maxLength: 3, size: 'max' }) },
  { weight: 1, arbitrary: closing.map((close) => [close]) },
  { weight: 1, arbitrary: fc.tuple(cancelActivity, closing).map((pair) => [...pair]) },
);
const weights: Partial<Record<Step['kind'], number>> = {
  work: 150,
  act: 60,
  pass: 20,
  signal: 20,
  requestCancel: 1,
  terminate: 1,
};
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.oneof(
    ...stepKinds.map((kind) => ({ weight: weights[kind] ?? 4, arbitrary: fc.constant(kind) })),
  ),
  pick: fc.nat({ max: 31 }),
  bits: fc.nat({ max: 63 }),
  commands,
});
const steps = fc.array(step, { minLength: 20, maxLength: 120, size: 'max' });

test('a run keeps its invariants under any inputs, stale and repeated ones too', () => {
  const reached = new Map<string, number>();
  fc.assert(
    fc.property(fc.constantFrom(0, 0, 40), steps, (timeout, list) => {
      const random = new RandomRun(timeout);
      for (const each of list) random.take(each);
      random.finish();
      const status = String(random.state.progress.status);
      reached.set(status, (reached.get(status) ?? 0) + 1);
      return true;
    }),
    { numRuns: 200 },
  );
  // Runs end in every way, and some do not.
  expect([...reached.keys()].sort()).toEqual(['1', '2', '3', '4', '5', '7']);
});
