// A run whose time is short: it ends by itself just before, or by the server when its time is over.

import { signal, start } from '../acts.ts';
import type { Journey } from '../journey.ts';
import { randomProgram } from '../program/program.ts';
import { stepOf } from '../program/step.ts';
import type { CloseStep } from '../program/steps/close.ts';
import type { ContinueStep } from '../program/steps/continue.ts';

export const timed: Journey = {
  name: 'timed',
  weight: 2,
  travel: async (stage) => {
    const { chance, caller } = stage;
    const own = chance.happens(0.6) ? [{ kind: 'forever' }] : [];
    const runSeconds = 1 + chance.below(30);
    const close = stepOf<CloseStep>({ kind: 'close', how: 'complete' });
    const rest = stepOf<ContinueStep>({ kind: 'continue', next: { steps: [...own, close] } });
    const later = chance.happens(0.3) ? rest : undefined;
    await start(stage, randomProgram(chance, later === undefined ? own : [], later), {
      ...(chance.happens(0.7) && { workflowRunTimeout: { seconds: runSeconds } }),
      workflowExecutionTimeout: { seconds: runSeconds + chance.below(40) },
    });
    const total = chance.below(10);
    for (let count = 0; count < total; count++) {
      await caller.sleep(chance.between(0, 5e6));
      await signal(stage, `signal-${count}`);
    }
  },
};
