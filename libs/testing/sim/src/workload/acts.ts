// Calls of a client that are made until their outcome is known, or until it gives up, and what came of them for the ledger.

import type { RequestSeen } from '@perdure/model';
import { jsonPayloads } from '@perdure/testing/golden';
import type { RpcName, RpcRequestInit } from '@perdure/wire';
import { CallFailed } from '../flight.ts';
import type { Asked, Caller } from './caller.ts';
import type { Stage } from './journey.ts';
import type { Program } from './program/program.ts';

/** After a refusal that says "try again later". */
const notReadyUs = 1_000_000;

export type StartRequest = RpcRequestInit<'StartWorkflowExecution'>;

/** Who acts, and how. */
export interface Manner {
  /** Left out: the journey's own client. */
  readonly caller?: Caller;
  /** After so many tries it gives up, as a process does that dies. Left out: never. */
  readonly tries?: number;
  /** The run that is meant. Left out: the current one. */
  readonly runId?: string;
  /** Left out: a new one. */
  readonly requestId?: string;
}

/** A start request as the journeys make it: its request id is its identity too, so that its run is known by it. */
export function startRequest(stage: Stage, program: Program): StartRequest {
  const { namespace, workflowId, queue, chance } = stage;
  const requestId = chance.uuid();
  return {
    namespace,
    workflowId,
    workflowType: { name: 'program' },
    taskQueue: { name: queue },
    requestId,
    identity: requestId,
    input: jsonPayloads(program),
    workflowTaskTimeout: { seconds: 5 },
  };
}

/** Starts a run that nothing stands in the way of; its id. */
export async function start(
  stage: Stage,
  program: Program,
  more: StartRequest = {},
): Promise<string> {
  const { outcome, toldRunId, refusal } = await tryStart(stage, {
    ...startRequest(stage, program),
    ...more,
  });
  if (outcome !== 'taken') throw new Error(`a start was refused: ${refusal}`);
  return toldRunId;
}

/** Sends a start request; what came of it. */
export async function tryStart(
  stage: Stage,
  request: StartRequest,
  { caller = stage.caller, tries }: Manner = {},
): Promise<RequestSeen> {
  const beganUs = caller.nowUs;
  const asked = await caller.ask('StartWorkflowExecution', request, tries);
  return noteStart(stage, request, asked, { beganUs, endedUs: caller.nowUs });
}

/** Writes down what came of a start request. */
export function noteStart(
  { ledger, workflowId }: Stage,
  request: StartRequest,
  asked: Asked<'StartWorkflowExecution'>,
  times: { readonly beganUs: number; readonly endedUs: number },
): RequestSeen {
  const answer = asked.kind === 'answered' ? asked.answer : null;
  const runId = answer?.runId ?? '';
  const asking = {
    kind: 'start' as const,
    workflowId,
    mark: request.requestId ?? '',
    runId: '',
    toldRunId: runId,
    withStart: false,
    ...times,
  };
  const seen = seenOf(asked, asking, request.workflowIdReusePolicy ?? 0);
  const decided =
    answer === null || answer.started ? seen : { ...seen, outcome: 'existing' as const };
  ledger.requests.push(decided);
  if (answer !== null) ledger.starts.push({ workflowId, runId, ...times });
  return decided;
}

/** Signals the current run, or starts one that has the signal. */
export async function signalWithStart(
  stage: Stage,
  program: Program,
  name: string,
  { caller = stage.caller, tries, more = {} }: Manner & { readonly more?: StartRequest } = {},
): Promise<RequestSeen> {
  const { workflowId, ledger } = stage;
  const beganUs = caller.nowUs;
  const request = { ...startRequest(stage, program), ...more, signalName: name };
  const asked = await caller.ask('SignalWithStartWorkflowExecution', request, tries);
  const answer = asked.kind === 'answered' ? asked.answer : null;
  const endedUs = caller.nowUs;
  const common = { workflowId, runId: '', toldRunId: answer?.runId ?? '', beganUs, endedUs };
  const signaled = seenOf(asked, { ...common, kind: 'signal', mark: name, withStart: true });
  ledger.requests.push(signaled);
  // A repeat of a request that started a run is not told so: whether this one did is not known.
  const started = seenOf(asked, {
    ...common,
    kind: 'start',
    mark: request.requestId ?? '',
    withStart: true,
  });
  const own = answer?.started === true ? started : { ...started, outcome: 'unknown' as const };
  ledger.requests.push(answer === null ? started : own);
  const taken = takenOf(signaled);
  ledger.signals.push({ workflowId, name, taken, beganUs, endedUs });
  if (answer !== null) ledger.starts.push({ workflowId, runId: answer.runId, beganUs, endedUs });
  return signaled;
}

