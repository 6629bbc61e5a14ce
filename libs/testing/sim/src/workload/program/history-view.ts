// A history as the code of a workflow sees it: what it started, what of that has ended, what came from outside.

import type { HistoryEvent } from '@perdure/wire';

export interface HistoryView {
  /** Ids of activities and timers that the workflow asked for. */
  readonly started: ReadonlySet<string>;
  /** Those that ended, in whatever way. */
  readonly ended: ReadonlySet<string>;
  /** The event in which each of them began. */
  readonly eventIds: ReadonlyMap<string, number>;
  /** Activities that the workflow asked to stop. */
  readonly cancelled: ReadonlySet<string>;
  /** Names of the signals of the chain so far, in order. */
  readonly signals: readonly string[];
  readonly cancelRequested: boolean;
  readonly events: readonly HistoryEvent[];
}

export function viewOf(
  events: readonly HistoryEvent[],
  carried: readonly string[] = [],
): HistoryView {
  const started = new Set<string>();
  const eventIds = new Map<string, number>();
  const cancelled = new Set<string>();
  const ended = new Set<string>();
  const names = new Map<number, string>();
  const signals = [...carried];
  let cancelRequested = false;
  for (const event of events) {
    const id = startedId(event);
    if (id !== undefined) {
      started.add(id);
      names.set(event.eventId, id);
      eventIds.set(id, event.eventId);
    }
    const stopped = event.activityTaskCancelRequestedEventAttributes;
    if (stopped !== null) cancelled.add(names.get(stopped.scheduledEventId) ?? '');
    const cause = endedEventId(event);
    if (cause !== undefined) ended.add(names.get(cause) ?? '');
    const signal = event.workflowExecutionSignaledEventAttributes;
    if (signal !== null) signals.push(signal.signalName);
    if (event.workflowExecutionCancelRequestedEventAttributes !== null) cancelRequested = true;
  }
  return { started, eventIds, cancelled, ended, signals, cancelRequested, events };
}

function startedId(event: HistoryEvent): string | undefined {
  return (
    event.activityTaskScheduledEventAttributes?.activityId ??
    event.timerStartedEventAttributes?.timerId ??
    event.markerRecordedEventAttributes?.markerName
  );
}

/** The event that began what this one ends. */
function endedEventId(event: HistoryEvent): number | undefined {
  return (
    event.activityTaskCompletedEventAttributes?.scheduledEventId ??
    event.activityTaskFailedEventAttributes?.scheduledEventId ??
    event.activityTaskTimedOutEventAttributes?.scheduledEventId ??
    event.activityTaskCanceledEventAttributes?.scheduledEventId ??
    event.timerFiredEventAttributes?.startedEventId ??
    event.timerCanceledEventAttributes?.startedEventId
  );
}
