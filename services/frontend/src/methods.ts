// The public API in one table: each method with its scope, its validation, and who answers it.
//
// A validation throws a RejectionError; it also fills in what the request left out, so that the service behind sees
// what the history will show. Methods that are in the API and not here are answered UNIMPLEMENTED (frontend.ts).

import type { Routed } from '@perdure/ports';
import type { RpcName, RpcRequest, RpcResponseInit } from '@perdure/wire';
import {
  type ClusterFacts,
  clusterInfo,
  clusterMetadata,
  systemInfo,
} from './answers/system-info.ts';
import { checkDescribeTaskQueue, describeTaskQueue } from './answers/task-queue-info.ts';
import { parsedQuery } from './list-query.ts';
import { namespaceMethods } from './namespaces/methods.ts';
import type { Delivery, PublicCall } from './public-method.ts';
import type { RequestBounds } from './request-bounds.ts';
import {
  clusterRead,
  namespaceRead,
  namespaceStart,
  namespaceWrite,
  type Scope,
  type ScopeNamespace,
  taskWrite,
} from './scope.ts';
import type { Services } from './services.ts';
import { checkSignalWithStart, checkStart, type StartChecks } from './validate/start-workflow.ts';
import * as worker from './validate/worker-requests.ts';
import * as workflow from './validate/workflow-requests.ts';
import { workerMethods } from './workers/methods.ts';

export interface MethodEntry<R extends RpcName> {
  readonly scope: Scope;
  readonly validate?: (
    request: RpcRequest<R>,
    bounds: RequestBounds,
    scope: ScopeNamespace,
  ) => void;
  readonly route: (
    routed: Routed<R>,
    call: PublicCall,
  ) => Promise<RpcResponseInit<R> | Delivery> | RpcResponseInit<R>;
}

export type MethodTable = { readonly [R in RpcName]: MethodEntry<R> };

export interface TableContext {
  readonly services: Services;
  readonly cluster: ClusterFacts;
  readonly bounds: (namespace: string) => RequestBounds;
  readonly newId: () => string;
}