/** Sends a signal; false when there was no run to take it. */
export async function signal(stage: Stage, name: string, manner: Manner = {}): Promise<boolean> {
  const { caller = stage.caller, tries, runId = '' } = manner;
  const { workflowId, namespace, ledger } = stage;
  const beganUs = caller.nowUs;
  const request = {
    namespace,
    workflowExecution: { workflowId, runId },
    signalName: name,
    requestId: manner.requestId ?? stage.chance.uuid(),
  };
  const asked = await caller.ask('SignalWorkflowExecution', request, tries);
  const seen = seenOf(asked, {
    kind: 'signal',
    workflowId,
    mark: name,
    runId,
    toldRunId: '',
    withStart: false,
    beganUs,
    endedUs: caller.nowUs,
  });
  ledger.requests.push(seen);
  const taken = takenOf(seen);
  ledger.signals.push({ workflowId, name, taken, beganUs, endedUs: caller.nowUs });
  return taken === true;
}

/** Asks a run to cancel itself. */
export async function cancel(stage: Stage, manner: Manner = {}): Promise<RequestSeen> {
  const mark = manner.requestId ?? stage.chance.uuid();
  return end(stage, 'cancel', 'RequestCancelWorkflowExecution', manner, mark, (execution) => ({
    namespace: stage.namespace,
    workflowExecution: execution,
    requestId: mark,
    identity: mark,
  }));
}

export async function terminate(stage: Stage, manner: Manner = {}): Promise<RequestSeen> {
  const mark = stage.chance.uuid();
  return end(stage, 'terminate', 'TerminateWorkflowExecution', manner, mark, (execution) => ({
    namespace: stage.namespace,
    workflowExecution: execution,
    identity: mark,
    reason: 'as planned',
  }));
}

/** Deletes a run, open or closed. */
export async function remove(
  stage: Stage,
  runId: string,
  manner: Manner = {},
): Promise<RequestSeen> {
  const mark = stage.chance.uuid();
  const named = { ...manner, runId };
  return end(stage, 'delete', 'DeleteWorkflowExecution', named, mark, (execution) => ({
    namespace: stage.namespace,
    workflowExecution: execution,
  }));
}

async function end<R extends RpcName>(
  stage: Stage,
  kind: RequestSeen['kind'],
  rpc: R,
  { caller = stage.caller, tries, runId = '' }: Manner,
  mark: string,
  requestOf: (execution: { workflowId: string; runId: string }) => RpcRequestInit<R>,
): Promise<RequestSeen> {
  const { workflowId, ledger } = stage;
  const beganUs = caller.nowUs;
  const asked = await askWhenReady(caller, rpc, requestOf({ workflowId, runId }), tries);
  const seen = seenOf(asked, {
    kind,
    workflowId,
    mark,
    runId,
    toldRunId: '',
    withStart: false,
    beganUs,
    endedUs: caller.nowUs,
  });
  ledger.requests.push(seen);
  return seen;
}

/** As `ask`, until the run has no messages under way that keep it from being deleted. */
async function askWhenReady<R extends RpcName>(
  caller: Caller,
  rpc: R,
  request: RpcRequestInit<R>,
  tries: number | undefined,
): Promise<Asked<R>> {
  let single = true;
  for (;;) {
    const asked = await caller.ask(rpc, request, tries);
    if (asked.kind === 'unknown') return asked;
    single &&= asked.single;
    if (asked.kind === 'answered') return { ...asked, single };
    if (asked.refusal.code !== 'FAILED_PRECONDITION') return { ...asked, single };
    await caller.sleep(notReadyUs);
  }
}

function seenOf<R extends RpcName>(
  asked: Asked<R>,
  given: Omit<RequestSeen, 'outcome' | 'single' | 'refusal' | 'reuse'>,
  reuse = 0,
): RequestSeen {
  const common = { ...given, reuse };
  switch (asked.kind) {
    case 'answered':
      return { ...common, outcome: 'taken', single: asked.single, refusal: '' };
    case 'refused': {
      const { code, message } = asked.refusal;
      if (code !== 'NOT_FOUND' && code !== 'ALREADY_EXISTS') throw asked.refusal;
      return { ...common, outcome: 'refused', single: asked.single, refusal: message };
    }
    case 'unknown':
      return { ...common, outcome: 'unknown', single: false, refusal: '' };
  }
}

/** Whether a signal stands in a history; null: it may. */
function takenOf({ outcome, single }: RequestSeen): boolean | null {
  if (outcome === 'taken') return true;
  return outcome === 'refused' && single ? false : null;
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
