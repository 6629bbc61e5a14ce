// J26. When all is calm a task that waits is with a worker soon: workers are there, and none of their polls can be under way
//      to nobody any more. A task that the server has forgotten is found when somebody looks at its run, but not before.

import { eventTypeName } from '@perdure/testing/golden';
import type { HistoryEvent } from '@perdure/wire';
import type { AttemptSeen, Ledger } from '../ledger.ts';
import type { Rule, RunShown } from '../shown.ts';
import { eventUs, inUs } from './event-time.ts';

const soonUs = 20e6;

export const prompt: Rule = (ledger, shown) => {
  const byRun = Map.groupBy(ledger.attempts, ({ runId }) => runId);
  return shown.runs.flatMap((run) =>
    [...lateTasks(ledger, run), ...lateAttempts(ledger, run, byRun.get(run.runId) ?? [])].map(
      (fault) => `J26: ${run.workflowId}: ${fault}`,
    ),
  );
};

function lateTasks({ calmUs }: Ledger, { events }: RunShown): string[] {
  return events.flatMap((event, index) => {
    if (eventTypeName(event.eventType) !== 'WorkflowTaskStarted') return [];
    const scheduledEventId = event.workflowTaskStartedEventAttributes?.scheduledEventId ?? 0;
    const scheduled = events[scheduledEventId - 1] ?? events[index - 1];
    if (scheduled === undefined) return [];
    const lateUs = eventUs(event) - Math.max(eventUs(scheduled), calmUs);
    return lateUs > soonUs
      ? [`the workflow task of event ${scheduled.eventId} waited for ${lateUs} µs`]
      : [];
  });
}

function lateAttempts(
  { calmUs }: Ledger,
  { events }: RunShown,
  attempts: readonly AttemptSeen[],
): string[] {
  const scheduled = new Map(
    events.flatMap((event) => {
      const id = event.activityTaskScheduledEventAttributes?.activityId;
      return id === undefined ? [] : [[id, event] as const];
    }),
  );
  return attempts.flatMap(({ activityId, attempt, timeUs }) => {
    const event = scheduled.get(activityId);
    if (event === undefined) return [];
    const before = attempts.find(
      (each) => each.activityId === activityId && each.attempt === attempt - 1,
    );
    if (attempt > 1 && before === undefined) return [];
    const latestUs = before === undefined ? eventUs(event) : nextUs(event, before);
    const lateUs = timeUs - Math.max(latestUs, calmUs);
    return lateUs > soonUs
      ? [`attempt ${attempt} of ${activityId} came ${Math.round(lateUs)} µs late`]
      : [];
  });
}

/** When the attempt after that one is there to be taken, at the latest. */
function nextUs(event: HistoryEvent, { attempt, timeUs }: AttemptSeen): number {
  const scheduled = event.activityTaskScheduledEventAttributes;
  const policy = scheduled?.retryPolicy ?? null;
  const runsUs = inUs(scheduled?.startToCloseTimeout ?? null);
  const grownUs =
    inUs(policy?.initialInterval ?? null) * (policy?.backoffCoefficient ?? 1) ** (attempt - 1);
  return timeUs + runsUs + Math.min(grownUs, inUs(policy?.maximumInterval ?? null));
}
