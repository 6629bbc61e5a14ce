// The end of a program: it completes or fails its run.

import { completeWorkflow, failWorkflow } from '@perdure/testing/golden';
import { type Step, stepKind } from '../step.ts';

export interface CloseStep extends Step {
  readonly kind: 'close';
  readonly how: 'complete' | 'fail';
}

export const close = stepKind<CloseStep>({
  kind: 'close',
  weight: 0,
  draw: (chance) => ({ kind: 'close', how: chance.happens(0.85) ? 'complete' : 'fail' }),
  next: ({ how }) => [how === 'complete' ? completeWorkflow('done') : failWorkflow('as planned')],
});
