// One request per method that nothing is wrong with: tests spoil one field at a time.

import type { RpcName, RpcRequestInit } from '@perdure/wire';

const namespace = 'default';
const runId = '5f2d3f4e-7d9c-4e57-8f3a-0b1c2d3e4f50';
const execution = { workflowId: 'order-1', runId };
const taskQueue = { name: 'orders', kind: 1 };
const taskToken = new Uint8Array([1, 2, 3]);
const identity = 'me@host';

export const validRequests: { readonly [R in RpcName]: RpcRequestInit<R> } = {
  GetSystemInfo: {},
  GetClusterInfo: {},
  DescribeNamespace: { namespace },
  ListNamespaces: {},
  StartWorkflowExecution: {
    namespace,
    workflowId: 'order-1',
    workflowType: { name: 'order' },
    taskQueue,
    requestId: 'request-1',
    identity,
  },
  SignalWorkflowExecution: { namespace, workflowExecution: execution, signalName: 'paid' },
  RequestCancelWorkflowExecution: { namespace, workflowExecution: execution },
  TerminateWorkflowExecution: { namespace, workflowExecution: execution },
  DescribeWorkflowExecution: { namespace, execution },
  GetWorkflowExecutionHistory: { namespace, execution },
  GetWorkflowExecutionHistoryReverse: { namespace, execution },
  QueryWorkflow: { namespace, execution, query: { queryType: 'state' } },
  ResetStickyTaskQueue: { namespace, execution },
  ListWorkflowExecutions: { namespace },
  CountWorkflowExecutions: { namespace },
  PollWorkflowTaskQueue: { namespace, taskQueue, identity },
  PollActivityTaskQueue: { namespace, taskQueue, identity },
  ShutdownWorker: { namespace, stickyTaskQueue: 'sticky-1', identity },
  RespondWorkflowTaskCompleted: { namespace, taskToken, identity },
  RespondWorkflowTaskFailed: { namespace, taskToken, identity },
  RespondActivityTaskCompleted: { namespace, taskToken, identity },
  RespondActivityTaskFailed: { namespace, taskToken, identity },
  RespondActivityTaskCanceled: { namespace, taskToken, identity },
  RecordActivityTaskHeartbeat: { namespace, taskToken, identity },
  RespondQueryTaskCompleted: { namespace, taskToken },
  DescribeTaskQueue: { namespace, taskQueue },
};
