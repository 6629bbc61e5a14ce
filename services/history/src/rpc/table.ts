// Who answers which RPC.

import type { HistoryService } from '@perdure/ports';
import type { HistoryContext } from '../context.ts';
import { cancelById, completeById, failById, heartbeatById } from './activity-by-id.ts';
import { cancelAttempt, completeAttempt, failAttempt, recordHeartbeat } from './activity-task.ts';
import { deleteWorkflow } from './delete.ts';
import { describeWorkflow } from './describe.ts';
import { getHistory, getHistoryReverse } from './history.ts';
import { countWorkflows, listWorkflows } from './list.ts';
import { answerQuery, queryWorkflow } from './query.ts';
import { cancelWorkflow, signalWorkflow, terminateWorkflow } from './signal.ts';
import { signalWithStart } from './signal-with-start.ts';
import { startWorkflow } from './start.ts';
import { completeTask, failTask, resetStickyQueue } from './workflow-task.ts';

export function ownerRpcs(context: HistoryContext): HistoryService['rpc'] {
  return {
    StartWorkflowExecution: (request) => startWorkflow(context, request),
    SignalWithStartWorkflowExecution: (request) => signalWithStart(context, request),
    SignalWorkflowExecution: (request) => signalWorkflow(context, request),
    RequestCancelWorkflowExecution: (request) => cancelWorkflow(context, request),
    TerminateWorkflowExecution: (request) => terminateWorkflow(context, request),
    DeleteWorkflowExecution: (request) => deleteWorkflow(context, request),
    DescribeWorkflowExecution: (request) => describeWorkflow(context, request),
    GetWorkflowExecutionHistory: (request, call) => getHistory(context, request, call),
    GetWorkflowExecutionHistoryReverse: (request) => getHistoryReverse(context, request),
    QueryWorkflow: (request, call) => queryWorkflow(context, request, call),
    ResetStickyTaskQueue: (request) => resetStickyQueue(context, request),
    RespondWorkflowTaskCompleted: (request, call) => completeTask(context, request, call),
    RespondWorkflowTaskFailed: (request) => failTask(context, request),
    RespondActivityTaskCompleted: (request) => completeAttempt(context, request),
    RespondActivityTaskFailed: (request) => failAttempt(context, request),
    RespondActivityTaskCanceled: (request) => cancelAttempt(context, request),
    RecordActivityTaskHeartbeat: (request) => recordHeartbeat(context, request),
    RespondActivityTaskCompletedById: (request) => completeById(context, request),
    RespondActivityTaskFailedById: (request) => failById(context, request),
    RespondActivityTaskCanceledById: (request) => cancelById(context, request),
    RecordActivityTaskHeartbeatById: (request) => heartbeatById(context, request),
    RespondQueryTaskCompleted: (request) => answerQuery(context, request),
    ListWorkflowExecutions: (request) => listWorkflows(context, request),
    CountWorkflowExecutions: (request) => countWorkflows(context, request),
  };
}
