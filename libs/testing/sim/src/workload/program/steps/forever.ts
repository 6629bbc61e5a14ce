// Waits for nothing: somebody else ends the run, or its time does.

import { type Step, stepKind } from '../step.ts';

export interface ForeverStep extends Step {
  readonly kind: 'forever';
}

export const forever = stepKind<ForeverStep>({
  kind: 'forever',
  weight: 0,
  draw: () => ({ kind: 'forever' }),
  next: () => 'waits',
});
