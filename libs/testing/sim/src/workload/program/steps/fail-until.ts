// Fails the run until it is the attempt of that number: its retry policy tries again.

import { failWorkflow } from '@perdure/testing/golden';
import { type Step, stepKind } from '../step.ts';

export interface FailUntilStep extends Step {
  readonly kind: 'failUntil';
  readonly attempt: number;
}

export const failUntil = stepKind<FailUntilStep>({
  kind: 'failUntil',
  weight: 0,
  draw: () => ({ kind: 'failUntil', attempt: 1 }),
  next: ({ attempt }, { seen }) => {
    const started = seen.events[0]?.workflowExecutionStartedEventAttributes;
    return (started?.attempt ?? 1) < attempt ? [failWorkflow('not yet')] : 'over';
  },
});
