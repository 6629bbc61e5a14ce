// A run that somebody cancels or terminates while it goes on, or ends: by its workflow id or its run id, twice, all at once.

import { cancel, signal, start, terminate } from '../acts.ts';
import type { Journey, Stage } from '../journey.ts';
import { randomProgram } from '../program/program.ts';

export const stopped: Journey = {
  name: 'stopped',
  weight: 3,
  travel: async (stage) => {
    const { chance, caller, looks, workflowId } = stage;
    const waits = chance.happens(0.4);
    const program = {
      ...randomProgram(chance, waits ? [{ kind: 'forever' }] : []),
      heedsCancel: chance.happens(0.6),
    };
    // A run that waits and is not stopped ends with its time.
    const runId = await start(stage, program, { workflowRunTimeout: { seconds: 60 } });
    const total = chance.below(5);
    for (let count = 0; count < total; count++) {
      await caller.sleep(chance.between(0, 2e6));
      await signal(stage, `signal-${count}`);
    }
    await caller.sleep(chance.happens(0.3) ? 0 : chance.between(0, 15e6));
    await Promise.all(Array.from({ length: 1 + chance.below(3) }, () => stop(stage, runId)));
    await looks.look(workflowId, runId);
    const late = await signal(stage, 'late', { runId });
    stage.reached(late ? 'signal after the end taken' : 'signal after the end refused');
    await looks.look(workflowId, runId);
  },
};

async function stop(stage: Stage, runId: string): Promise<void> {
  const { chance, callers, reached } = stage;
  const caller = chance.pick(callers);
  const manner = {
    caller,
    runId: chance.happens(0.5) ? runId : '',
    tries: chance.happens(0.1) ? 1 : Number.POSITIVE_INFINITY,
  };
  await caller.sleep(chance.below(2) * chance.between(0, 30_000));
  const asked = chance.happens(0.6) ? await cancel(stage, manner) : await terminate(stage, manner);
  reached(`${asked.kind} ${asked.outcome}`);
}
