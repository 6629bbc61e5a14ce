// What must hold for any history, whatever it holds.
//
// H1. Ids count up without a gap.
// H2. Each event has a time, and the one attributes message of its type.
// H3. An event that names an earlier one names one of the right type.
// H4. At most one event closes the run, and it is the last.
// H5. Each activity and each timer ends at most once.

import type { HistoryEvent } from '@perdure/wire';
import { attributesField, attributesOf, eventTypeName } from './event-table.ts';

const closing = new Set([
  'WorkflowExecutionCompleted',
  'WorkflowExecutionFailed',
  'WorkflowExecutionTimedOut',
  'WorkflowExecutionCanceled',
  'WorkflowExecutionTerminated',
  'WorkflowExecutionContinuedAsNew',
]);

/** Whether the event ends its run. */
export function closesRun(event: HistoryEvent | undefined): boolean {
  return event !== undefined && closing.has(eventTypeName(event.eventType));
}

/** For an attribute that is an event id: what the named event must be, by the first word of the naming event. */
const named: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  scheduledEventId: { Workflow: 'WorkflowTaskScheduled', Activity: 'ActivityTaskScheduled' },
  startedEventId: {
    Workflow: 'WorkflowTaskStarted',
    Activity: 'ActivityTaskStarted',
    Timer: 'TimerStarted',
  },
  workflowTaskCompletedEventId: {
    Workflow: 'WorkflowTaskCompleted',
    Activity: 'WorkflowTaskCompleted',
    Timer: 'WorkflowTaskCompleted',
  },
  latestCancelRequestedEventId: { Activity: 'ActivityTaskCancelRequested' },
};
const ends = /^(ActivityTask(Completed|Failed|TimedOut|Canceled)|Timer(Fired|Canceled))$/;

/** What does not hold; `firstId` is that of the first event when the list is the end of a history. */
export function historyFaults(events: readonly HistoryEvent[], firstId = 1): string[] {
  const faults: string[] = [];
  const types = events.map((event) => eventTypeName(event.eventType));
  const ended = new Set<string>();
  for (const [index, event] of events.entries()) {
    const type = types[index] ?? '';
    const fault = (text: string): unknown => faults.push(`event ${event.eventId} ${type}: ${text}`);
    if (event.eventId !== firstId + index) fault(`belongs at ${firstId + index}`);
    if (event.eventTime === null) fault('has no time');
    const found = Object.keys(event).filter((key) => key.endsWith('EventAttributes'));
    if (found.join() !== attributesField(type)) fault(`has the attributes ${found.join()}`);
    if (closing.has(type) && index !== events.length - 1) fault('is not the last');
    for (const [id, expected] of namedEvents(event, type)) {
      const place = id - firstId;
      if (place >= 0 && (place >= index || types[place] !== expected)) {
        fault(`names ${id}, which is ${types[place]}, not an earlier ${expected}`);
      }
    }
    if (!ends.test(type)) continue;
    const attributes = attributesOf(event);
    const subject = `${type.slice(0, 5)} ${String(attributes['scheduledEventId'] ?? attributes['startedEventId'])}`;
    if (ended.has(subject)) fault('ends what had ended');
    ended.add(subject);
  }
  return faults;
}

/** The event ids that an event names, with the type each must have. A zero names none. */
function namedEvents(event: HistoryEvent, type: string): [id: number, type: string][] {
  const attributes = attributesOf(event);
  const word = /^[A-Z][a-z]+/.exec(type)?.[0] ?? '';
  return Object.entries(named).flatMap(([field, byWord]) => {
    const id = attributes[field];
    const expected = byWord[word];
    const names = typeof id === 'number' && id !== 0 && expected !== undefined;
    return names ? [[id, expected] as [number, string]] : [];
  });
}
