// Timers: started and cancelled by commands, fired when due.

import { fromUs } from '@perdure/kernel';
import { EventType, WorkflowTaskFailedCause } from '@perdure/wire';
import type { Draft } from '../draft.ts';
import type { Timer } from '../state.ts';
import {
  type BadCommand,
  type CommandContext,
  givenUs,
  nameProblem,
  notSet,
  passedOn,
} from '../workflow-task/command.ts';
import { scheduleWorkflowTask } from '../workflow-task/schedule.ts';

export function startTimer(context: CommandContext): BadCommand | null {
  const { draft, command, completedEventId } = context;
  const cause = WorkflowTaskFailedCause.BadStartTimerAttributes;
  const attributes = command.startTimerCommandAttributes;
  if (attributes === null) return notSet(cause, 'StartTimer');
  const { timerId, startToFireTimeout } = attributes;
  const problem = nameProblem(draft.limits, 'TimerId', timerId, 'StartTimer');
  if (problem !== null) return { cause, detail: problem };
  const durationUs = givenUs(startToFireTimeout);
  if (durationUs === null) {
    return { cause, detail: 'An invalid StartToFireTimeout is set on StartTimerCommand.' };
  }
  if (draft.timers.get(timerId) !== undefined) {
    const detail = `TimerId ${timerId} is that of an active timer.`;
    return { cause: WorkflowTaskFailedCause.StartTimerDuplicateId, detail };
  }
  const startedEventId = draft.append(EventType.TimerStarted, {
    timerStartedEventAttributes: {
      timerId,
      startToFireTimeout: fromUs(durationUs),
      workflowTaskCompletedEventId: completedEventId,
    },
    ...passedOn(command),
  });
  // L10: never before the start event's time plus the duration.
  draft.timers.set(timerId, { timerId, startedEventId, fireAtUs: draft.nowUs + durationUs });
  return null;
}

export function cancelTimer(context: CommandContext): BadCommand | null {
  const { draft, command, completedEventId, identity } = context;
  const cause = WorkflowTaskFailedCause.BadCancelTimerAttributes;
  const attributes = command.cancelTimerCommandAttributes;
  if (attributes === null) return notSet(cause, 'CancelTimer');
  const { timerId } = attributes;
  const problem = nameProblem(draft.limits, 'TimerId', timerId, 'CancelTimer');
  if (problem !== null) return { cause, detail: problem };
  const startedEventId =
    draft.timers.get(timerId)?.startedEventId ?? takeUnseenFire(draft, timerId);
  if (startedEventId === null) return { cause, detail: `TimerId ${timerId} is not active.` };
  draft.timers.remove(timerId);
  draft.append(EventType.TimerCanceled, {
    timerCanceledEventAttributes: {
      timerId,
      startedEventId,
      workflowTaskCompletedEventId: completedEventId,
      identity,
    },
    ...passedOn(command),
  });
  return null;
}

/** A timer that fired while the task was started can still be cancelled: the worker has not seen it. */
function takeUnseenFire(draft: Draft, timerId: string): number | null {
  const waiting = draft.buffered();
  const index = waiting.findIndex((event) => event.timerFiredEventAttributes?.timerId === timerId);
  const startedEventId = waiting[index]?.timerFiredEventAttributes?.startedEventId ?? null;
  if (startedEventId !== null) draft.dropUnseen(index);
  return startedEventId;
}

export function fireTimer(draft: Draft, timer: Timer): void {
  draft.timers.remove(timer.timerId);
  draft.record(EventType.TimerFired, {
    timerFiredEventAttributes: { timerId: timer.timerId, startedEventId: timer.startedEventId },
  });
  scheduleWorkflowTask(draft);
}
