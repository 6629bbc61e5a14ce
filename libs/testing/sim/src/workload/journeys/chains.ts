// A program that goes on in one run after the other, signaled all the way by its workflow id: the last run waits for what
// came to any of them.

import { signal, start } from '../acts.ts';
import type { Journey } from '../journey.ts';
import { type Program, randomProgram } from '../program/program.ts';
import { stepOf } from '../program/step.ts';
import type { ContinueStep } from '../program/steps/continue.ts';
import type { SignalsStep } from '../program/steps/signals.ts';

export const chains: Journey = {
  name: 'chains',
  weight: 4,
  travel: async (stage) => {
    const { chance, caller, reached } = stage;
    const total = 2 + chance.below(14);
    let program: Program = randomProgram(chance, [stepOf<SignalsStep>({ kind: 'signals', total })]);
    const generations = 1 + chance.below(4);
    for (let left = generations; left > 0; left--) {
      // Some generations wait for a part of the signals, the others go on at once.
      const seen = Math.floor((total * (generations + 1 - left)) / (generations + 1));
      const part = stepOf<SignalsStep>({ kind: 'signals', total: seen });
      const first = chance.happens(0.5) ? [part] : [];
      program = randomProgram(
        chance,
        first,
        stepOf<ContinueStep>({ kind: 'continue', next: program }),
      );
    }
    await start(stage, program);
    reached(`${generations} generations`);
    for (let count = 0; count < total; count++) {
      await caller.sleep(chance.happens(0.5) ? chance.between(0, 20_000) : chance.between(0, 3e6));
      await signal(stage, `signal-${count}`);
    }
  },
};
