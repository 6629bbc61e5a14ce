// Requests that come from several places at once with one request id: a proxy tries again while the first try still lives.

import { cancel, signal, startRequest, tryStart } from '../acts.ts';
import type { Journey, Stage } from '../journey.ts';
import { randomProgram } from '../program/program.ts';
import { stepOf } from '../program/step.ts';
import type { SignalsStep } from '../program/steps/signals.ts';

export const twins: Journey = {
  name: 'twins',
  weight: 2,
  travel: async (stage) => {
    const { chance, caller } = stage;
    const total = chance.below(6);
    const own = stepOf<SignalsStep>({ kind: 'signals', total });
    const program = { ...randomProgram(chance, [own]), heedsCancel: chance.happens(0.5) };
    const request = startRequest(stage, program);
    await together(stage, (manner) => tryStart(stage, request, manner));
    for (let count = 0; count < total; count++) {
      await caller.sleep(chance.between(0, 3e6));
      const requestId = chance.uuid();
      await together(stage, (manner) => signal(stage, `signal-${count}`, { ...manner, requestId }));
    }
    const requestId = chance.uuid();
    await together(stage, (manner) => cancel(stage, { ...manner, requestId }));
  },
};

/** Two or three clients do the same, at once or nearly so. */
async function together(
  { callers, caller: first, chance }: Stage,
  act: (manner: { readonly caller: Stage['caller'] }) => Promise<unknown>,
): Promise<void> {
  const others = callers.slice(0, 1 + chance.below(2));
  const acting = [first, ...others].map(async (caller, place) => {
    if (place > 0) await caller.sleep(chance.below(2) * chance.between(0, 20_000));
    await act({ caller });
  });
  await Promise.all(acting);
}
