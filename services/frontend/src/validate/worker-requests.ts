// Requests of workers: polls and what they report. Task tokens are opaque here, their owner reads them (D4).

import { noBytes, RejectionError, reject } from '@perdure/kernel';
import { failureCodec, QueryResultType, type RpcRequest, TaskQueueKind } from '@perdure/wire';
import type { RequestBounds } from '../request-bounds.ts';
import { decodeOrRefuse } from './decode.ts';
import { capDuration } from './duration.ts';
import { checkTaskQueue } from './task-queue.ts';
import {
  checkEnum,
  checkRequiredText,
  checkRunId,
  checkText,
  notSupported,
  refuse,
} from './text.ts';

type Poll = Pick<
  RpcRequest<'PollWorkflowTaskQueue'>,
  'identity' | 'workerInstanceKey' | 'taskQueue' | 'deploymentOptions' | 'workerVersionCapabilities'
>;
type Versioning = Pick<Poll, 'deploymentOptions'> & {
  readonly stamp: { readonly useVersioning: boolean } | null;
  readonly queue: Poll['taskQueue'];
};

const versioned = 2;

/** Stock SDKs always say which build they are; only a worker that asks to be routed by it is refused. */
function checkVersioning({ deploymentOptions, stamp, queue }: Versioning): void {
  if (stamp?.useVersioning === true) {
    throw new RejectionError(
      reject(
        'PERMISSION_DENIED',
        'Worker versioning in workflow progress APIs is disabled on this namespace.',
      ),
    );
  }
  if (deploymentOptions?.workerVersioningMode === versioned)
    notSupported('deployment_options.worker_versioning_mode VERSIONED');
  const sticky = queue?.kind === TaskQueueKind.Sticky;
  if (sticky && queue.normalName === '' && deploymentOptions !== null) {
    refuse(
      'NormalName must be set on sticky queue when UseVersioning is true or DeploymentOptions are set.',
    );
  }
}

export function checkPoll(request: Poll): void {
  const { taskQueue: queue, deploymentOptions } = request;
  checkText(request.identity, 'Identity');
  checkText(request.workerInstanceKey, 'WorkerInstanceKey');
  checkTaskQueue(queue);
  checkVersioning({ deploymentOptions, stamp: request.workerVersionCapabilities, queue });
}

export function checkActivityPoll(request: RpcRequest<'PollActivityTaskQueue'>): void {
  checkPoll(request);
  const rate = request.taskQueueMetadata?.maxTasksPerSecond?.value ?? 0;
  if (!(rate >= 0)) refuse('MaxTasksPerSecond must not be negative.');
}

export function checkShutdownWorker(request: RpcRequest<'ShutdownWorker'>): void {
  checkText(request.stickyTaskQueue, 'StickyTaskQueue');
  checkText(request.taskQueue, 'TaskQueue');
  checkText(request.identity, 'Identity');
  checkText(request.workerInstanceKey, 'WorkerInstanceKey');
}

export function checkWorkflowTaskCompleted(
  request: RpcRequest<'RespondWorkflowTaskCompleted'>,
): void {
  const { stickyAttributes: sticky, deploymentOptions } = request;
  const queue = sticky?.workerTaskQueue ?? null;
  checkText(request.identity, 'Identity');
  if (sticky !== null && queue !== null) {
    checkTaskQueue(queue);
    const problem = capDuration(sticky.scheduleToStartTimeout);
    if (problem !== undefined) refuse(`invalid ScheduleToStartTimeout: ${problem}`);
  } else {
    request.stickyAttributes = null;
  }
  checkVersioning({ deploymentOptions, stamp: request.workerVersionStamp, queue });
  if (request.intermediatePage || request.pageNumber > 0) notSupported('intermediate_page');
}

/** For reports of which only the token and the reporter concern the frontend. */
export function checkReport(request: { readonly identity: string }): void {
  checkText(request.identity, 'Identity');
}

/** An activity that is named by its id, in a run or in the current run of a workflow id. */
export function checkReportById(request: {
  readonly workflowId: string;
  readonly runId: string;
  readonly activityId: string;
  readonly identity: string;
}): void {
  checkRequiredText(request.workflowId, 'WorkflowId');
  checkRunId(request.runId);
  checkRequiredText(request.activityId, 'ActivityId');
  checkReport(request);
}

export function checkFailedById(request: RpcRequest<'RespondActivityTaskFailedById'>): void {
  checkReportById(request);
  checkFailure(request);
}

export function checkActivityTaskFailed(request: RpcRequest<'RespondActivityTaskFailed'>): void {
  checkReport(request);
  checkFailure(request);
}

function checkFailure(request: { readonly failure: Uint8Array }): void {
  if (request.failure.length === 0) return;
  if (decodeOrRefuse(failureCodec, request.failure).applicationFailureInfo === null)
    refuse('Failure must have ApplicationFailureInfo.');
}

/** An answer that is too long reaches the one who asked as a failure that says so. */
export function checkQueryTaskCompleted(
  request: RpcRequest<'RespondQueryTaskCompleted'>,
  { run }: RequestBounds,
): void {
  checkEnum(request.completedType, QueryResultType.Failed, 'CompletedType');
  if (request.queryResult.length <= run.blobBytesMax) return;
  request.completedType = QueryResultType.Failed;
  request.queryResult = noBytes;
  request.errorMessage = 'Blob data size exceeds limit.';
}
