// From a poll's request to what matching and the owner need of it. Copies what is kept: the request is let go.

import { refuseQueueName } from '@perdure/core-matching';
import { invalidArgument, type Rejection, utf8Length } from '@perdure/kernel';
import type { ActivityPoll, CallContext, Routed, WorkflowPoll } from '@perdure/ports';
import { type RpcRequest, TaskQueueKind } from '@perdure/wire';

const identityBytesMax = 1_000;

type PollRequest = Pick<RpcRequest<'PollWorkflowTaskQueue'>, 'taskQueue' | 'identity'>;

/** Why the poll may not be parked; null when it may. */
export function refusePoll({ taskQueue, identity }: PollRequest): Rejection | null {
  if (utf8Length(identity) > identityBytesMax) {
    return invalidArgument('Identity length exceeds limit.');
  }
  if (taskQueue === null) return invalidArgument('taskQueue is not set');
  const refusal = refuseQueueName(taskQueue.name);
  // Workers of old SDKs do not name the normal queue of their sticky one.
  if (refusal !== null || taskQueue.normalName === '') return refusal;
  return refuseQueueName(taskQueue.normalName);
}

export function workflowPollOf(
  { namespaceId, namespace, request }: Routed<'PollWorkflowTaskQueue'>,
  call: CallContext,
  pollRequestId: string,
): WorkflowPoll {
  const sticky = request.taskQueue?.kind === TaskQueueKind.Sticky;
  return {
    pollRequestId,
    namespaceId,
    namespace,
    queue: request.taskQueue?.name ?? '',
    sticky,
    normalQueue: sticky ? (request.taskQueue?.normalName ?? '') : '',
    identity: request.identity,
    binaryChecksum: request.binaryChecksum,
    clientName: call.clientName,
  };
}

export function activityPollOf(
  { namespaceId, namespace, request }: Routed<'PollActivityTaskQueue'>,
  call: CallContext,
  pollRequestId: string,
): ActivityPoll {
  const limit = request.taskQueueMetadata?.maxTasksPerSecond?.value;
  return {
    pollRequestId,
    namespaceId,
    namespace,
    queue: request.taskQueue?.name ?? '',
    identity: request.identity,
    maxTasksPerSecond: limit === undefined || !Number.isFinite(limit) ? null : Math.max(0, limit),
    clientName: call.clientName,
  };
}
