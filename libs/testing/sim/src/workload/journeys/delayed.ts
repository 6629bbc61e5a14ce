// A start with a delay: signals come in and do not end it; a signal that would have started the run and a request to cancel
// do.

import { cancel, signal, signalWithStart, start } from '../acts.ts';
import type { Journey } from '../journey.ts';
import { randomProgram } from '../program/program.ts';

export const delayed: Journey = {
  name: 'delayed',
  weight: 2,
  travel: async (stage) => {
    const { chance, caller, reached } = stage;
    const seconds = 1 + chance.below(25);
    const program = { ...randomProgram(chance), heedsCancel: true };
    await start(stage, program, { workflowStartDelay: { seconds } });
    const total = chance.below(8);
    for (let count = 0; count < total; count++) {
      await caller.sleep(chance.between(0, (seconds * 1.3e6) / total));
      await signal(stage, `signal-${count}`);
    }
    const ending = chance.below(10);
    if (ending < 3) {
      const ended = await signalWithStart(stage, program, 'hurry');
      reached(`hurried: ${ended.outcome}`);
    } else if (ending < 6) {
      reached(`cancelled: ${(await cancel(stage)).outcome}`);
    }
  },
};
