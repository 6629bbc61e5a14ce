// A timer, waited for.

import { startTimer } from '@perdure/testing/golden';
import { type Step, stepKind } from '../step.ts';

interface TimerStep extends Step {
  readonly kind: 'timer';
  readonly milliseconds: number;
}

export const timer = stepKind<TimerStep>({
  kind: 'timer',
  weight: 4,
  draw: (chance) => ({ kind: 'timer', milliseconds: 100 + chance.below(20_000) }),
  next: ({ milliseconds }, { seen, index }) => {
    const id = `timer-${index}`;
    if (!seen.started.has(id)) return [startTimer(id, milliseconds)];
    return seen.ended.has(id) ? 'over' : 'waits';
  },
});