export function methodTable({ services, cluster, bounds, newId }: TableContext): MethodTable {
  const { matching, namespaces, polls } = services;
  const { rpc } = services.history;
  const startChecks = ({ run }: RequestBounds, { namespaceId }: ScopeNamespace): StartChecks => ({
    newId,
    limits: run,
    attributes: namespaces.byId(namespaceId)?.searchAttributes ?? new Map(),
  });
  return {
    GetSystemInfo: { scope: clusterRead, route: () => systemInfo },
    GetClusterInfo: { scope: clusterRead, route: () => clusterInfo(cluster) },
    ListClusters: {
      scope: clusterRead,
      route: () => ({ clusters: [clusterMetadata(cluster)] }),
    },
    ...namespaceMethods({
      namespaces,
      cluster,
      bounds,
      namespaceDeleted: services.namespaceDeleted,
    }),

    StartWorkflowExecution: {
      scope: namespaceStart,
      validate: (request, bounds, scope) => checkStart(request, startChecks(bounds, scope)),
      route: rpc.StartWorkflowExecution,
    },
    SignalWithStartWorkflowExecution: {
      scope: namespaceStart,
      validate: (request, bounds, scope) =>
        checkSignalWithStart(request, startChecks(bounds, scope)),
      route: rpc.SignalWithStartWorkflowExecution,
    },
    SignalWorkflowExecution: {
      scope: namespaceWrite,
      validate: workflow.checkSignal,
      route: rpc.SignalWorkflowExecution,
    },
    RequestCancelWorkflowExecution: {
      scope: namespaceWrite,
      validate: workflow.checkCancel,
      route: rpc.RequestCancelWorkflowExecution,
    },
    TerminateWorkflowExecution: {
      scope: namespaceWrite,
      validate: workflow.checkTerminate,
      route: rpc.TerminateWorkflowExecution,
    },
    DeleteWorkflowExecution: {
      scope: namespaceWrite,
      validate: workflow.checkDelete,
      route: rpc.DeleteWorkflowExecution,
    },
    DescribeWorkflowExecution: {
      scope: namespaceRead,
      validate: workflow.checkExecutionRequest,
      route: rpc.DescribeWorkflowExecution,
    },
    GetWorkflowExecutionHistory: {
      scope: namespaceRead,
      validate: workflow.checkHistory,
      route: rpc.GetWorkflowExecutionHistory,
    },
    GetWorkflowExecutionHistoryReverse: {
      scope: namespaceRead,
      validate: workflow.checkHistoryReverse,
      route: rpc.GetWorkflowExecutionHistoryReverse,
    },
    QueryWorkflow: {
      scope: namespaceRead,
      validate: workflow.checkQuery,
      route: rpc.QueryWorkflow,
    },
    ResetStickyTaskQueue: {
      scope: namespaceWrite,
      validate: workflow.checkExecutionRequest,
      route: rpc.ResetStickyTaskQueue,
    },
    ListWorkflowExecutions: {
      scope: namespaceRead,
      validate: workflow.checkList,
      route: (routed, call) => {
        const query = parsedQuery(routed, 'list', namespaces);
        return rpc.ListWorkflowExecutions({ ...routed, ...query }, call);
      },
    },
    CountWorkflowExecutions: {
      scope: namespaceRead,
      route: (routed, call) => {
        const query = parsedQuery(routed, 'count', namespaces);
        return rpc.CountWorkflowExecutions({ ...routed, ...query }, call);
      },
    },

    PollWorkflowTaskQueue: {
      scope: namespaceWrite,
      validate: worker.checkPoll,
      route: (routed, call) => polls.pollWorkflowTaskQueue(routed, call),
    },
    PollActivityTaskQueue: {
      scope: namespaceWrite,
      validate: worker.checkActivityPoll,
      route: (routed, call) => polls.pollActivityTaskQueue(routed, call),
    },
    ...workerMethods(services),
    RespondWorkflowTaskCompleted: {
      scope: taskWrite,
      validate: worker.checkWorkflowTaskCompleted,
      route: rpc.RespondWorkflowTaskCompleted,
    },
    RespondWorkflowTaskFailed: {
      scope: taskWrite,
      validate: worker.checkReport,
      route: rpc.RespondWorkflowTaskFailed,
    },
    RespondActivityTaskCompleted: {
      scope: taskWrite,
      validate: worker.checkReport,
      route: rpc.RespondActivityTaskCompleted,
    },
    RespondActivityTaskFailed: {
      scope: taskWrite,
      validate: worker.checkActivityTaskFailed,
      route: rpc.RespondActivityTaskFailed,
    },
    RespondActivityTaskCanceled: {
      scope: taskWrite,
      validate: worker.checkReport,
      route: rpc.RespondActivityTaskCanceled,
    },
    RecordActivityTaskHeartbeat: {
      scope: taskWrite,
      validate: worker.checkReport,
      route: rpc.RecordActivityTaskHeartbeat,
    },
    RespondActivityTaskCompletedById: {
      scope: namespaceWrite,
      validate: worker.checkReportById,
      route: rpc.RespondActivityTaskCompletedById,
    },
    RespondActivityTaskFailedById: {
      scope: namespaceWrite,
      validate: worker.checkFailedById,
      route: rpc.RespondActivityTaskFailedById,
    },
    RespondActivityTaskCanceledById: {
      scope: namespaceWrite,
      validate: worker.checkReportById,
      route: rpc.RespondActivityTaskCanceledById,
    },
    RecordActivityTaskHeartbeatById: {
      scope: namespaceWrite,
      validate: worker.checkReportById,
      route: rpc.RecordActivityTaskHeartbeatById,
    },
    RespondQueryTaskCompleted: {
      scope: taskWrite,
      validate: worker.checkQueryTaskCompleted,
      route: rpc.RespondQueryTaskCompleted,
    },
    DescribeTaskQueue: {
      scope: namespaceRead,
      validate: checkDescribeTaskQueue,
      route: (routed) => describeTaskQueue(routed, matching),
    },
  };
}
