// Activities at once; the step is over when all of them have ended.

import { type CommandInit, jsonPayloads, scheduleActivity } from '@perdure/testing/golden';
import type { Chance } from '../../../chance.ts';
import type { ActivityPlan } from '../activity-plan.ts';
import { type Step, stepKind } from '../step.ts';

interface ActivitiesStep extends Step {
  readonly kind: 'activities';
  readonly plans: readonly ActivityPlan[];
}

export const activities = stepKind<ActivitiesStep>({
  kind: 'activities',
  weight: 6,
  draw: (chance) => ({
    kind: 'activities',
    plans: Array.from({ length: 1 + chance.below(3) }, () => drawPlan(chance)),
  }),
  next: ({ plans }, { seen, index, taskQueue }) => {
    const ids = plans.map((_, place) => `activity-${index}-${place}`);
    if (!ids.every((id) => seen.started.has(id))) {
      return plans.map((plan, place) => activityCommand(ids[place] ?? '', plan, taskQueue));
    }
    return ids.every((id) => seen.ended.has(id)) ? 'over' : 'waits';
  },
});

function drawPlan(chance: Chance): ActivityPlan {
  const once = chance.happens(0.3);
  return {
    once,
    failures: once ? 0 : Math.max(0, chance.below(5) - 2),
    beats: chance.happens(0.3) ? 1 + chance.below(3) : 0,
  };
}

function activityCommand(id: string, plan: ActivityPlan, taskQueue: string): CommandInit {
  return scheduleActivity(taskQueue, id, {
    input: jsonPayloads(plan),
    startToCloseTimeout: { seconds: 15 },
    heartbeatTimeout: { seconds: 8 },
    retryPolicy: plan.once ? { maximumAttempts: 1 } : { initialInterval: { seconds: 1 } },
  });
}
