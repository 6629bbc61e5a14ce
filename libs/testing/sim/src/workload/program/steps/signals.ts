// Waits until so many signals came to the run in all.

import { type Step, stepKind } from '../step.ts';

export interface SignalsStep extends Step {
  readonly kind: 'signals';
  readonly total: number;
}

export const signals = stepKind<SignalsStep>({
  kind: 'signals',
  weight: 0,
  draw: () => ({ kind: 'signals', total: 0 }),
  next: ({ total }, { seen }) => (seen.signals.length >= total ? 'over' : 'waits'),
});
