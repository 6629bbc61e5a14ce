// An activity whose worker takes it and says no more: whoever knows its id answers.

import { jsonPayloads, scheduleActivity } from '@perdure/testing/golden';
import { type Step, stepKind } from '../step.ts';

export const elsewhere = stepKind<Step & { readonly kind: 'elsewhere' }>({
  kind: 'elsewhere',
  weight: 0,
  draw: () => ({ kind: 'elsewhere' }),
  next: (_step, { seen, index, taskQueue }) => {
    const id = elsewhereId(index);
    if (seen.ended.has(id)) return 'over';
    if (seen.started.has(id)) return 'waits';
    const plan = { once: false, failures: 0, beats: 0, elsewhere: true };
    return [
      scheduleActivity(taskQueue, id, {
        input: jsonPayloads(plan),
        startToCloseTimeout: { seconds: 12 },
        heartbeatTimeout: { seconds: 5 },
        retryPolicy: { maximumAttempts: 3 },
      }),
    ];
  },
});

/** The id of the activity of such a step at that place of its program. */
export const elsewhereId = (index: number): string => `elsewhere-${index}`;
