// RespondWorkflowTaskFailed: the worker could not do its task (wire-contract 1.3, 3.4). ResetStickyTaskQueue: it will not.

import { noBytes } from '@perdure/kernel';
import { serverFailure, WorkflowTaskFailedCause } from '@perdure/wire';
import { cutFailure, cutFailureBytesMax } from '../activity/kept-failure.ts';
import { terminateRun } from '../close/by-server.ts';
import { type Decision, decided, refused, unchanged, workflowTaskNotFound } from '../decision.ts';
import { Draft } from '../draft.ts';
import type { Moment } from '../limits.ts';
import { type ExecutionState, isRunning, TaskPhase } from '../state.ts';
import { startedTask, type TaskName } from './complete.ts';
import { clearSticky, failAndRetry, serverIdentity, type TaskFailure } from './fail.ts';

export interface FailedTaskReport extends TaskFailure, Moment {
  readonly task: TaskName;
}

export function failWorkflowTask(state: ExecutionState, input: FailedTaskReport): Decision<null> {
  if (startedTask(state, input.task) === null) return refused(workflowTaskNotFound);
  const draft = new Draft(state, input);
  if (input.cause === WorkflowTaskFailedCause.GrpcMessageTooLarge) {
    // The history cannot reach a worker any more: no retry would change that.
    const reason = 'GrpcMessageTooLarge';
    terminateRun(draft, { reason, details: noBytes, identity: serverIdentity });
  } else failAndRetry(draft, { ...input, failure: boundedFailure(input) });
  return decided(draft, null);
}

/** A failure over the limit is cut to what it says first. */
function boundedFailure({ failure = noBytes, limits }: FailedTaskReport): Uint8Array {
  if (failure.length <= limits.blobBytesMax) return failure;
  const cause = cutFailure(failure, cutFailureBytesMax);
  return serverFailure('Failure exceeds size limit.', true, cause);
}

/** The run is not bound to a worker any more; a task that waits for that worker goes to the normal queue. */
export function resetSticky(
  state: ExecutionState,
  at: Moment,
): Decision<{ readonly taskWaits: boolean }> {
  const { workflowTask: task, stickyQueue } = state.progress;
  const taskWaits = task?.phase === TaskPhase.Scheduled && task.stickyQueue !== '';
  if (!isRunning(state) || (stickyQueue === '' && !taskWaits)) {
    return unchanged({ taskWaits: false });
  }
  const draft = new Draft(state, at);
  clearSticky(draft);
  if (taskWaits) {
    draft.setWorkflowTask({ ...task, stickyQueue: '', scheduleToStartUs: 0 });
    draft.effects.push({ kind: 'offerWorkflowTask' });
  }
  return decided(draft, { taskWaits });
}
