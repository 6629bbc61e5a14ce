// A workflow task that did not complete: failed by its worker or by the server, or timed out (wire-contract 3.3, 3.4).

import { assert } from '@perdure/kernel';
import { EventType, TimeoutType } from '@perdure/wire';
import type { Draft } from '../draft.ts';
import { TaskPhase, type WorkflowTask } from '../state.ts';
import { flushBuffered } from './flush.ts';
import { scheduleWorkflowTask } from './schedule.ts';

/** Who fails a task when it is not its worker. */
export const serverIdentity = 'history-service';

export interface TaskFailure {
  readonly cause: number;
  /** Encoded Failure; empty when there is none. */
  readonly failure?: Uint8Array;
  readonly identity: string;
  readonly binaryChecksum?: string;
}

/** Fails the started task and lets the events that waited come in. Nothing is scheduled yet. */
export function failStartedTask(draft: Draft, failure: TaskFailure): void {
  const task = startedTaskOf(draft);
  draft.note({ kind: 'workflowTaskFailed', cause: failure.cause });
  if (!task.transient) {
    const { cause, identity, failure: why, binaryChecksum } = failure;
    draft.append(EventType.WorkflowTaskFailed, {
      workflowTaskFailedEventAttributes: {
        scheduledEventId: task.scheduledEventId,
        startedEventId: task.startedEventId,
        cause,
        identity,
        binaryChecksum,
        ...(why !== undefined && why.length > 0 ? { failure: why } : {}),
      },
    });
  }
  endFailedTask(draft);
}

/** Fails the started task and schedules the next. */
export function failAndRetry(draft: Draft, failure: TaskFailure): void {
  failStartedTask(draft, failure);
  scheduleWorkflowTask(draft);
}

/** The started task was not completed in time. */
export function timeOutStartedTask(draft: Draft): void {
  const task = startedTaskOf(draft);
  draft.note({ kind: 'workflowTaskTimedOut', timeoutType: TimeoutType.StartToClose });
  if (!task.transient) {
    draft.append(EventType.WorkflowTaskTimedOut, {
      workflowTaskTimedOutEventAttributes: {
        scheduledEventId: task.scheduledEventId,
        startedEventId: task.startedEventId,
        timeoutType: TimeoutType.StartToClose,
      },
    });
  }
  endFailedTask(draft);
  scheduleWorkflowTask(draft);
}

/** The bound worker did not take the task in time: it goes to the normal queue, as the same attempt. */
export function timeOutStickyTask(draft: Draft): void {
  const task = draft.progress.workflowTask;
  assert(task?.phase === TaskPhase.Scheduled, 'only a scheduled workflow task waits for a worker');
  draft.append(EventType.WorkflowTaskTimedOut, {
    workflowTaskTimedOutEventAttributes: {
      scheduledEventId: task.scheduledEventId,
      timeoutType: TimeoutType.ScheduleToStart,
    },
  });
  draft.note({ kind: 'workflowTaskTimedOut', timeoutType: TimeoutType.ScheduleToStart });
  draft.setWorkflowTask(null);
  clearSticky(draft);
  scheduleWorkflowTask(draft);
}

export function clearSticky(draft: Draft): void {
  draft.progress.stickyQueue = '';
  draft.progress.stickyScheduleToStartUs = 0;
}

function startedTaskOf(draft: Draft): WorkflowTask {
  const task = draft.progress.workflowTask;
  assert(task?.phase === TaskPhase.Started, 'only a started workflow task can fail or time out');
  return task;
}

/**
 * A run bound to a worker loses its binding and keeps attempt 1, so that the retry is a normal task with the whole history;
 * without a binding the attempt goes up and the next tasks leave no events.
 */
function endFailedTask(draft: Draft): void {
  const { progress } = draft;
  draft.setWorkflowTask(null);
  progress.closeAttempted = false;
  if (progress.stickyQueue === '') progress.workflowTaskAttempt += 1;
  else clearSticky(draft);
  if (flushBuffered(draft)) progress.workflowTaskAttempt = 1;
}
