// J23. A program asks for each activity and each timer once. What stands in a history twice was asked for by a worker that
//      was shown a history with a hole in it, or whose answer came too late and was taken all the same.

import type { HistoryEvent } from '@perdure/wire';
import type { Rule } from '../shown.ts';

export const programs: Rule = (_ledger, shown) =>
  shown.runs.flatMap(({ workflowId, events }) => {
    const asked = events.flatMap((event) => askedFor(event) ?? []);
    const twice = new Set(asked.filter((what, index) => asked.indexOf(what) < index));
    return [...twice].map((what) => `J23: ${workflowId}: ${what} was asked for twice`);
  });

function askedFor(event: HistoryEvent): string | undefined {
  const activity = event.activityTaskScheduledEventAttributes;
  if (activity !== null) return `activity ${activity.activityId}`;
  const timer = event.timerStartedEventAttributes;
  return timer === null ? undefined : `timer ${timer.timerId}`;
}
