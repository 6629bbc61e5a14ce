// Requests of clients about a workflow or many.

import {
  HistoryEventFilterType as Filter,
  QueryRejectCondition as Reject,
  type RpcRequest,
} from '@perdure/wire';
import type { RequestBounds } from '../request-bounds.ts';
import { checkLinks, checkPayloads } from './attachments.ts';
import { checkEnum, checkExecution, checkRequiredText, checkText, refuse } from './text.ts';

export function checkSignal(
  request: RpcRequest<'SignalWorkflowExecution'>,
  { run }: RequestBounds,
): void {
  checkExecution(request.workflowExecution);
  checkRequiredText(request.signalName, 'SignalName');
  checkText(request.identity, 'Identity');
  checkText(request.requestId, 'RequestId');
  checkLinks(request.links, run);
  checkPayloads(request.input, run);
}

export function checkCancel(
  request: RpcRequest<'RequestCancelWorkflowExecution'>,
  { run }: RequestBounds,
): void {
  checkExecution(request.workflowExecution);
  checkText(request.firstExecutionRunId, 'FirstExecutionRunId');
  checkText(request.identity, 'Identity');
  checkText(request.requestId, 'RequestId');
  checkLinks(request.links, run);
}

/** Reason and identity are what upstream records for a client that gave none. */
export function checkTerminate(
  request: RpcRequest<'TerminateWorkflowExecution'>,
  { run }: RequestBounds,
): void {
  checkExecution(request.workflowExecution);
  checkText(request.firstExecutionRunId, 'FirstExecutionRunId');
  checkText(request.identity, 'Identity');
  checkLinks(request.links, run);
  checkPayloads(request.details, run);
  if (request.reason === '') request.reason = 'terminated by user via frontend';
  if (request.identity === '') request.identity = 'frontend-service';
}

export function checkDelete(request: RpcRequest<'DeleteWorkflowExecution'>): void {
  checkExecution(request.workflowExecution);
}

export function checkExecutionRequest(
  request: RpcRequest<'DescribeWorkflowExecution' | 'ResetStickyTaskQueue'>,
): void {
  checkExecution(request.execution);
}

export function checkQuery(request: RpcRequest<'QueryWorkflow'>, { run }: RequestBounds): void {
  checkExecution(request.execution);
  if (request.query === null) refuse('WorkflowQuery is not set on request.');
  checkRequiredText(request.query.queryType, 'QueryType');
  checkPayloads(request.query.queryArgs, run);
  const { queryRejectCondition: condition } = request;
  checkEnum(condition, Reject.NotCompletedCleanly, 'QueryRejectCondition');
  if (condition === 0) request.queryRejectCondition = Reject.None;
}

/** The size asked for, the largest when nothing or more was asked for. */
function pageSize(asked: number, largest: number): number {
  if (asked < 0) refuse('Invalid PageSize.');
  return asked === 0 ? largest : Math.min(asked, largest);
}

export function checkHistory(
  request: RpcRequest<'GetWorkflowExecutionHistory'>,
  { historyPageMax }: RequestBounds,
): void {
  checkExecution(request.execution);
  request.maximumPageSize = pageSize(request.maximumPageSize, historyPageMax);
  const { historyEventFilterType: filter } = request;
  checkEnum(filter, Filter.CloseEvent, 'HistoryEventFilterType');
  if (filter === 0) request.historyEventFilterType = Filter.AllEvent;
}

export function checkHistoryReverse(
  request: RpcRequest<'GetWorkflowExecutionHistoryReverse'>,
  { historyPageMax }: RequestBounds,
): void {
  checkExecution(request.execution);
  request.maximumPageSize = pageSize(request.maximumPageSize, historyPageMax);
}

export function checkList(
  request: RpcRequest<'ListWorkflowExecutions'>,
  { listPageMax }: RequestBounds,
): void {
  request.pageSize = pageSize(request.pageSize, listPageMax);
}
