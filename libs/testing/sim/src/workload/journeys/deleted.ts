// Runs that are deleted, open or closed, and workflow ids that are used again after that.

import { remove, signal, start } from '../acts.ts';
import type { Journey } from '../journey.ts';
import { randomProgram } from '../program/program.ts';

export const deleted: Journey = {
  name: 'deleted',
  weight: 2,
  travel: async (stage) => {
    const { callers, chance, caller, looks, workflowId, reached } = stage;
    const rounds = 1 + chance.below(3);
    for (let round = 0; round < rounds; round++) {
      const waits = chance.happens(0.3);
      const runId = await start(
        stage,
        randomProgram(chance, waits ? [{ kind: 'forever' }] : []),
        waits ? { workflowRunTimeout: { seconds: 60 } } : {},
      );
      const signaling = signal(stage, `signal-${round}`, { caller: chance.pick(callers) });
      await caller.sleep(chance.happens(0.3) ? 0 : chance.between(0, 20e6));
      const again = chance.happens(0.3) ? [chance.pick(callers)] : [];
      await Promise.all(
        [caller, ...again].map(async (each) => {
          const { outcome } = await remove(stage, runId, { caller: each });
          reached(`deletion ${outcome}`);
        }),
      );
      await looks.look(workflowId, runId);
      await signaling;
      const late = await signal(stage, `late-${round}`, { runId });
      reached(late ? 'signal to nothing taken' : 'signal to nothing refused');
    }
  },
};
