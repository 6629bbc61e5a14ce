// SignalWorkflowExecution, RequestCancelWorkflowExecution, TerminateWorkflowExecution: requests from outside to a run.

import {
  type Decision,
  type ExecutionState,
  type Moment,
  requestCancel,
  signal,
  terminate,
  type WorkflowDelta,
} from '@perdure/core-execution';
import { dedupKey, type KeyKind } from '@perdure/core-shard';
import { notFound, RejectionError } from '@perdure/kernel';
import type { Routed } from '@perdure/ports';
import { carryOut } from '../commit.ts';
import type { HistoryContext } from '../context.ts';
import type { RunHandle } from '../owner/run-handle.ts';
import type { WorkflowEntry } from '../owner/workflow-entry.ts';

interface Target {
  readonly namespaceId: string;
  readonly workflowId: string;
  readonly runId: string;
  /** Names the chain by its first run; then `runId` does not matter. */
  readonly firstRunId: string;
}

interface OnceOnly {
  readonly kind: KeyKind;
  /** Empty: the client does not want it deduplicated. */
  readonly requestId: string;
}

/**
 * Carries out a request on the run it means, once per request id (W8). The decision is made in the turn in which the run
 * and its workflow id were found.
 */
async function request(
  context: HistoryContext,
  target: Target,
  once: OnceOnly | null,
  decision: (state: ExecutionState, at: Moment, workflow: WorkflowDelta | null) => Decision<null>,
): Promise<void> {
  const { owner, loader } = context;
  owner.refuseUnderPressure(false);
  const { namespaceId, workflowId } = target;
  const runId = target.firstRunId === '' ? target.runId : '';
  await loader.findTogether({ namespaceId, workflowId, runId }, (found) =>
    decideRequest(context, target, once, decision, found),
  );
}

async function decideRequest(
  { owner }: HistoryContext,
  target: Target,
  once: OnceOnly | null,
  decision: (state: ExecutionState, at: Moment, workflow: WorkflowDelta | null) => Decision<null>,
  { entry, handle }: { readonly entry: WorkflowEntry; readonly handle: RunHandle },
): Promise<void> {
  const { workflowId } = target;
  if (target.firstRunId !== '' && handle.state.start.firstRunId !== target.firstRunId) {
    await owner.afterHead();
    throw new RejectionError(notFound(`workflow not found for ID: ${workflowId}`));
  }
  const nowUs = owner.clock.nowUs();
  const wanted = once !== null && once.requestId !== '' ? once : null;
  if (wanted !== null && entry.keys.find(wanted.kind, wanted.requestId, nowUs) !== undefined) {
    return owner.afterHead();
  }
  const keys =
    wanted === null
      ? null
      : [dedupKey(wanted.kind, wanted.requestId, handle.state.run.runId, nowUs)];
  const workflow = keys === null ? null : { makesCurrent: false, keys };
  const decided = owner.decide(handle, (state, at) => decision(state, at, workflow));
  await carryOut(owner, handle, entry, decided);
}

export async function signalWorkflow(
  context: HistoryContext,
  { namespaceId, request: body }: Routed<'SignalWorkflowExecution'>,
): Promise<Record<string, never>> {
  const { workflowId, runId } = body.workflowExecution ?? { workflowId: '', runId: '' };
  const once: OnceOnly = { kind: 'signal', requestId: body.requestId };
  await request(
    context,
    { namespaceId, workflowId, runId, firstRunId: '' },
    once,
    (state, at, workflow) =>
      signal(
        state,
        {
          signalName: body.signalName,
          input: body.input,
          header: body.header,
          identity: body.identity,
          requestId: body.requestId,
          links: body.links,
          ...at,
        },
        workflow,
      ),
  );
  return {};
}

export async function cancelWorkflow(
  context: HistoryContext,
  { namespaceId, request: body }: Routed<'RequestCancelWorkflowExecution'>,
): Promise<Record<string, never>> {
  const { workflowId, runId } = body.workflowExecution ?? { workflowId: '', runId: '' };
  const once: OnceOnly = { kind: 'cancel', requestId: body.requestId };
  const target = { namespaceId, workflowId, runId, firstRunId: body.firstExecutionRunId };
  await request(context, target, once, (state, at, workflow) =>
    requestCancel(
      state,
      { reason: body.reason, identity: body.identity, links: body.links, ...at },
      workflow,
    ),
  );
  return {};
}

export async function terminateWorkflow(
  context: HistoryContext,
  { namespaceId, request: body }: Routed<'TerminateWorkflowExecution'>,
): Promise<Record<string, never>> {
  const { workflowId, runId } = body.workflowExecution ?? { workflowId: '', runId: '' };
  const target = { namespaceId, workflowId, runId, firstRunId: body.firstExecutionRunId };
  const { reason, details, identity, links } = body;
  await request(context, target, null, (state, at) =>
    terminate(state, { reason, details, identity, links, ...at }),
  );
  return {};
}
