// The public messages the server reads or writes. One line per RPC: its request and its response, decoded and to encode.

import type { temporal } from '@temporalio/proto';
import { type Codec, type Decoded, type Init, publicCodec } from './codec.ts';
import {
  type NamespaceRpcMessages,
  type OperatorRpcMessages,
  operatorRpcs,
  type WorkerRpcMessages,
} from './registry-messages.ts';

/** The interfaces of `@temporalio/proto` by RPC name. */
export interface RpcMessages extends NamespaceRpcMessages, WorkerRpcMessages, OperatorRpcMessages {
  StartWorkflowExecution: {
    request: temporal.api.workflowservice.v1.IStartWorkflowExecutionRequest;
    response: temporal.api.workflowservice.v1.IStartWorkflowExecutionResponse;
  };
  SignalWorkflowExecution: {
    request: temporal.api.workflowservice.v1.ISignalWorkflowExecutionRequest;
    response: temporal.api.workflowservice.v1.ISignalWorkflowExecutionResponse;
  };
  SignalWithStartWorkflowExecution: {
    request: temporal.api.workflowservice.v1.ISignalWithStartWorkflowExecutionRequest;
    response: temporal.api.workflowservice.v1.ISignalWithStartWorkflowExecutionResponse;
  };
  RequestCancelWorkflowExecution: {
    request: temporal.api.workflowservice.v1.IRequestCancelWorkflowExecutionRequest;
    response: temporal.api.workflowservice.v1.IRequestCancelWorkflowExecutionResponse;
  };
  TerminateWorkflowExecution: {
    request: temporal.api.workflowservice.v1.ITerminateWorkflowExecutionRequest;
    response: temporal.api.workflowservice.v1.ITerminateWorkflowExecutionResponse;
  };
  DeleteWorkflowExecution: {
    request: temporal.api.workflowservice.v1.IDeleteWorkflowExecutionRequest;
    response: temporal.api.workflowservice.v1.IDeleteWorkflowExecutionResponse;
  };
  DescribeWorkflowExecution: {
    request: temporal.api.workflowservice.v1.IDescribeWorkflowExecutionRequest;
    response: temporal.api.workflowservice.v1.IDescribeWorkflowExecutionResponse;
  };
  GetWorkflowExecutionHistory: {
    request: temporal.api.workflowservice.v1.IGetWorkflowExecutionHistoryRequest;
    response: temporal.api.workflowservice.v1.IGetWorkflowExecutionHistoryResponse;
  };
  GetWorkflowExecutionHistoryReverse: {
    request: temporal.api.workflowservice.v1.IGetWorkflowExecutionHistoryReverseRequest;
    response: temporal.api.workflowservice.v1.IGetWorkflowExecutionHistoryReverseResponse;
  };
  QueryWorkflow: {
    request: temporal.api.workflowservice.v1.IQueryWorkflowRequest;
    response: temporal.api.workflowservice.v1.IQueryWorkflowResponse;
  };
  ListWorkflowExecutions: {
    request: temporal.api.workflowservice.v1.IListWorkflowExecutionsRequest;
    response: temporal.api.workflowservice.v1.IListWorkflowExecutionsResponse;
  };
  CountWorkflowExecutions: {
    request: temporal.api.workflowservice.v1.ICountWorkflowExecutionsRequest;
    response: temporal.api.workflowservice.v1.ICountWorkflowExecutionsResponse;
  };
  PollWorkflowTaskQueue: {
    request: temporal.api.workflowservice.v1.IPollWorkflowTaskQueueRequest;
    response: temporal.api.workflowservice.v1.IPollWorkflowTaskQueueResponse;
  };
  RespondWorkflowTaskCompleted: {
    request: temporal.api.workflowservice.v1.IRespondWorkflowTaskCompletedRequest;
    response: temporal.api.workflowservice.v1.IRespondWorkflowTaskCompletedResponse;
  };
  RespondWorkflowTaskFailed: {
    request: temporal.api.workflowservice.v1.IRespondWorkflowTaskFailedRequest;
    response: temporal.api.workflowservice.v1.IRespondWorkflowTaskFailedResponse;
  };
  PollActivityTaskQueue: {
    request: temporal.api.workflowservice.v1.IPollActivityTaskQueueRequest;
    response: temporal.api.workflowservice.v1.IPollActivityTaskQueueResponse;
  };
  RespondActivityTaskCompleted: {
    request: temporal.api.workflowservice.v1.IRespondActivityTaskCompletedRequest;
    response: temporal.api.workflowservice.v1.IRespondActivityTaskCompletedResponse;
  };
  RespondActivityTaskFailed: {
    request: temporal.api.workflowservice.v1.IRespondActivityTaskFailedRequest;
    response: temporal.api.workflowservice.v1.IRespondActivityTaskFailedResponse;
  };
  RespondActivityTaskCanceled: {
    request: temporal.api.workflowservice.v1.IRespondActivityTaskCanceledRequest;
    response: temporal.api.workflowservice.v1.IRespondActivityTaskCanceledResponse;
  };
  RecordActivityTaskHeartbeat: {
    request: temporal.api.workflowservice.v1.IRecordActivityTaskHeartbeatRequest;
    response: temporal.api.workflowservice.v1.IRecordActivityTaskHeartbeatResponse;
  };
  RespondActivityTaskCompletedById: {
    request: temporal.api.workflowservice.v1.IRespondActivityTaskCompletedByIdRequest;
    response: temporal.api.workflowservice.v1.IRespondActivityTaskCompletedByIdResponse;
  };
  RespondActivityTaskFailedById: {
    request: temporal.api.workflowservice.v1.IRespondActivityTaskFailedByIdRequest;
    response: temporal.api.workflowservice.v1.IRespondActivityTaskFailedByIdResponse;
  };
  RespondActivityTaskCanceledById: {
    request: temporal.api.workflowservice.v1.IRespondActivityTaskCanceledByIdRequest;
    response: temporal.api.workflowservice.v1.IRespondActivityTaskCanceledByIdResponse;
  };
  RecordActivityTaskHeartbeatById: {
    request: temporal.api.workflowservice.v1.IRecordActivityTaskHeartbeatByIdRequest;
    response: temporal.api.workflowservice.v1.IRecordActivityTaskHeartbeatByIdResponse;
  };
  RespondQueryTaskCompleted: {
    request: temporal.api.workflowservice.v1.IRespondQueryTaskCompletedRequest;
    response: temporal.api.workflowservice.v1.IRespondQueryTaskCompletedResponse;
  };
  ShutdownWorker: {
    request: temporal.api.workflowservice.v1.IShutdownWorkerRequest;
    response: temporal.api.workflowservice.v1.IShutdownWorkerResponse;
  };
  ResetStickyTaskQueue: {
    request: temporal.api.workflowservice.v1.IResetStickyTaskQueueRequest;
    response: temporal.api.workflowservice.v1.IResetStickyTaskQueueResponse;
  };
  GetSystemInfo: {
    request: temporal.api.workflowservice.v1.IGetSystemInfoRequest;
    response: temporal.api.workflowservice.v1.IGetSystemInfoResponse;
  };
  GetClusterInfo: {
    request: temporal.api.workflowservice.v1.IGetClusterInfoRequest;
    response: temporal.api.workflowservice.v1.IGetClusterInfoResponse;
  };
  DescribeNamespace: {
    request: temporal.api.workflowservice.v1.IDescribeNamespaceRequest;
    response: temporal.api.workflowservice.v1.IDescribeNamespaceResponse;
  };
  ListNamespaces: {
    request: temporal.api.workflowservice.v1.IListNamespacesRequest;
    response: temporal.api.workflowservice.v1.IListNamespacesResponse;
  };
  DescribeTaskQueue: {
    request: temporal.api.workflowservice.v1.IDescribeTaskQueueRequest;
    response: temporal.api.workflowservice.v1.IDescribeTaskQueueResponse;
  };
}

