// What waited while a workflow task was started gets its ids when the task closes (wire-contract 2.5).
//
// Results of activities come last, after everything else that waited, in the order they came. The started event of an
// activity stands among the others; its result is linked to it once the id is known.

import { EventType } from '@perdure/wire';
import type { Draft } from '../draft.ts';
import type { BufferedEvent } from '../state.ts';

const activityResults: ReadonlySet<number> = new Set([
  EventType.ActivityTaskCompleted,
  EventType.ActivityTaskFailed,
  EventType.ActivityTaskTimedOut,
  EventType.ActivityTaskCanceled,
]);

type Attributes = { scheduledEventId?: number | null; startedEventId?: number | null };

/** The attributes of an activity's result event, whichever it is. */
function resultAttributes(event: BufferedEvent): [keyof BufferedEvent, Attributes] | null {
  const names = [
    'activityTaskCompletedEventAttributes',
    'activityTaskFailedEventAttributes',
    'activityTaskTimedOutEventAttributes',
    'activityTaskCanceledEventAttributes',
  ] as const;
  for (const name of names) {
    const attributes = event[name];
    if (attributes !== null && attributes !== undefined) return [name, attributes as Attributes];
  }
  return null;
}

/** True if a result of this activity waits in the buffer. */
export function hasBufferedResult(draft: Draft, scheduledEventId: number): boolean {
  return draft.buffered.some(
    (event) => resultAttributes(event)?.[1].scheduledEventId === scheduledEventId,
  );
}

/** Appends everything that waited. Returns true if there was anything. */
export function flushBuffered(draft: Draft): boolean {
  const waiting = draft.buffered;
  if (waiting.length === 0) return false;
  draft.buffered = [];
  const startedIds = new Map<number, number>();
  for (const event of waiting) {
    if (activityResults.has(event.eventType ?? 0)) continue;
    const eventId = appendBuffered(draft, event);
    const started = event.activityTaskStartedEventAttributes?.scheduledEventId;
    if (started) startedIds.set(started, eventId);
  }
  for (const event of waiting) {
    if (!activityResults.has(event.eventType ?? 0)) continue;
    const [name, attributes] = resultAttributes(event) ?? [];
    const startedEventId = startedIds.get(attributes?.scheduledEventId ?? 0);
    appendBuffered(
      draft,
      name === undefined || startedEventId === undefined
        ? event
        : { ...event, [name]: { ...attributes, startedEventId } },
    );
  }
  return true;
}

function appendBuffered(draft: Draft, event: BufferedEvent): number {
  const { eventType, eventTime, eventId: _none, ...attributes } = event;
  const time = eventTime as { seconds?: number; nanos?: number } | null | undefined;
  const timeUs = (time?.seconds ?? 0) * 1_000_000 + Math.floor((time?.nanos ?? 0) / 1_000);
  return draft.append(eventType ?? 0, attributes, timeUs);
}
