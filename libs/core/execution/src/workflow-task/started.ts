// A started workflow task and its events: written when it starts, or, of a transient one, when it completes.

import { assert, fromUs } from '@perdure/kernel';
import { EventType, type HistoryEventInit, SuggestContinueAsNewReason } from '@perdure/wire';
import type { Draft, EventAttributes } from '../draft.ts';
import { type ExecutionState, TaskPhase, type WorkflowTask } from '../state.ts';
import { clearSticky } from './fail.ts';
import { scheduledAttributes, startToCloseUs } from './schedule.ts';

export interface TaskPoll {
  readonly pollRequestId: string;
  readonly identity: string;
  /** The poll was on a sticky queue; absent: not known. */
  readonly sticky?: boolean;
}

/** Starts the scheduled task inside a draft: for a poll, or for the worker that completed the one before. */
export function startScheduledTask(draft: Draft, poll: TaskPoll): WorkflowTask {
  let task = draft.progress.workflowTask;
  assert(task?.phase === TaskPhase.Scheduled, 'only a scheduled workflow task can be started');
  // Taken from the normal queue by somebody else: the bound worker is gone.
  if (poll.sticky === false) clearSticky(draft);
  if (task.transient && draft.progress.nextEventId !== task.scheduledEventId) {
    task = writeScheduled(draft, task);
  }
  const opened: WorkflowTask = {
    ...task,
    phase: TaskPhase.Started,
    startedTimeUs: draft.nowUs,
    pollRequestId: poll.pollRequestId,
    identity: poll.identity,
    historyBytesAtStart: draft.progress.historyBytes,
    startedEventId: task.transient ? task.scheduledEventId + 1 : draft.progress.nextEventId,
  };
  const started = { ...opened, suggestReasons: suggestReasons(draft, opened) };
  draft.setWorkflowTask(started);
  if (!task.transient) draft.append(EventType.WorkflowTaskStarted, startedAttributes(started));
  return started;
}

/** Events came after a transient task was scheduled: it shows the worker something new, so it is a first attempt again. */
function writeScheduled(draft: Draft, transient: WorkflowTask): WorkflowTask {
  const task: WorkflowTask = {
    ...transient,
    attempt: 1,
    transient: false,
    scheduledEventId: draft.progress.nextEventId,
    startToCloseUs: startToCloseUs(draft.start.taskTimeoutUs, 1),
  };
  draft.progress.workflowTaskAttempt = 1;
  draft.append(EventType.WorkflowTaskScheduled, scheduledAttributes(draft.start.taskQueue, task));
  return task;
}

/** Why the run should continue as new by the limits that hold now. */
function suggestReasons({ limits }: Draft, task: WorkflowTask): readonly number[] {
  const reasons: number[] = [];
  if (task.historyBytesAtStart >= limits.historyBytesSuggest) {
    reasons.push(SuggestContinueAsNewReason.HistorySizeTooLarge);
  }
  if (task.startedEventId >= limits.historyEventsSuggest) {
    reasons.push(SuggestContinueAsNewReason.TooManyHistoryEvents);
  }
  return reasons;
}

/** What a worker is told must be what the history says when the task completes: all of it stands in the task. */
function startedAttributes(task: WorkflowTask): EventAttributes {
  const { suggestReasons: reasons } = task;
  const suggested = { suggestContinueAsNew: true, suggestContinueAsNewReasons: reasons };
  return {
    workflowTaskStartedEventAttributes: {
      scheduledEventId: task.scheduledEventId,
      identity: task.identity,
      requestId: task.pollRequestId,
      historySizeBytes: task.historyBytesAtStart,
      ...(reasons.length > 0 ? suggested : {}),
    },
  };
}

/** Writes the scheduled and started events of a transient task that completed: now they are history. */
export function persistTransient(draft: Draft, task: WorkflowTask): void {
  assert(draft.progress.nextEventId === task.scheduledEventId, 'a transient task keeps its ids');
  const scheduled = scheduledAttributes(draft.start.taskQueue, task);
  draft.append(EventType.WorkflowTaskScheduled, scheduled, task.scheduledTimeUs);
  draft.append(EventType.WorkflowTaskStarted, startedAttributes(task), task.startedTimeUs);
}

/** The events of a transient task that a worker or reader is shown although they are not in the history. */
export function transientEvents(state: ExecutionState): HistoryEventInit[] {
  const task = state.progress.workflowTask;
  if (task === null || !task.transient || state.progress.nextEventId !== task.scheduledEventId) {
    return [];
  }
  const scheduled = {
    eventId: task.scheduledEventId,
    eventTime: fromUs(task.scheduledTimeUs),
    eventType: EventType.WorkflowTaskScheduled,
    ...scheduledAttributes(state.start.taskQueue, task),
  };
  if (task.phase === TaskPhase.Scheduled) return [scheduled];
  const started = {
    eventId: task.startedEventId,
    eventTime: fromUs(task.startedTimeUs),
    eventType: EventType.WorkflowTaskStarted,
    ...startedAttributes(task),
  };
  return [scheduled, started];
}