/** RPCs of the two services that this server answers with more than UNIMPLEMENTED. */
export type RpcName = keyof RpcMessages;
/** A request as decoded: scalars have defaults, absent messages are null, user data is bytes. */
export type RpcRequest<R extends RpcName> = Decoded<RpcMessages[R]['request']>;
/** A response as decoded, for clients. */
export type RpcResponse<R extends RpcName> = Decoded<RpcMessages[R]['response']>;
/** A request to encode, for clients. */
export type RpcRequestInit<R extends RpcName> = Init<RpcMessages[R]['request']>;
/** A response to encode. */
export type RpcResponseInit<R extends RpcName> = Init<RpcMessages[R]['response']>;

export interface RpcCodec<R extends RpcName> {
  readonly request: Codec<RpcRequest<R>, RpcRequestInit<R>>;
  readonly response: Codec<RpcResponse<R>, RpcResponseInit<R>>;
}

export const workflowService = 'temporal.api.workflowservice.v1.WorkflowService';
export const operatorService = 'temporal.api.operatorservice.v1.OperatorService';

/** Full name of the service that has the method. */
export function serviceOf(name: RpcName): string {
  return operatorRpcs.has(name) ? operatorService : workflowService;
}

const codecs = new Map<RpcName, unknown>();

/** The codecs of an RPC. Compiled at first use, then kept. */
export function rpcCodec<R extends RpcName>(name: R): RpcCodec<R> {
  let codec = codecs.get(name) as RpcCodec<R> | undefined;
  if (codec === undefined) {
    const service = serviceOf(name);
    const prefix = `${service.slice(0, service.lastIndexOf('.'))}.${name}`;
    codec = {
      request: publicCodec<RpcMessages[R]['request']>(`${prefix}Request`),
      response: publicCodec<RpcMessages[R]['response']>(`${prefix}Response`),
    };
    codecs.set(name, codec);
  }
  return codec;
}

