// An activity with time-outs of all four kinds and a retry policy of its own; some of its attempts fall silent.

import { jsonPayloads, scheduleActivity } from '@perdure/testing/golden';
import type { Chance } from '../../../chance.ts';
import { type ActivityPlan, listedType } from '../activity-plan.ts';
import { duration } from '../duration.ts';
import { type Step, stepKind } from '../step.ts';

export interface TimedActivityStep extends Step {
  readonly kind: 'timed activity';
  readonly plan: ActivityPlan;
  /** Added to the name of the queue of the run. */
  readonly queue: '' | '-side' | '-nobody';
  /** Zero: none. */
  readonly scheduleToCloseMs: number;
  readonly scheduleToStartMs: number;
  readonly startToCloseMs: number;
  readonly heartbeatMs: number;
  readonly retry: {
    readonly initialMs: number;
    readonly coefficient: number;
    readonly maximumMs: number;
    readonly maximumAttempts: number;
  };
}

export const timedActivity = stepKind<TimedActivityStep>({
  kind: 'timed activity',
  weight: 3,
  draw: drawStep,
  next: (step, { seen, index, taskQueue }) => {
    const id = `timed-${index}`;
    if (seen.ended.has(id)) return 'over';
    if (seen.started.has(id)) return 'waits';
    const { initialMs, coefficient, maximumMs, maximumAttempts } = step.retry;
    return [
      scheduleActivity(taskQueue + step.queue, id, {
        input: jsonPayloads(step.plan),
        scheduleToCloseTimeout: duration(step.scheduleToCloseMs),
        scheduleToStartTimeout: duration(step.scheduleToStartMs),
        startToCloseTimeout: duration(step.startToCloseMs),
        heartbeatTimeout: duration(step.heartbeatMs),
        retryPolicy: {
          initialInterval: duration(initialMs),
          backoffCoefficient: coefficient,
          maximumInterval: duration(maximumMs),
          maximumAttempts,
          nonRetryableErrorTypes: [listedType],
        },
      }),
    ];
  },
});

function drawStep(chance: Chance): TimedActivityStep {
  const some = (probability: number, low: number, high: number): number =>
    chance.happens(probability) ? Math.round(chance.between(low, high)) : 0;
  const nobody = chance.happens(0.1);
  const initialMs = 100 + chance.below(3_000);
  const delayMs = some(0.2, 0, 6_000);
  return {
    kind: 'timed activity',
    queue: nobody ? '-nobody' : chance.pick(['', '', '-side'] as const),
    plan: {
      once: false,
      failures: chance.below(4),
      silent: chance.happens(0.4) ? 1 + chance.below(2) : 0,
      beats: chance.below(3),
      error: chance.pick(['retried', 'retried', 'retried', 'listed', 'final'] as const),
      ...(delayMs > 0 && { delayMs }),
    },
    scheduleToCloseMs: nobody ? 0 : some(0.3, 3_000, 40_000),
    scheduleToStartMs: nobody ? 500 + chance.below(5_000) : some(0.1, 2_000, 30_000),
    startToCloseMs: 1_500 + chance.below(8_000),
    heartbeatMs: some(0.5, 1_200, 5_000),
    retry: {
      initialMs,
      coefficient: chance.pick([1, 1.5, 2, 3]),
      maximumMs: initialMs * (1 + chance.below(5)),
      maximumAttempts: chance.below(6),
    },
  };
}
