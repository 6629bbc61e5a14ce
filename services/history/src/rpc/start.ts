// StartWorkflowExecution (wire-contract 3.9-3.11): what the workflow id's past allows, then one transition, or two at once.

import { answerStart, TaskPhase, type TaskPoll } from '@perdure/core-execution';
import { dedupKey } from '@perdure/core-shard';
import { RejectionError } from '@perdure/kernel';
import type { Routed } from '@perdure/ports';
import { type RpcRequest, type RpcResponseInit, WorkflowExecutionStatus } from '@perdure/wire';
import { commitTogether } from '../commit.ts';
import type { HistoryContext } from '../context.ts';
import type { RunHandle } from '../owner/run-handle.ts';
import { showStartedTask, workflowTaskResponse } from '../tasks/poll-response.ts';
import { beginByClient, currentRun, type FoundWorkflow, findWorkflow } from './new-run.ts';

type Response = RpcResponseInit<'StartWorkflowExecution'>;

export async function startWorkflow(
  context: HistoryContext,
  { namespaceId, request }: Routed<'StartWorkflowExecution'>,
): Promise<Response> {
  const { owner } = context;
  owner.refuseUnderPressure(true);
  const requestId = request.requestId || context.newId();
  // The task is the request's own: a repeat of the request gets it again.
  const wanted = request.requestEagerExecution
    ? { pollRequestId: requestId, identity: request.identity }
    : null;
  const { workflowId } = request;
  return findWorkflow(context, { namespaceId, workflowId }, (found) =>
    decideStart(context, { namespaceId, request, requestId, wanted }, found),
  );
}

interface Asked {
  readonly namespaceId: string;
  readonly request: RpcRequest<'StartWorkflowExecution'>;
  readonly requestId: string;
  readonly wanted: TaskPoll | null;
}

async function decideStart(
  context: HistoryContext,
  { namespaceId, request, requestId, wanted }: Asked,
  found: FoundWorkflow,
): Promise<Response> {
  const { owner } = context;
  const { entry, current } = found;
  const at = owner.moment(namespaceId);
  const repeated = entry.keys.find('start', requestId, at.nowUs);
  if (repeated !== undefined) {
    const { workflowId } = request;
    const handle = await context.loader.run({ namespaceId, workflowId, runId: repeated });
    return repeatOf(context, handle, repeated, wanted);
  }
  const answer = answerStart(currentRun(current), {
    reuse: request.workflowIdReusePolicy,
    conflict: request.workflowIdConflictPolicy,
    requestId,
    ...at,
  });
  switch (answer.kind) {
    case 'rejected':
      await owner.afterHead();
      throw new RejectionError(answer.rejection);
    case 'repeat':
      return repeatOf(context, current, answer.runId, wanted);
    case 'useExisting':
      await owner.afterHead();
      return {
        runId: answer.runId,
        firstExecutionRunId: current?.state.start.firstRunId ?? answer.runId,
        status: WorkflowExecutionStatus.Running,
      };
    case 'terminateAndStart':
    case 'start': {
      const runId = context.newId();
      const { handle, changes } = beginByClient(context, found, {
        runId,
        request,
        requestId,
        keys: [dedupKey('start', requestId, runId, at.nowUs)],
        eager: wanted,
        replaces: answer.kind === 'terminateAndStart',
      });
      const durable = commitTogether(owner, changes);
      const eager = eagerTask(context, handle, wanted, 'attach');
      await durable;
      return {
        runId,
        firstExecutionRunId: runId,
        started: true,
        status: WorkflowExecutionStatus.Running,
        ...(await eager?.()),
      };
    }
  }
}

/**
 * The first task of the run, if it was started for this request; read off head, shown when it is durable. Shown once more, it
 * has the queries that it had (Q1).
 */
function eagerTask(
  context: HistoryContext,
  handle: RunHandle,
  wanted: TaskPoll | null,
  queries: 'attach' | 'attached',
): (() => Promise<Pick<Response, 'eagerWorkflowTask'>>) | null {
  const task = handle.state.progress.workflowTask;
  if (wanted === null || task?.phase !== TaskPhase.Started) return null;
  if (task.pollRequestId !== wanted.pollRequestId) return null;
  const shown = showStartedTask(handle, task, false, context.queries[queries](handle));
  return async () => ({ eagerWorkflowTask: await workflowTaskResponse(context, handle, shown) });
}

/** The request was used before (W8): the run it started, as it is now. */
async function repeatOf(
  context: HistoryContext,
  handle: RunHandle | null,
  runId: string,
  wanted: TaskPoll | null,
): Promise<Response> {
  const eager = handle === null ? null : eagerTask(context, handle, wanted, 'attached');
  const status = handle === null ? {} : { status: handle.state.progress.status };
  await context.owner.afterHead();
  return { runId, firstExecutionRunId: runId, started: true, ...status, ...(await eager?.()) };
}
