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
  continueAsNew,
  failWorkflow,
  modifyMemo,
  recordMarker,
  requestCancelActivity,
  scheduleActivity,
  startTimer,
  upsertAttributes,
} from './commands.fixture.ts';
import { type Step, stepKinds } from './random-inputs.fixture.ts';
import { RandomChain } from './random-run.fixture.ts';

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
    requestEagerExecution: fc.boolean(),
  })
  .map(({ id, maximumAttempts, initialInterval, ...timeouts }) =>
    scheduleActivity(id, { ...timeouts, retryPolicy: { maximumAttempts, initialInterval } }),
  );
const timerId = fc.constantFrom('t', 'u', 'v', 'w');
const timer = fc.tuple(timerId, fc.nat({ max: 5 })).map(([id, length]) => startTimer(id, length));
const values = fc.dictionary(
  fc.constantFrom('CustomKeyword', 'CustomText', 'BatcherUser'),
  fc.constantFrom('x', 'y', null),
  { minKeys: 1 },
);
const properties = fc.oneof(values.map(upsertAttributes), values.map(modifyMemo));
const cancelActivity = fc.nat({ max: 40 }).map(requestCancelActivity);
const invalid = fc.constantFrom<CommandInit>({ commandType: 999 }, startTimer('x', -1));
const command: fc.Arbitrary<CommandInit> = fc.oneof(
  { weight: 12, arbitrary: schedule },
  { weight: 8, arbitrary: timer },
  { weight: 1, arbitrary: invalid },
  { weight: 2, arbitrary: timerId.map(cancelTimer) },
  { weight: 3, arbitrary: cancelActivity },
  { weight: 2, arbitrary: fc.constant(recordMarker('m')) },
  { weight: 2, arbitrary: properties },
);
const goesOn = fc
  .record({ backoffStartInterval: seconds, retried: fc.boolean(), workflowRunTimeout: seconds })
  .map(({ retried, ...times }) =>
    continueAsNew({ ...times, retryPolicy: retried ? { maximumAttempts: 3 } : null }),
  );
const ends = fc.constantFrom(completeWorkflow(), failWorkflow('x'), cancelWorkflow(), {
  commandType: CommandType.CompleteWorkflowExecution,
});
const closing = fc.oneof({ weight: 3, arbitrary: ends }, { weight: 1, arbitrary: goesOn });
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
  signalWithStart: 2,
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

const start = fc.record({
  runTimeout: fc.constantFrom(0, 0, 40),
  executionTimeout: fc.constantFrom(0, 0, 90),
  startDelay: fc.constantFrom(0, 0, 3),
  retries: fc.boolean(),
});

test('a chain of runs keeps its invariants under any inputs, stale and repeated ones too', () => {
  const reached = new Set<number>();
  const followed = new Set<number>();
  fc.assert(
    fc.property(start, steps, (began, list) => {
      const chain = new RandomChain(began);
      for (const each of list) chain.take(each);
      chain.finish();
      for (const { next, state } of chain.runs) {
        reached.add(state.progress.status);
        if (next !== null) followed.add(state.progress.status);
      }
      return true;
    }),
    { numRuns: 200 },
  );
  // Runs end in every way, and some do not; those that may go on do.
  expect(reached).toEqual(new Set([1, 2, 3, 4, 5, 6, 7]));
  expect(followed).toEqual(new Set([3, 6, 7]));
}, 60_000);
