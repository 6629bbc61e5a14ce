// What waited while a workflow task was started gets its ids when the task closes (wire-contract 2.5).
//
// Results of activities come last, after everything else that waited, in the order they came. The started event of an
// activity stands among the others; its result is linked to it once the id is known. Each keeps the time at which it came.

import { toUs } from '@perdure/kernel';
import type { HistoryEvent } from '@perdure/wire';
import type { Draft } from '../draft.ts';

const resultFields = [
  'activityTaskCompletedEventAttributes',
  'activityTaskFailedEventAttributes',
  'activityTaskTimedOutEventAttributes',
  'activityTaskCanceledEventAttributes',
] as const;

/** The field of the event that holds the result of an activity; undefined for any other event. */
function resultField(event: HistoryEvent): (typeof resultFields)[number] | undefined {
  return resultFields.find((field) => event[field] !== null);
}

/** True if a result of this activity waits in the buffer. */
export function hasBufferedResult(draft: Draft, scheduledEventId: number): boolean {
  return draft.buffered().some((event) => {
    const field = resultField(event);
    return field !== undefined && event[field]?.scheduledEventId === scheduledEventId;
  });
}

/** Appends everything that waited. Returns true if there was anything. */
export function flushBuffered(draft: Draft): boolean {
  if (draft.bufferedCount === 0) return false;
  const waiting = draft.buffered();
  draft.dropAllBuffered();
  const startedIds = new Map<number, number>();
  for (const event of waiting) {
    if (resultField(event) !== undefined) continue;
    const eventId = append(draft, event);
    const started = event.activityTaskStartedEventAttributes;
    if (started !== null) startedIds.set(started.scheduledEventId, eventId);
  }
  for (const event of waiting) {
    const field = resultField(event);
    if (field === undefined) continue;
    const startedEventId = startedIds.get(event[field]?.scheduledEventId ?? 0) ?? 0;
    append(draft, { ...event, [field]: { ...event[field], startedEventId } } as HistoryEvent);
  }
  return true;
}

function append(draft: Draft, event: HistoryEvent): number {
  // What is left is what the buffered bytes hold: no id, and only the fields that were set.
  const { eventType, eventTime, ...attributes } = event;
  return draft.append(eventType, attributes, toUs(eventTime));
}
