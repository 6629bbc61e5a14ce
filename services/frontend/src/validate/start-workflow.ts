// StartWorkflowExecution: judged, and filled in as the history shows it.

import type { RunLimits } from '@perdure/core-execution';
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

type Request = RpcRequest<'StartWorkflowExecution'>;

export function checkStart(request: Request, newId: () => string, limits: RunLimits): void {
  checkRequiredText(request.workflowId, 'WorkflowId');
  checkRequiredText(request.workflowType?.name, 'WorkflowType');
  checkTaskQueue(request.taskQueue);
  checkText(request.identity, 'Identity');
  if (request.requestId === '') request.requestId = newId();
  checkText(request.requestId, 'RequestId');
  checkIdPolicies(request);
  checkTimes(request);
  checkRetryPolicy(request.retryPolicy);
  checkPriority(request.priority);
  checkLinks(request.links, limits);
  checkSearchAttributes(request.searchAttributes, limits);
  checkPayloads(request.input, limits);
  checkMemo(request.memo, limits);
  checkLaterFields(request);
}

function checkIdPolicies(request: Request): void {
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
  if (conflict === 0) request.workflowIdConflictPolicy = Conflict.Fail;
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
  const { workflowStartDelay: delay, onConflictOptions: onConflict } = request;
  if (request.timeSkippingConfig !== null) notSupported('time_skipping_config');
  if (request.cronSchedule !== '') notSupported('cron_schedule');
  if (delay !== null && (delay.seconds > 0 || delay.nanos > 0))
    notSupported('workflow_start_delay');
  if (request.completionCallbacks.length > 0) notSupported('completion_callbacks');
  if (request.versioningOverride !== null) notSupported('versioning_override');
  if (onConflict?.attachCompletionCallbacks === true && !onConflict.attachRequestId)
    refuse('attaching request ID is required for attaching completion callbacks');
  if (onConflict !== null && Object.values(onConflict).includes(true))
    notSupported('on_conflict_options');
}
