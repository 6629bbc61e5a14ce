// J11. What a run is described as follows from its history as long as it was then: its status, its pending activities.

import { closesRun } from '@perdure/testing/golden';
import { type HistoryEvent, WorkflowExecutionStatus } from '@perdure/wire';
import type { DescriptionSeen } from '../ledger.ts';
import { eventsOf, type Rule } from '../shown.ts';

export const descriptions: Rule = (ledger, shown) =>
  [...ledger.descriptions, ...shown.descriptions].flatMap((description) => {
    const { workflowId, runId, historyLength, seenUs } = description;
    const events = eventsOf(shown, runId);
    const then = events.slice(0, historyLength);
    const faults =
      then.length < historyLength
        ? [`${historyLength} events were described, and ${events.length} are there`]
        : [...statusFaults(description, then), ...pendingFaults(description, then)];
    return faults.map((fault) => ({ text: `J11: ${workflowId} ${runId}: ${fault}`, seenUs }));
  });

function statusFaults({ status }: DescriptionSeen, then: readonly HistoryEvent[]): string[] {
  const expected = statusOf(then);
  return status === expected
    ? []
    : [`described with status ${status}, its history says ${expected}`];
}

/** The status of a run whose history that is. */
export function statusOf(events: readonly HistoryEvent[]): number {
  const last = events.at(-1);
  if (last === undefined || !closesRun(last)) return WorkflowExecutionStatus.Running;
  if (last.workflowExecutionCompletedEventAttributes) return WorkflowExecutionStatus.Completed;
  if (last.workflowExecutionFailedEventAttributes) return WorkflowExecutionStatus.Failed;
  if (last.workflowExecutionCanceledEventAttributes) return WorkflowExecutionStatus.Canceled;
  if (last.workflowExecutionTerminatedEventAttributes) return WorkflowExecutionStatus.Terminated;
  if (last.workflowExecutionTimedOutEventAttributes) return WorkflowExecutionStatus.TimedOut;
  return WorkflowExecutionStatus.ContinuedAsNew;
}

function pendingFaults(
  { pendingActivities: described, taskStarted }: DescriptionSeen,
  then: readonly HistoryEvent[],
): string[] {
  const pending = closesRun(then.at(-1)) ? new Set<string>() : pendingActivities(then);
  const strange = described.filter((id) => !pending.has(id));
  // What ended while a worker has a workflow task is kept back until the task ends.
  const missing = taskStarted ? [] : [...pending].filter((id) => !described.includes(id));
  return [
    ...strange.map((id) => `activity ${id} was described as pending and is not`),
    ...missing.map((id) => `activity ${id} is pending and was not described`),
  ];
}

/** Ids of the activities that have not ended by that history. */
export function pendingActivities(events: readonly HistoryEvent[]): Set<string> {
  const pending = new Map<number, string>();
  for (const event of events) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled !== null) pending.set(event.eventId, scheduled.activityId);
    const ended =
      event.activityTaskCompletedEventAttributes?.scheduledEventId ??
      event.activityTaskFailedEventAttributes?.scheduledEventId ??
      event.activityTaskTimedOutEventAttributes?.scheduledEventId ??
      event.activityTaskCanceledEventAttributes?.scheduledEventId;
    if (ended !== undefined) pending.delete(ended);
  }
  return new Set(pending.values());
}
