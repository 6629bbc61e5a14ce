// J24. What a worker is shown with a workflow task is the history up to the start of the task.

import type { HistoryEvent } from '@perdure/wire';
import type { TaskSeen } from '../ledger.ts';
import { eventsOf, type Rule } from '../shown.ts';
import { eventUs } from './event-time.ts';

export const tasks: Rule = (ledger, shown) =>
  ledger.tasks.flatMap((task) => {
    const fault = shownFault(task, eventsOf(shown, task.runId));
    return fault === null ? [] : [`J24: run ${task.runId}: a worker was shown ${fault}`];
  });

/** What is wrong with what a worker was shown of that history; null: nothing. */
function shownFault(
  { attempt, events, startedEventId }: TaskSeen,
  history: readonly HistoryEvent[],
): string | null {
  // A run that is not there is the business of another rule.
  if (history.length === 0 || events.length === 0) return null;
  if (events.length !== startedEventId) {
    return `${events.length} events with a task that was started by event ${startedEventId}`;
  }
  // The events of a task that is tried again are in no history yet.
  const written = attempt > 1 ? events.slice(0, -2) : events;
  const at = written.findIndex((event, index) => {
    const other = history[index];
    const same = other?.eventId === event.eventId && other.eventType === event.eventType;
    return !same || eventUs(other) !== eventUs(event);
  });
  return at < 0 ? null : `another event ${at + 1} than the history has`;
}
