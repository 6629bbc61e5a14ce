// A run that fails some times, or runs out of its time, and is tried again as its retry policy says.

import { signal, start } from '../acts.ts';
import type { Journey } from '../journey.ts';
import { randomProgram } from '../program/program.ts';
import { stepOf } from '../program/step.ts';
import type { CloseStep } from '../program/steps/close.ts';
import type { FailUntilStep } from '../program/steps/fail-until.ts';

export const retried: Journey = {
  name: 'retried',
  weight: 2,
  travel: async (stage) => {
    const { chance, caller } = stage;
    const maximumAttempts = chance.below(5);
    const attempt = 2 + chance.below(4);
    const outOfTime = chance.happens(0.3);
    const own = outOfTime
      ? stepOf({ kind: 'forever' })
      : stepOf<FailUntilStep>({ kind: 'failUntil', attempt });
    // A program that fails in the end would be tried again for ever.
    const last = stepOf<CloseStep>({ kind: 'close', how: 'complete' });
    const program = randomProgram(chance, [own], last);
    await start(stage, program, {
      retryPolicy: {
        initialInterval: { seconds: 1 + chance.below(3) },
        backoffCoefficient: chance.pick([1, 1.5, 2]),
        maximumInterval: { seconds: 3 + chance.below(6) },
        // Nothing else would end a run that waits for ever.
        maximumAttempts: outOfTime ? 1 + chance.below(3) : maximumAttempts,
      },
      ...(outOfTime && { workflowRunTimeout: { seconds: 2 + chance.below(20) } }),
      ...(chance.happens(0.3) && { workflowExecutionTimeout: { seconds: 5 + chance.below(60) } }),
    });
    for (let count = 0; count < 4; count++) {
      await caller.sleep(chance.between(0, 6e6));
      await signal(stage, `signal-${count}`);
    }
  },
};
