// Calls of a client that are made until their outcome is known, and what came of them for the ledger.

import { jsonPayloads } from '@perdure/testing/golden';
import type { RpcRequestInit } from '@perdure/wire';
import { CallFailed } from '../network.ts';
import type { Stage } from './journey.ts';
import type { Program } from './program/program.ts';

type StartRequest = RpcRequestInit<'StartWorkflowExecution'>;

/** A start request as the journeys make it; every try of one operation carries the same request id. */
export function startRequest(stage: Stage, program: Program): StartRequest {
  const { namespace, workflowId, queue, chance } = stage;
  return {
    namespace,
    workflowId,
    workflowType: { name: 'program' },
    taskQueue: { name: queue },
    requestId: chance.uuid(),
    input: jsonPayloads(program),
    workflowTaskTimeout: { seconds: 5 },
  };
}

/** Starts a run; its id. Rejects with the CallFailed of a refusal. */
export async function start(
  stage: Stage,
  program: Program,
  more: StartRequest = {},
): Promise<string> {
  const { caller, ledger, workflowId } = stage;
  const beganUs = caller.nowUs;
  const request = { ...startRequest(stage, program), ...more };
  const { runId } = await caller.insist('StartWorkflowExecution', request);
  ledger.starts.push({ workflowId, runId, beganUs, endedUs: caller.nowUs });
  return runId;
}

/** Sends a signal to the current run; false when there was none to take it. */
export async function signal(stage: Stage, name: string): Promise<boolean> {
  const { caller, ledger, workflowId } = stage;
  const beganUs = caller.nowUs;
  const taken = await foundOrNot(
    caller.insist('SignalWorkflowExecution', {
      namespace: stage.namespace,
      workflowExecution: { workflowId },
      signalName: name,
      requestId: stage.chance.uuid(),
    }),
  );
  ledger.signals.push({ workflowId, name, taken, beganUs, endedUs: caller.nowUs });
  return taken;
}

/** What the call answers; null when what it was about was not found. Rejects with any other refusal. */
export async function orNotFound<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (fault) {
    if (fault instanceof CallFailed && fault.code === 'NOT_FOUND') return null;
    throw fault;
  }
}

/** True when the call was carried out, false when what it was about was not found. Rejects with any other refusal. */
export async function foundOrNot(call: Promise<unknown>): Promise<boolean> {
  return (await orNotFound(call)) !== null;
}
