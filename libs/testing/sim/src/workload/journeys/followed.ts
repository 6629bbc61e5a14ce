// A run that somebody follows to its end, page by page or for its closing event alone, and then the run after it.

import { signal, start, terminate } from '../acts.ts';
import type { Journey, Stage } from '../journey.ts';
import { type Program, randomProgram } from '../program/program.ts';
import { stepOf } from '../program/step.ts';
import type { ContinueStep } from '../program/steps/continue.ts';
import type { SignalsStep } from '../program/steps/signals.ts';

export const followed: Journey = {
  name: 'followed',
  weight: 2,
  travel: async (stage) => {
    const { chance, caller } = stage;
    const total = 1 + chance.below(6);
    const rest = randomProgram(chance, [stepOf<SignalsStep>({ kind: 'signals', total })]);
    const next = stepOf<ContinueStep>({ kind: 'continue', next: rest });
    const program: Program = chance.happens(0.4) ? randomProgram(chance, [], next) : rest;
    const runId = await start(stage, program);
    const following = Promise.all([follow(stage, runId), follow(stage, runId)]);
    for (let count = 0; count < total; count++) {
      await caller.sleep(chance.between(0, 3e6));
      await signal(stage, `signal-${count}`);
    }
    if (chance.happens(0.4)) await terminate(stage);
    await following;
  },
};

async function follow({ chance, looks, reached, workflowId }: Stage, first: string): Promise<void> {
  const closeOnly = chance.happens(0.5);
  for (let runId: string | null = first; runId !== null; ) {
    runId = await looks.follow(workflowId, runId, closeOnly);
    reached(closeOnly ? 'told of an end' : 'read to an end');
  }
}
