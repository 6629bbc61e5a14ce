// Many commands of different kinds in one completion: local activities, side effects and versions as markers, a memo and
// search attributes, a timer, and activities of which some may be started with the answer.

import {
  type CommandInit,
  jsonPayload,
  jsonPayloads,
  modifyMemo,
  recordMarker,
  scheduleActivity,
  startTimer,
  typedPayload,
  upsertSearchAttributes,
} from '@perdure/testing/golden';
import type { ActivityPlan } from '../activity-plan.ts';
import { type Step, stepKind } from '../step.ts';

interface MixedStep extends Step {
  readonly kind: 'mixed';
  readonly timerMs: number;
  readonly eager: readonly ActivityPlan[];
  /** The order of the commands, by their place. */
  readonly order: readonly number[];
}

export const mixed = stepKind<MixedStep>({
  kind: 'mixed',
  weight: 3,
  draw: (chance) => {
    const eager = Array.from({ length: chance.below(4) }, () => ({
      once: false,
      failures: chance.happens(0.2) ? 1 : 0,
      beats: 0,
    }));
    const order = Array.from({ length: 6 + eager.length }, () => chance.below(1_000));
    return { kind: 'mixed', timerMs: chance.below(2_000), eager, order };
  },
  next: ({ timerMs, eager, order }, { seen, index, taskQueue }) => {
    const id = `mixed-${index}`;
    const ids = [id, ...eager.map((_, place) => `eager-${index}-${place}`)];
    if (ids.every((each) => seen.ended.has(each))) return 'over';
    if (seen.started.has(id)) return 'waits';
    const activities = eager.map((plan, place) => eagerly(taskQueue, ids[place + 1] ?? '', plan));
    const commands: readonly CommandInit[] = [
      startTimer(id, timerMs),
      recordMarker('LocalActivity', { details: { data: jsonPayloads(index) } }),
      recordMarker('SideEffect', { details: { data: jsonPayloads(`${id} is random`) } }),
      recordMarker('Version', { details: { data: jsonPayloads(`change-${index}`, 1) } }),
      upsertSearchAttributes({
        TemporalChangeVersion: typedPayload('KeywordList', [`change-${index}-1`]),
      }),
      modifyMemo({ step: jsonPayload(index) }),
      ...activities,
    ];
    return commands
      .map((command, place) => ({ command, rank: order[place] ?? 0 }))
      .toSorted((a, b) => a.rank - b.rank)
      .map(({ command }) => command);
  },
});

function eagerly(taskQueue: string, id: string, plan: ActivityPlan): CommandInit {
  return scheduleActivity(taskQueue, id, {
    input: jsonPayloads(plan),
    requestEagerExecution: true,
    startToCloseTimeout: { seconds: 6 },
    retryPolicy: { initialInterval: { nanos: 300e6 } },
  });
}
