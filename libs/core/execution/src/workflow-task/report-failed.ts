// RespondWorkflowTaskFailed: the worker could not do its task (wire-contract 1.3, 3.4).

import { WorkflowTaskFailedCause } from '@perdure/wire';
import { noBytes } from '@perdure/kernel';
import { type Decision, decided, refused, workflowTaskNotFound } from '../decision.ts';
import { Draft } from '../draft.ts';
import type { ExecutionState } from '../state.ts';
import { terminateDraft } from '../terminate/terminate.ts';
import { startedTask, type TaskName } from './complete.ts';
import { failAndRetry, type TaskFailure } from './fail.ts';

export interface FailedTaskReport extends TaskFailure {
  readonly task: TaskName;
  readonly nowUs: number;
}

export function failWorkflowTask(state: ExecutionState, input: FailedTaskReport): Decision<null> {
  if (startedTask(state, input.task) === null) return refused(workflowTaskNotFound);
  const draft = new Draft(state, input.nowUs);
  if (input.cause === WorkflowTaskFailedCause.GrpcMessageTooLarge) {
    // The history cannot reach a worker any more: no retry would change that.
    terminateDraft(draft, {
      reason: 'GrpcMessageTooLarge',
      details: noBytes,
      identity: 'history-service',
    });
    return decided(draft.finish(), null);
  }
  failAndRetry(draft, input);
  return decided(draft.finish(), null);
}

/** The run is not bound to a worker any more; a task that waits for that worker goes to the normal queue. */
export function resetSticky(
  state: ExecutionState,
  nowUs: number,
): Decision<{ readonly taskWaits: boolean }> {
  const { progress } = state;
  if (progress.status !== 1 || (progress.stickyQueue === '' && !progress.workflowTask?.stickyQueue)) {
    return { ok: true, transition: null, value: { taskWaits: false } };
  }
  const draft = new Draft(state, nowUs);
  draft.progress.stickyQueue = '';
  draft.progress.stickyScheduleToStartUs = 0;
  const task = draft.progress.workflowTask;
  const waits = task !== null && task.startedTimeUs === 0 && task.stickyQueue !== '';
  if (waits) {
    draft.progress.workflowTask = { ...task, stickyQueue: '', scheduleToStartUs: 0 };
    draft.effects.push({ kind: 'offerWorkflowTask' });
  }
  return decided(draft.finish(), { taskWaits: waits });
}
