// SignalWithStartWorkflowExecution (wire-contract 1.2, 3.1, 3.9): a signal to the current run, or a new run that has it before
// its first task. Decided in one turn, one frame.

import { answerStart, type SignalContent, signal } from '@perdure/core-execution';
import { dedupKey } from '@perdure/core-shard';
import { assert, RejectionError } from '@perdure/kernel';
import type { Routed } from '@perdure/ports';
import type { RpcRequest, RpcResponseInit } from '@perdure/wire';
import { carryOut, commitTogether } from '../commit.ts';
import type { HistoryContext } from '../context.ts';
import { beginByClient, currentRun, type FoundWorkflow, findWorkflow } from './new-run.ts';

type Request = RpcRequest<'SignalWithStartWorkflowExecution'>;

export async function signalWithStart(
  context: HistoryContext,
  { namespaceId, request }: Routed<'SignalWithStartWorkflowExecution'>,
): Promise<RpcResponseInit<'SignalWithStartWorkflowExecution'>> {
  const { owner } = context;
  owner.refuseUnderPressure(true);
  const { workflowId } = request;
  return findWorkflow(context, { namespaceId, workflowId }, (found) =>
    decide(context, namespaceId, request, found),
  );
}

async function decide(
  context: HistoryContext,
  namespaceId: string,
  request: Request,
  found: FoundWorkflow,
): Promise<RpcResponseInit<'SignalWithStartWorkflowExecution'>> {
  const { owner } = context;
  const requestId = request.requestId || context.newId();
  const { entry, current } = found;
  const at = owner.moment(namespaceId);
  const repeated = entry.keys.find('signal', requestId, at.nowUs);
  if (repeated !== undefined) {
    await owner.afterHead();
    return { runId: repeated };
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
      await owner.afterHead();
      return { runId: answer.runId };
    case 'useExisting': {
      assert(current !== null, 'what is used is the current run');
      const keys = [dedupKey('signal', requestId, answer.runId, at.nowUs)];
      const content = signalOf(request, requestId);
      const decision = owner.decide(current, (state, now) =>
        signal(state, { ...content, withStart: true, ...now }, { makesCurrent: false, keys }),
      );
      await carryOut(owner, current, entry, decision);
      return { runId: answer.runId };
    }
    case 'terminateAndStart':
    case 'start': {
      const runId = context.newId();
      const { changes } = beginByClient(context, found, {
        runId,
        request,
        requestId,
        keys: [
          dedupKey('start', requestId, runId, at.nowUs),
          dedupKey('signal', requestId, runId, at.nowUs),
        ],
        signal: signalOf(request, requestId),
        replaces: answer.kind === 'terminateAndStart',
      });
      await commitTogether(owner, changes);
      return { runId, started: true };
    }
  }
}

function signalOf(request: Request, requestId: string): SignalContent {
  const { header, identity, links, signalInput, signalName } = request;
  return { signalName, input: signalInput, header, identity, requestId, links };
}
