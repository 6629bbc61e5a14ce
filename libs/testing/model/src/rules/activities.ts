// J6. An attempt of an activity reaches at most one worker; of one that may run once, one attempt does.
// J7. An acknowledged result stands in the history.
// J8. The details of an acknowledged heartbeat, or of a later one, reach the next attempt.

import type { HistoryEvent } from '@perdure/wire';
import type { AttemptSeen, HeartbeatSeen } from '../ledger.ts';
import { eventsOf, type Rule } from '../shown.ts';

const key = (runId: string, activityId: string): string => `${runId} ${activityId}`;

export const activities: Rule = (ledger, shown) => {
  const faults: string[] = [];
  const beats = Map.groupBy(ledger.heartbeats, ({ runId, activityId }) => key(runId, activityId));
  const byActivity = Map.groupBy(ledger.attempts, ({ runId, activityId }) =>
    key(runId, activityId),
  );
  for (const [activity, attempts] of byActivity) {
    for (const [attempt, seen] of Map.groupBy(attempts, (each) => each.attempt)) {
      if (seen.length > 1) {
        const workers = seen.map((each) => each.worker).join(', ');
        faults.push(
          `J6: attempt ${attempt} of ${activity} reached ${seen.length} workers: ${workers}`,
        );
      }
    }
    if (attempts.some((each) => each.once) && attempts.length > 1) {
      faults.push(`J6: ${activity} may run once and was begun ${attempts.length} times`);
    }
    faults.push(...heartbeatFaults(activity, attempts, beats.get(activity) ?? []));
  }
  for (const { runId, activityId } of ledger.results) {
    const completed = completedActivities(eventsOf(shown, runId));
    if (!completed.has(activityId)) {
      faults.push(`J7: the result of ${key(runId, activityId)} was acknowledged and is not there`);
    }
  }
  return faults;
};

function heartbeatFaults(
  activity: string,
  attempts: readonly AttemptSeen[],
  beats: readonly HeartbeatSeen[],
): string[] {
  return attempts.flatMap(({ attempt, heartbeat }) => {
    const kept = beats.filter((each) => each.attempt < attempt).map((each) => each.value);
    const least = Math.max(-1, ...kept);
    return (heartbeat ?? -1) < least
      ? [
          `J8: attempt ${attempt} of ${activity} got heartbeat ${heartbeat}, ${least} was acknowledged`,
        ]
      : [];
  });
}

function completedActivities(events: readonly HistoryEvent[]): Set<string> {
  const ids = new Map<number, string>();
  const completed = new Set<string>();
  for (const event of events) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled !== null) ids.set(event.eventId, scheduled.activityId);
    const done = event.activityTaskCompletedEventAttributes;
    if (done !== null) completed.add(ids.get(done.scheduledEventId) ?? '');
  }
  return completed;
}
