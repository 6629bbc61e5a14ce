// Starting a workflow task for a poll (D2): conditional, once per attempt, with the poll's request id.

import { type Decision, decided, refused, unchanged, workflowTaskNotFound } from '../decision.ts';
import { Draft } from '../draft.ts';
import type { Moment } from '../limits.ts';
import { type ExecutionState, isRunning, TaskPhase, type WorkflowTask } from '../state.ts';
import { startScheduledTask, type TaskPoll } from './started.ts';

export interface StartWorkflowTask extends TaskPoll, Moment {
  readonly scheduledEventId: number;
  readonly attempt: number;
}

/** Starts the run's workflow task for a poll; a repeat of the same poll gets the same task. */
export function startWorkflowTask(
  state: ExecutionState,
  input: StartWorkflowTask,
): Decision<WorkflowTask> {
  const task = state.progress.workflowTask;
  if (!isRunning(state) || task === null) return refused(workflowTaskNotFound);
  if (task.phase === TaskPhase.Started) {
    const repeated = task.pollRequestId === input.pollRequestId;
    return repeated ? unchanged(task) : refused(workflowTaskNotFound);
  }
  // A sticky poll has a part of the history only, which is no use once the run is not bound any more.
  const unbound = input.sticky === true && task.stickyQueue === '';
  const stale = task.scheduledEventId !== input.scheduledEventId || task.attempt !== input.attempt;
  if (stale || unbound) return refused(workflowTaskNotFound);
  const draft = new Draft(state, input);
  return decided(draft, startScheduledTask(draft, input));
}
