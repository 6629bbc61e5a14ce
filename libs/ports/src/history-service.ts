// The history service as other services see it: a direct call in one process, one multiplexed stream between nodes.
//
// Requests carry the decoded public message and the namespace's id. "No" is a RejectionError. What resolves is durable
// (W3) or rests on a durable position (W4). Long calls end when `call` is cancelled or near its deadline.

import type { ParsedQuery } from '@perdure/core-list-filter';
import type { RpcName, RpcRequest, RpcResponseInit } from '@perdure/wire';
import type { CallContext } from './call.ts';
import type { TaskOwner } from './matching-service.ts';

/** A public request with the namespace it belongs to (resolved by the frontend, never taken from the request again). */
export interface Routed<R extends RpcName> {
  readonly namespaceId: string;
  /** The namespace's name, for answers that must show it. */
  readonly namespace: string;
  readonly request: RpcRequest<R>;
}

/** What an RPC's handler is given. */
export type OwnerRequest<R extends OwnerRpc> = R extends
  | 'ListWorkflowExecutions'
  | 'CountWorkflowExecutions'
  ? Routed<R> & ParsedQuery
  : Routed<R>;

/** RPCs that the owner of the workflow id's shard answers. */
export type OwnerRpc =
  | 'StartWorkflowExecution'
  | 'SignalWorkflowExecution'
  | 'SignalWithStartWorkflowExecution'
  | 'RequestCancelWorkflowExecution'
  | 'TerminateWorkflowExecution'
  | 'DeleteWorkflowExecution'
  | 'DescribeWorkflowExecution'
  | 'GetWorkflowExecutionHistory'
  | 'GetWorkflowExecutionHistoryReverse'
  | 'QueryWorkflow'
  | 'ResetStickyTaskQueue'
  | 'RespondWorkflowTaskCompleted'
  | 'RespondWorkflowTaskFailed'
  | 'RespondActivityTaskCompleted'
  | 'RespondActivityTaskFailed'
  | 'RespondActivityTaskCanceled'
  | 'RecordActivityTaskHeartbeat'
  | 'RespondActivityTaskCompletedById'
  | 'RespondActivityTaskFailedById'
  | 'RespondActivityTaskCanceledById'
  | 'RecordActivityTaskHeartbeatById'
  | 'RespondQueryTaskCompleted'
  | 'ListWorkflowExecutions'
  | 'CountWorkflowExecutions';

/** The owner's face to the frontend, and (TaskOwner) to matching and the gateway. */
export interface HistoryService extends TaskOwner {
  /** Answers a public RPC. Methods that name a task token decode and verify it (D4). */
  readonly rpc: {
    readonly [R in OwnerRpc]: (
      request: OwnerRequest<R>,
      call: CallContext,
    ) => Promise<RpcResponseInit<R>>;
  };
}
