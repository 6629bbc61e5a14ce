// States and deltas as bytes (proto/perdure/state.proto). A snapshot is the delta from nothing, so there is one form.

import { assert, equalBytes, type RunKey } from '@perdure/kernel';
import { type Codec, ownCodec } from '@perdure/wire';
import {
  emptyState,
  initialActivity,
  initialProgress,
  initialStart,
  initialWorkflowTask,
} from './initial-state.ts';
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

/** A client's request id with the run it was used on (rule W8). */
export interface DedupKey {
  readonly key: string;
  readonly runId: string;
  readonly expiresAtUs: number;
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
  constructor(what: string, found: number, known = stateFormat) {
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
  };
}

export function encodeBody(body: TransitionBody): Uint8Array {
  return bodyCodec.encode({
    format: body.deletes ? deletionFormat : stateFormat,
    delta: body.delta,
    events: body.events,
    firstEventId: body.firstEventId,
    ...(body.workflow === null ? {} : { workflow: body.workflow }),
    ...(body.deletes ? { deletes: true } : {}),
  });
}

export function decodeBody(bytes: Uint8Array): TransitionBody {
  const body = bodyCodec.decode(bytes);
  if (body.format > deletionFormat) {
    throw new UnknownFormat('a logged transition', body.format, deletionFormat);
  }
  return {
    delta: decodedDelta(body.delta),
    events: body.events,
    firstEventId: body.firstEventId,
    workflow:
      body.workflow === null
        ? null
        : { makesCurrent: body.workflow.makesCurrent, keys: body.workflow.keys.map(loadKey) },
    deletes: body.deletes,
  };
}

function loadKey(key: DedupKey): DedupKey {
  return { key: key.key, runId: key.runId, expiresAtUs: key.expiresAtUs };
}

/** The value unless it is that of the start. */
function replaced(value: Uint8Array, ofStart: Uint8Array): Replaced | null {
  return value === ofStart || equalBytes(value, ofStart) ? null : { value };
}

export function encodeSnapshot(state: ExecutionState): Uint8Array {
  return snapshotCodec.encode({
    format: stateFormat,
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
    },
  });
}

export function decodeSnapshot(run: RunKey, bytes: Uint8Array): ExecutionState {
  const snapshot = snapshotCodec.decode(bytes);
  if (snapshot.format > stateFormat) throw new UnknownFormat('a stored run', snapshot.format);
  const state = emptyState(run);
  fold(state, decodedDelta(snapshot.state));
  return state;
}

export function encodeWorkflowState(currentRunId: string, keys: readonly DedupKey[]): Uint8Array {
  return workflowCodec.encode({ format: stateFormat, currentRunId, keys });
}

export function decodeWorkflowState(bytes: Uint8Array): WorkflowState {
  const state = workflowCodec.decode(bytes);
  if (state.format > stateFormat) throw new UnknownFormat('a stored workflow', state.format);
  return { format: state.format, currentRunId: state.currentRunId, keys: state.keys.map(loadKey) };
}
