// An activity that the program cancels after a while, unless it ends before: the program waits for its end, goes on when
// it has asked, or forgets it without a word.

import {
  cancelTimer,
  jsonPayloads,
  requestCancelActivity,
  scheduleActivity,
  startTimer,
} from '@perdure/testing/golden';
import type { ActivityPlan } from '../activity-plan.ts';
import { type Step, stepKind } from '../step.ts';

interface CancelledActivityStep extends Step {
  readonly kind: 'cancelled activity';
  readonly style: 'wait' | 'try' | 'abandon';
  readonly plan: ActivityPlan;
  readonly afterMs: number;
}

export const cancelledActivity = stepKind<CancelledActivityStep>({
  kind: 'cancelled activity',
  weight: 2,
  draw: (chance) => ({
    kind: 'cancelled activity',
    style: chance.pick(['wait', 'wait', 'try', 'abandon'] as const),
    plan: {
      once: false,
      failures: chance.happens(0.3) ? 2 : 0,
      beats: chance.below(6),
      untilCancelled: chance.happens(0.8),
    },
    afterMs: chance.happens(0.2) ? 1 : chance.below(6_000),
  }),
  next: ({ style, plan, afterMs }, { seen, index, taskQueue }) => {
    const id = `cancelled-${index}`;
    const timer = `cancel-${index}`;
    const scheduledEventId = seen.eventIds.get(id);
    if (scheduledEventId === undefined) {
      const times = { startToCloseTimeout: { seconds: 20 }, heartbeatTimeout: { seconds: 4 } };
      const retryPolicy = { maximumAttempts: 4 };
      const more = { input: jsonPayloads(plan), ...times, retryPolicy };
      return [scheduleActivity(taskQueue, id, more), startTimer(timer, afterMs)];
    }
    if (seen.ended.has(id)) return seen.ended.has(timer) ? 'over' : { last: [cancelTimer(timer)] };
    if (!seen.ended.has(timer)) return 'waits';
    if (style === 'abandon') return 'over';
    if (seen.cancelled.has(id)) return style === 'wait' ? 'waits' : 'over';
    const commands = [requestCancelActivity(scheduledEventId)];
    return style === 'wait' ? commands : { last: commands };
  },
});
