// When a workflow task is scheduled (wire-contract 3.1, 3.3, 3.4): at most one exists per run.

import { fromUs, usPerMinute, usPerSecond } from '@perdure/kernel';
import { EventType, TaskQueueKind } from '@perdure/wire';
import type { Draft, EventAttributes } from '../draft.ts';
import { initialWorkflowTask, TaskPhase, type WorkflowTask } from '../state.ts';

/** From this attempt on the start-to-close time-out is stretched. */
const stretchedFromAttempt = 4;
const stretchBaseUs = 5 * usPerSecond;
const stretchUsMax = 10 * usPerMinute;

/** Start-to-close time-out of an attempt: back-pressure on tasks that keep failing. */
export function startToCloseUs(taskTimeoutUs: number, attempt: number): number {
  if (attempt < stretchedFromAttempt) return taskTimeoutUs;
  return (
    taskTimeoutUs + Math.min(stretchBaseUs * 2 ** (attempt - stretchedFromAttempt), stretchUsMax)
  );
}

export function scheduledAttributes(draft: Draft, task: WorkflowTask): EventAttributes {
  const normal = draft.start.taskQueue;
  const sticky = task.stickyQueue !== '';
  return {
    workflowTaskScheduledEventAttributes: {
      taskQueue: sticky
        ? { name: task.stickyQueue, kind: TaskQueueKind.Sticky, normalName: normal }
        : { name: normal, kind: TaskQueueKind.Normal },
      startToCloseTimeout: fromUs(task.startToCloseUs),
      attempt: task.attempt,
    },
  };
}

/**
 * Schedules a workflow task unless one exists. A task of attempt 2 and up is transient: its events are written when it
 * completes, so that a run whose task keeps failing does not grow. `heartbeatSinceUs`: start of a heartbeat chain.
 */
export function scheduleWorkflowTask(draft: Draft, heartbeatSinceUs = 0): void {
  const { progress, start } = draft;
  if (progress.workflowTask !== null) return;
  const attempt = progress.workflowTaskAttempt;
  const transient = attempt > 1;
  const task: WorkflowTask = {
    ...initialWorkflowTask,
    phase: TaskPhase.Scheduled,
    scheduledEventId: progress.nextEventId,
    attempt,
    transient,
    scheduledTimeUs: draft.nowUs,
    originalScheduledTimeUs: draft.nowUs,
    startToCloseUs: startToCloseUs(start.taskTimeoutUs, attempt),
    stickyQueue: transient ? '' : progress.stickyQueue,
    scheduleToStartUs:
      transient || progress.stickyQueue === '' ? 0 : progress.stickyScheduleToStartUs,
    heartbeatSinceUs,
  };
  progress.workflowTask = task;
  if (!transient) draft.append(EventType.WorkflowTaskScheduled, scheduledAttributes(draft, task));
  draft.effects.push({ kind: 'offerWorkflowTask' });
}
