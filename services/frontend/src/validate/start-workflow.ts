// StartWorkflowExecution: judged, and filled in as the history shows it.

import type { CustomAttributes, RunLimits } from '@perdure/core-execution';
import {
  WorkflowIdConflictPolicy as Conflict,
  WorkflowIdReusePolicy as Reuse,
  type RpcRequest,
} from '@perdure/wire';
import {
  checkLinks,
  checkMemo,
  checkPayloads,
  checkPriority,
  checkSearchAttributes,
} from './attachments.ts';
import { capDuration } from './duration.ts';
import { checkRetryPolicy } from './retry-policy.ts';
import { checkTaskQueue } from './task-queue.ts';
import { checkEnum, checkRequiredText, checkText, notSupported, refuse } from './text.ts';

type Start = RpcRequest<'StartWorkflowExecution'>;
type SignalWithStart = RpcRequest<'SignalWithStartWorkflowExecution'>;
/** What both requests that start a run say of it. */
type Request = Pick<Start, keyof Start & keyof SignalWithStart>;

/** What a start is judged by, beside itself. */
export interface StartChecks {
  readonly newId: () => string;
  readonly limits: RunLimits;
  /** Custom search attributes of the namespace. */
  readonly attributes: CustomAttributes;
}

export function checkStart(request: Start, checks: StartChecks): void {
  checkRun(request, checks, Conflict.Fail);
  checkConflictOptions(request);
}

export function checkSignalWithStart(request: SignalWithStart, checks: StartChecks): void {
  checkRequiredText(request.signalName, 'SignalName');
  if (request.workflowIdConflictPolicy === Conflict.Fail) {
    refuse(
      'Invalid WorkflowIDConflictPolicy: WORKFLOW_ID_CONFLICT_POLICY_FAIL is not supported for this operation.',
    );
  }
  checkRun(request, checks, Conflict.UseExisting);
  checkPayloads(request.signalInput, checks.limits);
}

/** `conflict`: the conflict policy of a request that names none. */
function checkRun(
  request: Request,
  { attributes, limits, newId }: StartChecks,
  conflict: number,
): void {
  checkRequiredText(request.workflowId, 'WorkflowId');
  checkRequiredText(request.workflowType?.name, 'WorkflowType');
  checkTaskQueue(request.taskQueue);
  checkText(request.identity, 'Identity');
  if (request.requestId === '') request.requestId = newId();
  checkText(request.requestId, 'RequestId');
  checkIdPolicies(request, conflict);
  checkTimes(request);
  checkRetryPolicy(request.retryPolicy);
  checkPriority(request.priority);
  checkLinks(request.links, limits);
  checkSearchAttributes(request.searchAttributes, attributes, limits);
  checkPayloads(request.input, limits);
  checkMemo(request.memo, limits);
  checkLaterFields(request);
}

function checkIdPolicies(request: Request, conflictDefault: number): void {
  const { workflowIdReusePolicy: reuse, workflowIdConflictPolicy: conflict } = request;
  checkEnum(reuse, Reuse.TerminateIfRunning, 'WorkflowIdReusePolicy');
  checkEnum(conflict, Conflict.TerminateExisting, 'WorkflowIdConflictPolicy');
  if (conflict === 0 && reuse === Reuse.TerminateIfRunning) {
    // The deprecated reuse policy is what is now a conflict policy.
    request.workflowIdReusePolicy = Reuse.AllowDuplicate;
    request.workflowIdConflictPolicy = Conflict.TerminateExisting;
    return;
  }
  if (reuse === Reuse.TerminateIfRunning) {
    refuse(
      'Invalid WorkflowIDReusePolicy: WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING cannot be used together with a WorkflowIDConflictPolicy',
    );
  }
  if (conflict === Conflict.TerminateExisting && reuse === Reuse.RejectDuplicate) {
    refuse(
      'Invalid WorkflowIDReusePolicy: WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE cannot be used together with WorkflowIdConflictPolicy WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING',
    );
  }
  if (reuse === 0) request.workflowIdReusePolicy = Reuse.AllowDuplicate;
  if (conflict === 0) request.workflowIdConflictPolicy = conflictDefault;
}

function checkTimes(request: Request): void {
  const timeouts = [
    ['WorkflowExecutionTimeoutSeconds', request.workflowExecutionTimeout],
    ['WorkflowRunTimeoutSeconds', request.workflowRunTimeout],
    ['WorkflowTaskTimeoutSeconds', request.workflowTaskTimeout],
    ['WorkflowStartDelaySeconds', request.workflowStartDelay],
  ] as const;
  for (const [name, duration] of timeouts) {
    const problem = capDuration(duration);
    if (problem !== undefined) refuse(`An invalid ${name} is set on request. cause: ${problem}`);
  }
  if (request.cronSchedule !== '' && request.workflowStartDelay !== null)
    refuse('CronSchedule and WorkflowStartDelay may not be used together.');
}

/** Fields that change what a start means and that the engine does not know yet. */
function checkLaterFields(request: Request): void {
  if (request.timeSkippingConfig !== null) notSupported('time_skipping_config');
  if (request.cronSchedule !== '') notSupported('cron_schedule');
  if (request.versioningOverride !== null) notSupported('versioning_override');
}

/** What becomes of the run that a start finds, beyond its policy. */
function checkConflictOptions({ completionCallbacks, onConflictOptions: onConflict }: Start): void {
  if (completionCallbacks.length > 0) notSupported('completion_callbacks');
  if (onConflict?.attachCompletionCallbacks === true && !onConflict.attachRequestId)
    refuse('attaching request ID is required for attaching completion callbacks');
  if (onConflict !== null && Object.values(onConflict).includes(true))
    notSupported('on_conflict_options');
}
