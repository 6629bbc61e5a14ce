// States and deltas as bytes (proto/perdure/state.proto). A snapshot is the delta from nothing, so there is one form.

import { assert, equalBytes, noBytes, type RunKey } from '@perdure/kernel';
import { type Codec, ownCodec } from '@perdure/wire';
import {
  emptyState,
  initialActivity,
  initialProgress,
  initialStart,
  initialWorkflowTask,
} from './initial-state.ts';
import { type OutboxMessage, OutboxPhase } from './message/message.ts';
import type { Probe } from './message/probe.ts';
import {
  type Activity,
  type BufferedEvent,
  type ExecutionState,
  fold,
  type Progress,
  type Replaced,
  type RunDelta,
  type StartInfo,
  type Timer,
  type WorkflowTask,
} from './state.ts';

/** Version of the state and delta formats. Readers refuse a newer one, and read every older one for ever. */
export const stateFormat = 1;
/** Of a body that deletes its run: a server that does not know deletions must not pass over one. */
const deletionFormat = 2;
/** Of what says something of messages between runs: a server that does not know them must not lose one. */
const messagesFormat = 3;

/** `expiresAtUs` of a key that stays until its sender releases it: that of a message between runs (X3). */
export const untilReleased = 0;

/** A client's request id with the run it was used on (rule W8), or a message's with its answer (X3). */
export interface DedupKey {
  readonly key: string;
  readonly runId: string;
  readonly expiresAtUs: number;
  /** Of a message: the encoded MessageAnswer. */
  readonly answer?: Uint8Array;
}

export interface WorkflowDelta {
  readonly makesCurrent: boolean;
  readonly keys: readonly DedupKey[];
}

/** The body of one logged transition. */
export interface TransitionBody {
  readonly delta: RunDelta;
  readonly events: Uint8Array;
  readonly firstEventId: number;
  readonly workflow: WorkflowDelta | null;
  /** The run is gone with this transition (L2). If it was the current one of its workflow id, that has none now. */
  readonly deletes: boolean;
}

interface EncodedDelta {
  start: StartInfo | null;
  progress: Progress | null;
  memo: Replaced | null;
  searchAttributes: Replaced | null;
  activitiesSet: readonly Activity[];
  activitiesRemoved: readonly number[];
  timersSet: readonly Timer[];
  timersRemoved: readonly string[];
  bufferedReplaced: boolean;
  buffered: readonly BufferedEvent[];
  outboxSet: readonly OutboxMessage[];
  outboxRemoved: readonly string[];
  probes: readonly Probe[];
}
interface EncodedBody {
  format: number;
  delta: EncodedDelta | null;
  events: Uint8Array;
  firstEventId: number;
  workflow: WorkflowDelta | null;
  deletes: boolean;
}
interface EncodedSnapshot {
  format: number;
  state: EncodedDelta | null;
}
export interface WorkflowState {
  readonly format: number;
  readonly currentRunId: string;
  readonly keys: readonly DedupKey[];
}

/** Own fields of what is read: a decoded message keeps its defaults on its prototype. */
const noMessage: OutboxMessage = {
  id: '',
  kind: '',
  namespaceId: '',
  workflowId: '',
  runId: '',
  body: noBytes,
  phase: OutboxPhase.Unanswered,
  version: 0,
};
const noProbe: Probe = { messageId: '', what: 0, text: '', code: 0 };

const bodyCodec: Codec<EncodedBody, Partial<EncodedBody>> = ownCodec(
  'state',
  'perdure.state.v1.TransitionBody',
);
const snapshotCodec: Codec<EncodedSnapshot, Partial<EncodedSnapshot>> = ownCodec(
  'state',
  'perdure.state.v1.RunSnapshot',
);
const workflowCodec: Codec<WorkflowState, WorkflowState> = ownCodec(
  'state',
  'perdure.state.v1.WorkflowState',
);

/** Thrown for a state or delta written by a newer server. */
export class UnknownFormat extends Error {
  override readonly name = 'UnknownFormat';
  constructor(what: string, found: number, known = messagesFormat) {
    super(
      `${what} has format ${found}, this server reads up to ${known}: start the newer server that wrote it`,
    );
  }
}

function loadStart(start: StartInfo | null): StartInfo | null {
  return start === null ? null : { ...initialStart, ...start, links: [...start.links] };
}

function loadWorkflowTask(task: WorkflowTask | null): WorkflowTask | null {
  if (task === null) return null;
  return { ...initialWorkflowTask, ...task, suggestReasons: [...task.suggestReasons] };
}

