// A run of a random program that waits for some signals.

import { signal, start } from '../acts.ts';
import type { Journey } from '../journey.ts';
import { randomProgram } from '../program/program.ts';

export const plain: Journey = {
  name: 'plain',
  weight: 10,
  travel: async (stage) => {
    const { chance, caller } = stage;
    const total = chance.below(11);
    const own = total === 0 ? [] : [{ kind: 'signals', total }];
    await start(stage, randomProgram(chance, own));
    for (let count = 0; count < total; count++) {
      await caller.sleep(chance.between(0, 4e6));
      await signal(stage, `signal-${count}`);
    }
  },
};
