// Timers: started and cancelled by commands, fired when due.

import { durationUsMax, fromUs, toUs, utf8Length } from '@perdure/kernel';
import { EventType, WorkflowTaskFailedCause } from '@perdure/wire';
import type { Draft } from '../draft.ts';
import type { Timer } from '../state.ts';
import { type BadCommand, type CommandContext, metadataOf } from '../workflow-task/command.ts';
import { scheduleWorkflowTask } from '../workflow-task/schedule.ts';

/** Longest id or name, in bytes (wire-contract 5). */
const idLengthMax = 1000;

export function startTimer({ draft, command, completedEventId }: CommandContext): BadCommand | null {
  const attributes = command.startTimerCommandAttributes;
  const bad = (detail: string): BadCommand => ({
    cause: WorkflowTaskFailedCause.BadStartTimerAttributes,
    detail,
  });
  if (attributes === null) return bad('StartTimerCommandAttributes is not set on StartTimerCommand.');
  const { timerId, startToFireTimeout } = attributes;
  if (timerId === '') return bad('TimerId is not set on StartTimerCommand.');
  if (utf8Length(timerId) > idLengthMax) return bad('TimerId exceeds length limit.');
  const durationUs = toUs(startToFireTimeout);
  if (durationUs < 0) return bad('An invalid StartToFireTimeout is set on StartTimerCommand.');
  if (draft.timer(timerId) !== undefined) {
    return { cause: WorkflowTaskFailedCause.StartTimerDuplicateId, detail: '' };
  }
  const startedEventId = draft.append(EventType.TimerStarted, {
    timerStartedEventAttributes: {
      timerId,
      startToFireTimeout: fromUs(durationUs),
      workflowTaskCompletedEventId: completedEventId,
    },
    ...metadataOf(command),
  });
  // L10: never before the start event's time plus the duration.
  const fireAtUs = draft.nowUs + Math.min(durationUs, durationUsMax);
  draft.setTimer({ timerId, startedEventId, fireAtUs });
  return null;
}

export function cancelTimer(context: CommandContext): BadCommand | null {
  const { draft, command, completedEventId, identity } = context;
  const timerId = command.cancelTimerCommandAttributes?.timerId ?? '';
  const bad = (detail: string): BadCommand => ({
    cause: WorkflowTaskFailedCause.BadCancelTimerAttributes,
    detail,
  });
  if (timerId === '') return bad('TimerId is not set on CancelTimerCommand.');
  if (utf8Length(timerId) > idLengthMax) return bad('TimerId exceeds length limit.');
  const startedEventId = draft.timer(timerId)?.startedEventId ?? takeBufferedFire(draft, timerId);
  if (startedEventId === null) return bad(`TimerId ${timerId} is not active.`);
  draft.removeTimer(timerId);
  draft.append(EventType.TimerCanceled, {
    timerCanceledEventAttributes: {
      timerId,
      startedEventId,
      workflowTaskCompletedEventId: completedEventId,
      identity,
    },
    ...metadataOf(command),
  });
  return null;
}

/** A timer that fired while the task was started can still be cancelled: the worker has not seen it. */
function takeBufferedFire(draft: Draft, timerId: string): number | null {
  const fired = draft.buffered.find(
    (event) => event.timerFiredEventAttributes?.timerId === timerId,
  );
  if (fired === undefined) return null;
  draft.buffered = draft.buffered.filter((event) => event !== fired);
  return fired.timerFiredEventAttributes?.startedEventId ?? 0;
}

export function fireTimer(draft: Draft, timer: Timer): void {
  draft.removeTimer(timer.timerId);
  draft.record(EventType.TimerFired, {
    timerFiredEventAttributes: { timerId: timer.timerId, startedEventId: timer.startedEventId },
  });
  scheduleWorkflowTask(draft);
}
