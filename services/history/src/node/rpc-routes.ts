// Of each routed RPC: whose workflow id it is about, and whether it may be asked twice when nobody knows what became of the
// first time (a lost link, an owner that was fenced with the request in flight).
//
// R1. Asked twice only where the repeat finds what the first one did and answers as if it had been it: reads, requests with
//     a request id (W8), heartbeats (the last details stand either way).
// R2. Not so: a report of a task (after success its repeat is NOT_FOUND, which a worker takes for a task that was taken from
//     it), a termination or deletion (likewise), a query (it may run in the worker). Their callers hear UNAVAILABLE and
//     decide themselves; the SDKs ask again.

import type { CallContext, Routed, RoutedRpc } from '@perdure/ports';
import type { RpcRequest, RpcResponseInit } from '@perdure/wire';
import type { TaskTokens } from '../task-token.ts';

export interface WorkflowName {
  readonly namespaceId: string;
  readonly workflowId: string;
}

export interface RpcRoute<R extends RoutedRpc> {
  /** Throws the RejectionError of a token that this cluster did not make. */
  readonly workflow: (routed: Routed<R>, tokens: TaskTokens) => WorkflowName;
  readonly repeatable: (request: RpcRequest<R>) => boolean;
}

type Named = { readonly namespaceId: string; readonly request: { readonly workflowId: string } };
type Executed = { readonly workflowId: string } | null;
type ByToken = {
  readonly namespaceId: string;
  readonly request: { readonly taskToken: Uint8Array };
};

const named = ({ namespaceId, request }: Named): WorkflowName => ({
  namespaceId,
  workflowId: request.workflowId,
});
const execution = (routed: {
  readonly namespaceId: string;
  readonly request: { readonly execution: Executed };
}): WorkflowName => ({
  namespaceId: routed.namespaceId,
  workflowId: routed.request.execution?.workflowId ?? '',
});
const workflowExecution = (routed: {
  readonly namespaceId: string;
  readonly request: { readonly workflowExecution: Executed };
}): WorkflowName => ({
  namespaceId: routed.namespaceId,
  workflowId: routed.request.workflowExecution?.workflowId ?? '',
});
const token = ({ namespaceId, request }: ByToken, tokens: TaskTokens): WorkflowName =>
  tokens.read(request.taskToken, namespaceId);

const always = (): boolean => true;
const never = (): boolean => false;
const withId = ({ requestId }: { readonly requestId: string }): boolean => requestId !== '';

export const rpcRoutes: { readonly [R in RoutedRpc]: RpcRoute<R> } = {
  StartWorkflowExecution: { workflow: named, repeatable: withId },
  SignalWorkflowExecution: { workflow: workflowExecution, repeatable: withId },
  SignalWithStartWorkflowExecution: { workflow: named, repeatable: withId },
  RequestCancelWorkflowExecution: { workflow: workflowExecution, repeatable: withId },
  TerminateWorkflowExecution: { workflow: workflowExecution, repeatable: never },
  DeleteWorkflowExecution: { workflow: workflowExecution, repeatable: never },
  DescribeWorkflowExecution: { workflow: execution, repeatable: always },
  GetWorkflowExecutionHistory: { workflow: execution, repeatable: always },
  GetWorkflowExecutionHistoryReverse: { workflow: execution, repeatable: always },
  QueryWorkflow: { workflow: execution, repeatable: never },
  ResetStickyTaskQueue: { workflow: execution, repeatable: always },
  RespondWorkflowTaskCompleted: { workflow: token, repeatable: never },
  RespondWorkflowTaskFailed: { workflow: token, repeatable: never },
  RespondActivityTaskCompleted: { workflow: token, repeatable: never },
  RespondActivityTaskFailed: { workflow: token, repeatable: never },
  RespondActivityTaskCanceled: { workflow: token, repeatable: never },
  RecordActivityTaskHeartbeat: { workflow: token, repeatable: always },
  RespondActivityTaskCompletedById: { workflow: named, repeatable: never },
  RespondActivityTaskFailedById: { workflow: named, repeatable: never },
  RespondActivityTaskCanceledById: { workflow: named, repeatable: never },
  RecordActivityTaskHeartbeatById: { workflow: named, repeatable: always },
  RespondQueryTaskCompleted: { workflow: token, repeatable: never },
};

export type RpcHandler<R extends RoutedRpc> = (
  routed: Routed<R>,
  call: CallContext,
) => Promise<RpcResponseInit<R>>;
export type RpcHandlers = { readonly [R in RoutedRpc]: RpcHandler<R> };

/** A table with an entry for each routed RPC. That each entry is of its name's type is the caller's word. */
export function forEachRpc<Table extends Readonly<Record<RoutedRpc, unknown>>>(
  entry: <R extends RoutedRpc>(name: R) => unknown,
): Table {
  const names = Object.keys(rpcRoutes) as RoutedRpc[];
  return Object.fromEntries(names.map((name) => [name, entry(name)])) as Table;
}
