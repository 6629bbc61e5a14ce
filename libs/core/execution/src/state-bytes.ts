// How large the state of a run is, for the guard against runs that outgrow memory (wire-contract 2.8).
//
// Counted as the official server does: what a transition makes grow without end, that is reports of activities, events that
// wait, memo and attributes. Inputs and headers are left out, since they are in the history, which has limits of its own.

import type { OutboxMessage } from './message/message.ts';
import type { Probe } from './message/probe.ts';
import type { Activity, ExecutionState, RunDelta, Timer } from './state.ts';

/** What one record costs beside its user data. */
const recordBytes = 100;

function activityBytes(activity: Activity): number {
  const { activityId, activityType, heartbeatDetails, lastFailure, taskQueue } = activity;
  const names = activityId.length + activityType.length + taskQueue.length;
  return recordBytes + names + heartbeatDetails.length + lastFailure.length;
}

function timerBytes({ timerId }: Timer): number {
  return recordBytes + timerId.length;
}

function messageBytes({ body, id, workflowId }: OutboxMessage): number {
  return recordBytes + id.length + workflowId.length + body.length;
}

function probeBytes({ messageId, text }: Probe): number {
  return recordBytes + messageId.length + text.length;
}

/** Of the messages to other runs: nothing bounds their number but the size of the state. */
function messagesGrowth(state: ExecutionState, delta: RunDelta): number {
  let bytes = 0;
  for (const id of delta.outboxRemoved) {
    const message = state.outbox.get(id);
    if (message !== undefined) bytes -= messageBytes(message);
  }
  for (const message of delta.outboxSet) {
    const before = state.outbox.get(message.id);
    bytes += messageBytes(message) - (before === undefined ? 0 : messageBytes(before));
  }
  for (const probe of delta.probes) bytes += probeBytes(probe);
  return bytes;
}

/** How much larger a delta makes the state; negative when it gets smaller. */
export function growth(state: ExecutionState, delta: RunDelta): number {
  const { activitiesRemoved, activitiesSet, buffered, timersRemoved, timersSet } = delta;
  let bytes = messagesGrowth(state, delta) - (delta.bufferedReplaced ? state.bufferedBytes : 0);
  for (const event of buffered) bytes += event.length;
  const memo = delta.memo?.value ?? delta.start?.memo ?? state.memo;
  const attributes =
    delta.searchAttributes?.value ?? delta.start?.searchAttributes ?? state.searchAttributes;
  bytes += memo.length - state.memo.length;
  bytes += attributes.length - state.searchAttributes.length;
  for (const id of activitiesRemoved) {
    const activity = state.activities.get(id);
    if (activity !== undefined) bytes -= activityBytes(activity);
  }
  for (const activity of activitiesSet) {
    const before = state.activities.get(activity.scheduledEventId);
    bytes += activityBytes(activity) - (before === undefined ? 0 : activityBytes(before));
  }
  // A timer's id may be used again in the transition that removes it.
  for (const id of timersRemoved) {
    const timer = state.timers.get(id);
    if (timer !== undefined) bytes -= timerBytes(timer);
  }
  for (const timer of timersSet) {
    bytes += timerBytes(timer);
    const before = state.timers.get(timer.timerId);
    if (before !== undefined && !timersRemoved.includes(timer.timerId)) bytes -= timerBytes(before);
  }
  return bytes;
}
