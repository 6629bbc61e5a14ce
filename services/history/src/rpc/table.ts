// Who answers which RPC.

import type { HistoryService } from '@perdure/ports';
import type { HistoryContext } from '../context.ts';
import {
  byId,
  byToken,
  cancelAttempt,
  completeAttempt,
  completeById,
  failAttempt,
  recordHeartbeat,
} from './activity-task.ts';
import { deleteWorkflow } from './delete.ts';
import { describeWorkflow } from './describe.ts';
import { getHistory, getHistoryReverse } from './history.ts';
import { listRpcs } from './list.ts';
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
    RespondActivityTaskFailed: (routed) => failAttempt(byToken(context, routed), routed.request),
    RespondActivityTaskCanceled: (routed) =>
      cancelAttempt(byToken(context, routed), routed.request),
    RecordActivityTaskHeartbeat: (routed) =>
      recordHeartbeat(byToken(context, routed), routed.request),
    RespondActivityTaskCompletedById: (request) => completeById(context, request),
    RespondActivityTaskFailedById: (routed) => failAttempt(byId(context, routed), routed.request),
    RespondActivityTaskCanceledById: (routed) =>
      cancelAttempt(byId(context, routed), routed.request),
    RecordActivityTaskHeartbeatById: (routed) =>
      recordHeartbeat(byId(context, routed), routed.request),
    RespondQueryTaskCompleted: (request) => answerQuery(context, request),
    ...listRpcs({
      index: context.visibility,
      settled: async () => {
        await context.owner.afterHead();
        await context.visibilityFeed.flushed();
      },
    }),
  };
}
