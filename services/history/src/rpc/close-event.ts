// The closing event as it is shown to a client that asked for it alone (wire-contract 3.12). Of a run that goes on in a next
// one, clients that do not say that they follow chains are shown a ContinuedAsNew in its place: it is what they all follow.

import { runTimeoutFailure } from '@perdure/core-execution';
import {
  decodeEvents,
  EventType,
  encodeEvent,
  type HistoryEvent,
  type HistoryEventInit,
} from '@perdure/wire';

const followsChains = 'follows-next-run-id';

type ContinuedAsNew = NonNullable<
  HistoryEventInit['workflowExecutionContinuedAsNewEventAttributes']
>;

/** `events`: the closing event alone, encoded as a history. */
export function shownCloseEvent(events: Uint8Array, supportedFeatures: string): Uint8Array {
  if (supportedFeatures.includes(followsChains)) return events;
  const [event] = decodeEvents(events);
  const continued = event === undefined ? null : continuation(event);
  if (event === undefined || continued === null) return events;
  const { eventId, eventTime, taskId, version } = event;
  return encodeEvent({
    eventId,
    eventTime,
    taskId,
    version,
    eventType: EventType.WorkflowExecutionContinuedAsNew,
    workflowExecutionContinuedAsNewEventAttributes: continued,
  });
}

/** What is said of the next run; null: there is none, or the event says it itself. */
function continuation(event: HistoryEvent): ContinuedAsNew | null {
  const completed = event.workflowExecutionCompletedEventAttributes;
  const failed = event.workflowExecutionFailedEventAttributes;
  const timedOut = event.workflowExecutionTimedOutEventAttributes;
  const { newExecutionRunId } = completed ?? failed ?? timedOut ?? { newExecutionRunId: '' };
  if (newExecutionRunId === '') return null;
  if (completed !== null) return { newExecutionRunId, lastCompletionResult: completed.result };
  return { newExecutionRunId, failure: failed?.failure ?? runTimeoutFailure() };
}