function decodedDelta(delta: EncodedDelta | null): RunDelta {
  assert(delta !== null && delta.progress !== null, 'a delta holds the progress of its run');
  const progress = { ...initialProgress, ...delta.progress };
  return {
    start: loadStart(delta.start),
    progress: { ...progress, workflowTask: loadWorkflowTask(progress.workflowTask) },
    memo: delta.memo,
    searchAttributes: delta.searchAttributes,
    activitiesSet: delta.activitiesSet.map((activity) => ({ ...initialActivity, ...activity })),
    activitiesRemoved: delta.activitiesRemoved,
    timersSet: delta.timersSet.map((timer) => ({ ...timer })),
    timersRemoved: delta.timersRemoved,
    bufferedReplaced: delta.bufferedReplaced,
    buffered: delta.buffered,
    outboxSet: delta.outboxSet.map((message) => ({ ...noMessage, ...message })),
    outboxRemoved: delta.outboxRemoved,
    probes: delta.probes.map((probe) => ({ ...noProbe, ...probe })),
  };
}

function formatOf({ delta, workflow, deletes }: TransitionBody): number {
  const messages = delta.outboxSet.length + delta.outboxRemoved.length + delta.probes.length;
  if (messages > 0 || hasAnswers(workflow?.keys ?? [])) return messagesFormat;
  return deletes ? deletionFormat : stateFormat;
}

function hasAnswers(keys: readonly DedupKey[]): boolean {
  return keys.some(({ answer }) => answer !== undefined);
}

export function encodeBody(body: TransitionBody): Uint8Array {
  return bodyCodec.encode({
    format: formatOf(body),
    delta: body.delta,
    events: body.events,
    firstEventId: body.firstEventId,
    ...(body.workflow === null ? {} : { workflow: body.workflow }),
    ...(body.deletes ? { deletes: true } : {}),
  });
}

export function decodeBody(bytes: Uint8Array): TransitionBody {
  const body = readBody(bytes);
  return {
    delta: decodedDelta(body.delta),
    events: body.events,
    firstEventId: body.firstEventId,
    workflow: loadWorkflow(body.workflow),
    deletes: body.deletes,
  };
}

/** The body of a transition that changes the workflow id and none of its runs. */
export function encodeWorkflowBody(workflow: WorkflowDelta): Uint8Array {
  return bodyCodec.encode({ format: messagesFormat, workflow });
}

export function decodeWorkflowBody(bytes: Uint8Array): WorkflowDelta {
  const workflow = loadWorkflow(readBody(bytes).workflow);
  assert(workflow !== null, 'a transition without a run says what changes for the workflow id');
  return workflow;
}

function readBody(bytes: Uint8Array): EncodedBody {
  const body = bodyCodec.decode(bytes);
  if (body.format > messagesFormat) throw new UnknownFormat('a logged transition', body.format);
  return body;
}

function loadWorkflow(workflow: WorkflowDelta | null): WorkflowDelta | null {
  if (workflow === null) return null;
  return { makesCurrent: workflow.makesCurrent, keys: workflow.keys.map(loadKey) };
}

function loadKey({ answer, expiresAtUs, key, runId }: DedupKey): DedupKey {
  const loaded = { key, runId, expiresAtUs };
  return answer === undefined || answer.length === 0 ? loaded : { ...loaded, answer };
}

/** The value unless it is that of the start. */
function replaced(value: Uint8Array, ofStart: Uint8Array): Replaced | null {
  return value === ofStart || equalBytes(value, ofStart) ? null : { value };
}

export function encodeSnapshot(state: ExecutionState): Uint8Array {
  const messages = state.outbox.size + state.probes.length;
  return snapshotCodec.encode({
    format: messages > 0 ? messagesFormat : stateFormat,
    state: {
      start: state.start,
      progress: state.progress,
      memo: replaced(state.memo, state.start.memo),
      searchAttributes: replaced(state.searchAttributes, state.start.searchAttributes),
      activitiesSet: [...state.activities.values()],
      activitiesRemoved: [],
      timersSet: [...state.timers.values()],
      timersRemoved: [],
      bufferedReplaced: false,
      buffered: state.buffered,
      outboxSet: [...state.outbox.values()],
      outboxRemoved: [],
      probes: state.probes,
    },
  });
}

export function decodeSnapshot(run: RunKey, bytes: Uint8Array): ExecutionState {
  const snapshot = snapshotCodec.decode(bytes);
  if (snapshot.format > messagesFormat) throw new UnknownFormat('a stored run', snapshot.format);
  const state = emptyState(run);
  fold(state, decodedDelta(snapshot.state));
  return state;
}

export function encodeWorkflowState(currentRunId: string, keys: readonly DedupKey[]): Uint8Array {
  const format = hasAnswers(keys) ? messagesFormat : stateFormat;
  return workflowCodec.encode({ format, currentRunId, keys });
}

export function decodeWorkflowState(bytes: Uint8Array): WorkflowState {
  const state = workflowCodec.decode(bytes);
  if (state.format > messagesFormat) throw new UnknownFormat('a stored workflow', state.format);
  return { format: state.format, currentRunId: state.currentRunId, keys: state.keys.map(loadKey) };
}
