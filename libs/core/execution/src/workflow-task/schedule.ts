// When a workflow task is scheduled (wire-contract 3.1, 3.3, 3.4): at most one exists per run.

import { fromUs, usPerMinute, usPerSecond } from '@perdure/kernel';
import { EventType, TaskQueueKind } from '@perdure/wire';
import type { Draft, EventAttributes } from '../draft.ts';
import { initialWorkflowTask } from '../initial-state.ts';
import { TaskPhase, type WorkflowTask } from '../state.ts';

/** From this attempt on the start-to-close time-out is stretched. */
const stretchedFromAttempt = 4;
const stretchBaseUs = 5 * usPerSecond;
const stretchUsMax = 10 * usPerMinute;

/** Start-to-close time-out of an attempt: back-pressure on tasks that keep failing. */
export function startToCloseUs(taskTimeoutUs: number, attempt: number): number {
  if (attempt < stretchedFromAttempt) return taskTimeoutUs;
  const stretchUs = stretchBaseUs * 2 ** (attempt - stretchedFromAttempt);
  return taskTimeoutUs + Math.min(stretchUs, stretchUsMax);
}

export function scheduledAttributes(normalQueue: string, task: WorkflowTask): EventAttributes {
  const { stickyQueue } = task;
  return {
    workflowTaskScheduledEventAttributes: {
      taskQueue:
        stickyQueue === ''
          ? { name: normalQueue, kind: TaskQueueKind.Normal }
          : { name: stickyQueue, kind: TaskQueueKind.Sticky, normalName: normalQueue },
      startToCloseTimeout: fromUs(task.startToCloseUs),
      attempt: task.attempt,
    },
  };
}

/**
 * Schedules a workflow task unless one exists or the first one has its time (start/first-task.ts). A task of attempt 2 and up is transient: its events are written when it
 * completes, so that a run whose task keeps failing does not grow. It is never sticky: each failure ends a binding.
 */
export function scheduleWorkflowTask(draft: Draft, originalScheduledTimeUs = draft.nowUs): void {
  const { progress, start } = draft;
  if (progress.workflowTask !== null || progress.firstTaskAtUs > 0) return;
  const attempt = progress.workflowTaskAttempt;
  const sticky = progress.stickyQueue !== '';
  const task: WorkflowTask = {
    ...initialWorkflowTask,
    phase: TaskPhase.Scheduled,
    scheduledEventId: progress.nextEventId,
    attempt,
    transient: attempt > 1,
    scheduledTimeUs: draft.nowUs,
    originalScheduledTimeUs,
    startToCloseUs: startToCloseUs(start.taskTimeoutUs, attempt),
    stickyQueue: progress.stickyQueue,
    scheduleToStartUs: sticky ? progress.stickyScheduleToStartUs : 0,
  };
  draft.setWorkflowTask(task);
  if (!task.transient) {
    draft.append(EventType.WorkflowTaskScheduled, scheduledAttributes(start.taskQueue, task));
  }
  draft.effects.push({ kind: 'offerWorkflowTask' });
}
