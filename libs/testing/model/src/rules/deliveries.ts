// J25. A task that was started for a worker reaches one, or goes to another worker at once, unless it was lost on its way to
//      a worker: only then is there a time-out of a task that nobody had.

import type { HistoryEvent } from '@perdure/wire';
import type { AttemptSeen, Ledger, TaskSeen } from '../ledger.ts';
import type { Rule, RunShown } from '../shown.ts';
import { eventUs } from './event-time.ts';

/** By so much the clock of a server may be off, and a task may be under way. */
const marginUs = 3e6;

export const deliveries: Rule = (ledger, shown) => {
  const tasksByRun = Map.groupBy(ledger.tasks, ({ runId }) => runId);
  const attemptsByRun = Map.groupBy(ledger.attempts, ({ runId }) => runId);
  return shown.runs.flatMap((run) => [
    ...lostTasks(ledger, run, tasksByRun.get(run.runId) ?? []),
    ...lostAttempts(ledger, run, attemptsByRun.get(run.runId) ?? []),
  ]);
};

function lostTasks(
  ledger: Ledger,
  { workflowId, events }: RunShown,
  tasksHad: readonly TaskSeen[],
): string[] {
  const had = new Set(tasksHad.map((task) => task.startedEventId));
  return events.flatMap((event) => {
    const startedEventId = event.workflowTaskTimedOutEventAttributes?.startedEventId ?? 0;
    const started = events[startedEventId - 1];
    if (startedEventId === 0 || started === undefined || had.has(startedEventId)) return [];
    return mayBeLost(ledger, eventUs(started), eventUs(event))
      ? []
      : [`J25: ${workflowId}: the workflow task of event ${startedEventId} reached nobody`];
  });
}

function lostAttempts(
  ledger: Ledger,
  { workflowId, events }: RunShown,
  attemptsHad: readonly AttemptSeen[],
): string[] {
  return events.flatMap((event) => {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled === null) return [];
    const { activityId } = scheduled;
    const had = attemptsHad
      .filter((seen) => seen.activityId === activityId)
      .map(({ attempt, timeUs }) => ({ attempt, timeUs }));
    const ended = endOf(events, event.eventId);
    const known = [{ attempt: 0, timeUs: eventUs(event) }, ...had, ...(ended ?? [])];
    return known.flatMap(({ attempt, timeUs }, index) => {
      const before = known[index - 1];
      if (before === undefined || attempt <= before.attempt + 1) return [];
      return mayBeLost(ledger, before.timeUs, timeUs)
        ? []
        : [`J25: ${workflowId}: attempt ${before.attempt + 1} of ${activityId} reached nobody`];
    });
  });
}

/** Behind the last attempt that there was: as if one more had come with its time-out. */
function endOf(
  events: readonly HistoryEvent[],
  scheduledEventId: number,
): { attempt: number; timeUs: number }[] | null {
  const end = events.find(
    (event) => event.activityTaskTimedOutEventAttributes?.scheduledEventId === scheduledEventId,
  );
  const startedEventId = end?.activityTaskTimedOutEventAttributes?.startedEventId ?? 0;
  const started = events[startedEventId - 1]?.activityTaskStartedEventAttributes ?? null;
  if (end === undefined || started === null) return null;
  return [{ attempt: started.attempt + 1, timeUs: eventUs(end) }];
}

/** The process ended or stood still about then, or an answer was lost. */
function mayBeLost(
  { absences, lostAnswers, outages }: Ledger,
  fromUs: number,
  toUs: number,
): boolean {
  const [first, last] = [fromUs - marginUs, toUs + marginUs];
  return (
    // Nobody was there who could have taken it instead.
    absences.some(({ beganUs, endedUs }) => beganUs <= last && endedUs >= first) ||
    lostAnswers.some((timeUs) => timeUs >= first && timeUs <= last) ||
    outages.some(
      ({ beganUs, cause, endedUs }) => cause !== 'slow disk' && beganUs <= last && endedUs >= first,
    )
  );
}
