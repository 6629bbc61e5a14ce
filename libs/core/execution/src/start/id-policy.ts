// What a start means when the workflow id is in use or was used before (wire-contract 3.9, 3.10).

import { type Rejection, reject, usPerMs } from '@perdure/kernel';
import {
  WorkflowExecutionStatus,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
} from '@perdure/wire';
import type { Moment } from '../limits.ts';

/** The current run of the workflow id. */
export interface CurrentRun {
  readonly workflowId: string;
  readonly runId: string;
  readonly createRequestId: string;
  /** First run of its chain; absent: not known. */
  readonly firstRunId?: string;
  readonly status: number;
  readonly startTimeUs: number;
}

export interface IdPolicies extends Moment {
  readonly reuse: number;
  readonly conflict: number;
  readonly requestId: string;
}

export type StartAnswer =
  /** The same request once more: the run it started. */
  | { readonly kind: 'repeat'; readonly runId: string; readonly status: number }
  | { readonly kind: 'useExisting'; readonly runId: string }
  | { readonly kind: 'terminateAndStart'; readonly runId: string }
  | { readonly kind: 'start' }
  | { readonly kind: 'rejected'; readonly rejection: Rejection };

const unclean: ReadonlySet<number> = new Set([
  WorkflowExecutionStatus.Failed,
  WorkflowExecutionStatus.Canceled,
  WorkflowExecutionStatus.Terminated,
  WorkflowExecutionStatus.TimedOut,
]);

function alreadyStarted(current: CurrentRun, message: string, reusePolicy = ''): StartAnswer {
  const named = `${message} WorkflowId: ${current.workflowId}, RunId: ${current.runId}.`;
  const text = reusePolicy === '' ? named : `${named} Workflow Id reuse policy: ${reusePolicy}.`;
  return {
    kind: 'rejected',
    rejection: reject('ALREADY_EXISTS', text, {
      kind: 'workflowExecutionAlreadyStarted',
      startRequestId: current.createRequestId,
      runId: current.runId,
      firstExecutionRunId: current.firstRunId ?? '',
    }),
  };
}

/** A workflow id is not started over and over as fast as a client can. */
function tooSoon(current: CurrentRun, { limits, nowUs }: Moment): StartAnswer | null {
  const passedUs = nowUs - current.startTimeUs;
  if (passedUs >= limits.restartIntervalUs) return null;
  const passedMs = Math.floor(passedUs / usPerMs);
  const text = `Too many restarts for workflow ${current.workflowId}. Time since last start: ${passedMs} ms`;
  const rejection = reject('RESOURCE_EXHAUSTED', text, {
    kind: 'resourceExhausted',
    cause: 'BUSY_WORKFLOW',
  });
  return { kind: 'rejected', rejection };
}

export function answerStart(current: CurrentRun | null, policies: IdPolicies): StartAnswer {
  if (current === null) return { kind: 'start' };
  if (current.createRequestId === policies.requestId) {
    return { kind: 'repeat', runId: current.runId, status: current.status };
  }
  if (current.status === WorkflowExecutionStatus.Running) {
    const terminates =
      policies.conflict === WorkflowIdConflictPolicy.TerminateExisting ||
      policies.reuse === WorkflowIdReusePolicy.TerminateIfRunning;
    if (terminates) {
      return tooSoon(current, policies) ?? { kind: 'terminateAndStart', runId: current.runId };
    }
    if (policies.conflict === WorkflowIdConflictPolicy.UseExisting) {
      return { kind: 'useExisting', runId: current.runId };
    }
    return alreadyStarted(current, 'Workflow execution is already running.');
  }
  if (policies.reuse === WorkflowIdReusePolicy.RejectDuplicate) {
    const policy = 'reject duplicate workflow Id';
    return alreadyStarted(current, 'Workflow execution already finished.', policy);
  }
  if (
    policies.reuse === WorkflowIdReusePolicy.AllowDuplicateFailedOnly &&
    !unclean.has(current.status)
  ) {
    const policy = 'allow duplicate workflow Id if last run failed';
    return alreadyStarted(current, 'Workflow execution already finished successfully.', policy);
  }
  return tooSoon(current, policies) ?? { kind: 'start' };
}
