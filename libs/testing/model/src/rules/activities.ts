// J6. An attempt of an activity reaches at most one worker; of one that may run once, one attempt does.
// J7. An acknowledged result stands in the history, as that of the attempt which gave it.
// J8. The details of an acknowledged heartbeat, or of a later one, reach the next attempt.

import type { HistoryEvent } from '@perdure/wire';
import type { AttemptSeen, HeartbeatSeen } from '../ledger.ts';
import { eventsOf, type Fault, type Rule } from '../shown.ts';

const key = (runId: string, activityId: string): string => `${runId} ${activityId}`;

export const activities: Rule = (ledger, shown) => {
  const faults: Fault[] = [];
  const beats = Map.groupBy(ledger.heartbeats, ({ runId, activityId }) => key(runId, activityId));
  const byActivity = Map.groupBy(ledger.attempts, ({ runId, activityId }) =>
    key(runId, activityId),
  );
  for (const [activity, attempts] of byActivity) {
    for (const [attempt, seen] of Map.groupBy(attempts, (each) => each.attempt)) {
      if (seen.length > 1) {
        const workers = seen.map((each) => each.worker).join(', ');
        faults.push({
          text: `J6: attempt ${attempt} of ${activity} reached ${seen.length} workers: ${workers}`,
          seenUs: seen.at(-1)?.timeUs ?? 0,
        });
      }
    }
    if (attempts.some((each) => each.once) && attempts.length > 1) {
      const text = `J6: ${activity} may run once and was begun ${attempts.length} times`;
      faults.push({ text, seenUs: attempts.at(-1)?.timeUs ?? 0 });
    }
    faults.push(...heartbeatFaults(activity, attempts, beats.get(activity) ?? []));
  }
  for (const { runId, activityId, attempt, how, verdict, endedUs } of ledger.reports) {
    if (how !== 'completed' || verdict !== 'taken') continue;
    const completed = completedActivities(eventsOf(shown, runId)).get(activityId);
    // By its id an activity is completed whatever its attempt is.
    if (completed === attempt || (attempt === 0 && completed !== undefined)) continue;
    const what = `the result of attempt ${attempt} of ${key(runId, activityId)} was acknowledged`;
    const now = completed === undefined ? 'is not there' : `stands there as of ${completed}`;
    faults.push({ text: `J7: ${what} and ${now}`, seenUs: endedUs });
  }
  return faults;
};

function heartbeatFaults(
  activity: string,
  attempts: readonly AttemptSeen[],
  beats: readonly HeartbeatSeen[],
): Fault[] {
  return attempts.flatMap(({ attempt, heartbeat, timeUs: seenUs }) => {
    // One that is told to stop may have been refused for its details.
    const kept = beats
      .filter((each) => each.attempt < attempt && !each.cancelRequested)
      .map((each) => each.value);
    const least = Math.max(-1, ...kept);
    const text = `J8: attempt ${attempt} of ${activity} got heartbeat ${heartbeat}, ${least} was acknowledged`;
    return (heartbeat ?? -1) < least ? [{ text, seenUs }] : [];
  });
}

/** The attempt that completed each activity, by activity id. */
function completedActivities(events: readonly HistoryEvent[]): Map<string, number> {
  const ids = new Map<number, string>();
  const attempts = new Map<number, number>();
  const completed = new Map<string, number>();
  for (const event of events) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled !== null) ids.set(event.eventId, scheduled.activityId);
    const started = event.activityTaskStartedEventAttributes;
    if (started !== null) attempts.set(event.eventId, started.attempt);
    const done = event.activityTaskCompletedEventAttributes;
    if (done === null) continue;
    completed.set(ids.get(done.scheduledEventId) ?? '', attempts.get(done.startedEventId) ?? 0);
  }
  return completed;
}
