// How a query is answered: at once, by a task of its own, or with a workflow task that is on its way (wire-contract 3.7).

import { type Rejection, reject } from '@perdure/kernel';
import { QueryRejectCondition, WorkflowExecutionStatus } from '@perdure/wire';
import type { ExecutionState } from '../state.ts';

export type QueryRoute =
  /** The condition of the caller rejects a run of this status. */
  | { readonly kind: 'conditionRejected'; readonly status: number }
  /** A query task of its own: the worker rebuilds the run, or has it. */
  | { readonly kind: 'direct' }
  /** Goes with the workflow task that is pending: its answer sees everything that came before the query. */
  | { readonly kind: 'withTask' }
  | { readonly kind: 'rejected'; readonly rejection: Rejection };

const cleanly: ReadonlySet<number> = new Set([
  WorkflowExecutionStatus.Running,
  WorkflowExecutionStatus.Completed,
  WorkflowExecutionStatus.ContinuedAsNew,
]);

/** Attempt of the workflow task from which queries fail fast. */
const failingAttempt = 3;

const notReady = (message: string): QueryRoute => ({
  kind: 'rejected',
  rejection: reject('FAILED_PRECONDITION', message, { kind: 'workflowNotReady' }),
});

/** `waitUntilUs`: when its caller gives up. */
export function routeQuery(
  state: ExecutionState,
  rejectCondition: number,
  waitUntilUs: number,
): QueryRoute {
  const { progress } = state;
  const open = progress.status === WorkflowExecutionStatus.Running;
  const rejectsRun =
    (rejectCondition === QueryRejectCondition.NotOpen && !open) ||
    (rejectCondition === QueryRejectCondition.NotCompletedCleanly && !cleanly.has(progress.status));
  if (rejectsRun) return { kind: 'conditionRejected', status: progress.status };
  const completedBefore = progress.previousStartedEventId > 0;
  if (!open) {
    return completedBefore
      ? { kind: 'direct' }
      : notReady('Workflow closed before worker picked up the first workflow task.');
  }
  if (progress.firstTaskAtUs > waitUntilUs) return notReady('Workflow task is not scheduled yet.');
  const task = progress.workflowTask;
  if (task !== null && task.attempt >= failingAttempt) {
    return notReady('Unable to query workflow due to Workflow Task in failed state.');
  }
  if (task === null && completedBefore) return { kind: 'direct' };
  return { kind: 'withTask' };
}
