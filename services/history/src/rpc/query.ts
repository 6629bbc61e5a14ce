// QueryWorkflow and RespondQueryTaskCompleted (wire-contract 3.7).

import { routeQuery } from '@perdure/core-execution';
import { invalidArgument, notFound, RejectionError, usPerMs, usPerSecond } from '@perdure/kernel';
import type { CallContext, Routed } from '@perdure/ports';
import type { RpcResponseInit } from '@perdure/wire';
import type { HistoryContext } from '../context.ts';
import { TokenKind } from '../task-token.ts';

const defaultWaitUs = 30 * usPerSecond;
/** The answer "too late" is sent this long before the client gives up. */
const marginUs = 200 * usPerMs;

function waitUs(context: HistoryContext, call: CallContext): number {
  if (call.deadlineMs === null) return defaultWaitUs;
  return Math.max(call.deadlineMs * usPerMs - context.clock.nowUs() - marginUs, 0);
}

export async function queryWorkflow(
  context: HistoryContext,
  { namespaceId, request }: Routed<'QueryWorkflow'>,
  call: CallContext,
): Promise<RpcResponseInit<'QueryWorkflow'>> {
  const { owner, queries, loader } = context;
  const { workflowId, runId } = request.execution ?? { workflowId: '', runId: '' };
  const { query } = request;
  if (query === null)
    throw new RejectionError(invalidArgument('WorkflowQuery is not set on request.'));
  const handle = await loader.find(namespaceId, workflowId, runId);
  const limitUs = waitUs(context, call);
  const route = owner.decide(handle, (state, { nowUs }) =>
    routeQuery(state, request.queryRejectCondition, nowUs + limitUs),
  );
  if (route.kind === 'conditionRejected') {
    await owner.afterHead();
    return { queryRejected: { status: route.status } };
  }
  if (route.kind === 'rejected') {
    await owner.afterHead();
    throw new RejectionError(route.rejection);
  }
  const { meters, newId } = context;
  try {
    const queryResult = await queries.ask(handle, newId(), query, limitUs);
    meters.queryEnded(namespaceId, 'success');
    return { queryResult };
  } catch (error) {
    meters.queryEnded(namespaceId, isTimeout(error) ? 'timeout' : 'failure');
    throw error;
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof RejectionError && error.rejection.code === 'DEADLINE_EXCEEDED';
}

export async function answerQuery(
  context: HistoryContext,
  { namespaceId, request }: Routed<'RespondQueryTaskCompleted'>,
): Promise<Record<string, never>> {
  const token = context.tokens.read(request.taskToken, namespaceId);
  if (token.kind !== TokenKind.Query) {
    throw new RejectionError(invalidArgument('Error deserializing task token.'));
  }
  if (!context.queries.answerDirect(token.queryId, request)) {
    await context.owner.afterHead();
    throw new RejectionError(notFound('query task not found, or already expired'));
  }
  return {};
}
