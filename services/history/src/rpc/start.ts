// StartWorkflowExecution (wire-contract 3.9-3.11): what the workflow id's past allows, then one transition, or two at once.

import { answerStart, type CurrentRun, startRun, terminate } from '@perdure/core-execution';
import { dedupKey } from '@perdure/core-shard';
import { assert, RejectionError, type RunKey } from '@perdure/kernel';
import type { Routed } from '@perdure/ports';
import { jsonPayloads, type RpcResponseInit, WorkflowExecutionStatus } from '@perdure/wire';
import { type Change, commitTogether } from '../commit.ts';
import type { HistoryContext } from '../context.ts';
import type { RunHandle } from '../owner/run-handle.ts';
import type { WorkflowEntry } from '../owner/workflow-entry.ts';

type Response = RpcResponseInit<'StartWorkflowExecution'>;

interface Found {
  readonly entry: WorkflowEntry;
  readonly current: RunHandle | null;
}

/** The workflow id with its current run in memory, as they stand in one and the same turn. */
export async function findWorkflow(
  context: HistoryContext,
  namespaceId: string,
  workflowId: string,
): Promise<Found> {
  for (;;) {
    const entry = await context.loader.workflow(namespaceId, workflowId);
    const runId = entry.currentRunId;
    if (runId === '') return { entry, current: null };
    const current = await context.loader.run({ namespaceId, workflowId, runId });
    if (entry.currentRunId !== runId || entry.evicted || current?.evicted === true) continue;
    // A current run that retention has removed leaves the id free.
    return { entry, current };
  }
}

function currentRun(handle: RunHandle | null): CurrentRun | null {
  if (handle === null) return null;
  const { run, start, progress } = handle.state;
  return {
    workflowId: run.workflowId,
    runId: run.runId,
    firstRunId: start.firstRunId,
    createRequestId: start.createRequestId,
    status: progress.status,
  };
}

export async function startWorkflow(
  context: HistoryContext,
  { namespaceId, request }: Routed<'StartWorkflowExecution'>,
): Promise<Response> {
  const { owner } = context;
  owner.refuseUnderPressure(true);
  const requestId = request.requestId || context.newId();
  const { entry, current } = await findWorkflow(context, namespaceId, request.workflowId);
  const at = owner.moment(namespaceId);
  const { nowUs } = at;
  const repeated = entry.keys.find('start', requestId, nowUs);
  if (repeated !== undefined) return repeatOf(context, entry, repeated);
  const answer = answerStart(currentRun(current), {
    reuse: request.workflowIdReusePolicy,
    conflict: request.workflowIdConflictPolicy,
    requestId,
  });
  switch (answer.kind) {
    case 'rejected':
      await owner.afterHead();
      throw new RejectionError(answer.rejection);
    case 'repeat':
      await owner.afterHead();
      return {
        runId: answer.runId,
        firstExecutionRunId: answer.runId,
        started: true,
        status: answer.status,
      };
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
      const run: RunKey = { namespaceId, workflowId: request.workflowId, runId };
      const changes: Change[] = [];
      if (answer.kind === 'terminateAndStart') {
        assert(current !== null, 'what is terminated is the current run');
        changes.push(terminated(context, current, runId));
      }
      const keys = [dedupKey('start', requestId, runId, nowUs)];
      const started = startRun({ run, request, requestId, keys, ...at });
      const handle = owner.adopt(started.state, 0, 0);
      changes.push({ handle, entry, transition: started.transition });
      await commitTogether(owner, changes);
      return {
        runId,
        firstExecutionRunId: runId,
        started: true,
        status: WorkflowExecutionStatus.Running,
      };
    }
  }
}

/** The old run makes room for the new one, in the same frame. */
function terminated(context: HistoryContext, current: RunHandle, newRunId: string): Change {
  const { owner } = context;
  const decision = owner.decide(current, (state, at) =>
    terminate(state, {
      reason: 'TerminateIfRunning WorkflowIdReusePolicy',
      details: jsonPayloads(`terminated by new runID: ${newRunId}`),
      identity: 'history-service',
      ...at,
    }),
  );
  assert(decision.ok && decision.transition !== null, 'a running run can be terminated');
  return { handle: current, entry: null, transition: decision.transition };
}

/** The request was used before (W8): the run it started, as it is now. */
async function repeatOf(
  context: HistoryContext,
  entry: WorkflowEntry,
  runId: string,
): Promise<Response> {
  const { namespaceId, workflowId } = entry;
  const handle = await context.loader.run({ namespaceId, workflowId, runId });
  await context.owner.afterHead();
  return {
    runId,
    firstExecutionRunId: runId,
    started: true,
    ...(handle === null ? {} : { status: handle.state.progress.status }),
  };
}