export type HistoryEvent = Decoded<temporal.api.history.v1.IHistoryEvent>;
export type HistoryEventInit = Init<temporal.api.history.v1.IHistoryEvent>;
export type Command = Decoded<temporal.api.command.v1.ICommand>;
export type RetryPolicy = Decoded<temporal.api.common.v1.IRetryPolicy>;

export const historyEventCodec: Codec<HistoryEvent, HistoryEventInit> =
  publicCodec<temporal.api.history.v1.IHistoryEvent>('temporal.api.history.v1.HistoryEvent');

export const retryPolicyCodec: Codec<
  RetryPolicy,
  Init<temporal.api.common.v1.IRetryPolicy>
> = publicCodec<temporal.api.common.v1.IRetryPolicy>('temporal.api.common.v1.RetryPolicy');

export type Priority = Decoded<temporal.api.common.v1.IPriority>;
export const priorityCodec: Codec<
  Priority,
  Init<temporal.api.common.v1.IPriority>
> = publicCodec<temporal.api.common.v1.IPriority>('temporal.api.common.v1.Priority');

export type Link = Decoded<temporal.api.common.v1.ILink>;
export const linkCodec: Codec<
  Link,
  Init<temporal.api.common.v1.ILink>
> = publicCodec<temporal.api.common.v1.ILink>('temporal.api.common.v1.Link');

export type SearchAttributes = Decoded<temporal.api.common.v1.ISearchAttributes>;
export const searchAttributesCodec: Codec<
  SearchAttributes,
  Init<temporal.api.common.v1.ISearchAttributes>
> = publicCodec<temporal.api.common.v1.ISearchAttributes>(
  'temporal.api.common.v1.SearchAttributes',
);
