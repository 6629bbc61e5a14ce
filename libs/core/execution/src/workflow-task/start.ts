// Starting a workflow task for a poll (D2): conditional, once per attempt, with the poll's request id.

import { assert, fromUs } from '@perdure/kernel';
import { EventType, type HistoryEventInit } from '@perdure/wire';
import { type Decision, decided, refused, unchanged, workflowTaskNotFound } from '../decision.ts';
import { Draft, type EventAttributes } from '../draft.ts';
import { type ExecutionState, TaskPhase, type WorkflowTask } from '../state.ts';
import { scheduledAttributes, startToCloseUs } from './schedule.ts';

/** From here on a worker is told to continue as new (wire-contract 5). */
export const suggestContinueAsNew = { events: 4096, bytes: 4 * 1024 * 1024 };

export interface StartWorkflowTask {
  readonly scheduledEventId: number;
  readonly attempt: number;
  readonly pollRequestId: string;
  readonly identity: string;
  readonly nowUs: number;
}

function startedAttributes(draft: Draft, task: WorkflowTask): EventAttributes {
  const { nextEventId } = draft.progress;
  const suggested =
    nextEventId > suggestContinueAsNew.events ||
    task.historyBytesAtStart >= suggestContinueAsNew.bytes;
  return {
    workflowTaskStartedEventAttributes: {
      scheduledEventId: task.scheduledEventId,
      identity: task.identity,
      requestId: task.pollRequestId,
      historySizeBytes: task.historyBytesAtStart,
      ...(suggested ? { suggestContinueAsNew: true } : {}),
    },
  };
}

/** Starts the scheduled task inside a draft. Used by a poll and for the task returned inline by a completion. */
export function startScheduledTask(
  draft: Draft,
  poll: { readonly pollRequestId: string; readonly identity: string },
): WorkflowTask {
  const scheduled = draft.progress.workflowTask;
  assert(scheduled?.phase === TaskPhase.Scheduled, 'only a scheduled workflow task can be started');
  let task: WorkflowTask = scheduled;
  if (task.transient && draft.progress.nextEventId !== task.scheduledEventId) {
    // Events came between: the worker has something new to see, so this is a first attempt again.
    draft.progress.workflowTaskAttempt = 1;
    task = {
      ...task,
      attempt: 1,
      transient: false,
      scheduledEventId: draft.progress.nextEventId,
      startToCloseUs: startToCloseUs(draft.start.taskTimeoutUs, 1),
    };
    draft.append(EventType.WorkflowTaskScheduled, scheduledAttributes(draft, task));
  }
  task = {
    ...task,
    phase: TaskPhase.Started,
    startedTimeUs: draft.nowUs,
    pollRequestId: poll.pollRequestId,
    identity: poll.identity,
    historyBytesAtStart: draft.progress.historyBytes,
    startedEventId: task.transient ? task.scheduledEventId + 1 : draft.progress.nextEventId,
  };
  draft.progress.workflowTask = task;
  if (!task.transient) draft.append(EventType.WorkflowTaskStarted, startedAttributes(draft, task));
  return task;
}

/** Writes the scheduled and started events of a transient task that completed: now they are history. */
export function persistTransient(draft: Draft, task: WorkflowTask): void {
  assert(draft.progress.nextEventId === task.scheduledEventId, 'a transient task kept its ids');
  draft.append(
    EventType.WorkflowTaskScheduled,
    scheduledAttributes(draft, task),
    task.scheduledTimeUs,
  );
  draft.append(EventType.WorkflowTaskStarted, startedAttributes(draft, task), task.startedTimeUs);
}

/** The events of a transient task that a worker or reader is shown although they are not in the history. */
export function transientEvents(state: ExecutionState): HistoryEventInit[] {
  const task = state.progress.workflowTask;
  if (task === null || !task.transient || state.progress.nextEventId !== task.scheduledEventId) {
    return [];
  }
  const draft = new Draft(state, task.scheduledTimeUs);
  const events: HistoryEventInit[] = [
    {
      eventId: task.scheduledEventId,
      eventTime: fromUs(task.scheduledTimeUs),
      eventType: EventType.WorkflowTaskScheduled,
      ...scheduledAttributes(draft, task),
    },
  ];
  if (task.phase === TaskPhase.Started) {
    events.push({
      eventId: task.startedEventId,
      eventTime: fromUs(task.startedTimeUs),
      eventType: EventType.WorkflowTaskStarted,
      ...startedAttributes(draft, task),
    });
  }
  return events;
}

/** Starts the run's workflow task for a poll; a repeat of the same poll gets the same task. */
export function startWorkflowTask(
  state: ExecutionState,
  input: StartWorkflowTask,
): Decision<WorkflowTask> {
  const task = state.progress.workflowTask;
  if (state.progress.status !== 1 || task === null) return refused(workflowTaskNotFound);
  if (task.phase === TaskPhase.Started) {
    return task.pollRequestId === input.pollRequestId
      ? unchanged(task)
      : refused(workflowTaskNotFound);
  }
  if (task.scheduledEventId !== input.scheduledEventId || task.attempt !== input.attempt) {
    return refused(workflowTaskNotFound);
  }
  const draft = new Draft(state, input.nowUs);
  const started = startScheduledTask(draft, input);
  return decided(draft.finish(), started);
}
