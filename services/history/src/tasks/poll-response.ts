// The answer to a poll that got a task: the public message, encoded, with the history as it lies in log and store.

import {
  type Activity,
  decodePolicy,
  policyMessage,
  transientEvents,
  type WorkflowTask,
} from '@perdure/core-execution';
import { concatBytes, fromUs, noBytes } from '@perdure/kernel';
import {
  encodeEvent,
  priorityCodec,
  type RpcRequest,
  type RpcResponseInit,
  rpcCodec,
} from '@perdure/wire';
import { executionOf, type HistoryContext } from '../context.ts';
import { encodeHistoryToken } from '../history-token.ts';
import { readHistory } from '../owner/history-reader.ts';
import type { RunHandle } from '../owner/run-handle.ts';
import { TokenKind } from '../task-token.ts';

/** First page of a poll; the worker reads the rest with GetWorkflowExecutionHistory. */
const pageEventsMax = 256;
const pageBytesMax = 2 * 1024 * 1024;

type WorkflowQuery = NonNullable<RpcRequest<'QueryWorkflow'>['query']>;
type WorkflowTaskResponse = RpcResponseInit<'PollWorkflowTaskQueue'>;

interface HistoryPart {
  readonly history: Uint8Array;
  readonly nextPageToken?: Uint8Array;
}

/** Events `from` up to `end` (exclusive); `shown` follow when the page reaches the end. */
async function historyPart(
  context: HistoryContext,
  handle: RunHandle,
  from: number,
  end: number,
  shown: readonly Uint8Array[],
): Promise<HistoryPart> {
  const range = { from, to: end, maxEvents: pageEventsMax, maxBytes: pageBytesMax };
  const page = await readHistory(context.store, handle, range);
  if (page.nextEventId >= end) return { history: concatBytes([page.events, ...shown]) };
  const { runId } = handle.state.run;
  const nextPageToken = encodeHistoryToken({
    runId,
    nextEventId: page.nextEventId,
    endEventId: end,
  });
  return { history: page.events, nextPageToken };
}

export interface StartedTaskShown {
  readonly task: WorkflowTask;
  /** Events before this one are known to the worker. */
  readonly fromEventId: number;
  readonly previousStartedEventId: number;
  /** The events of a later attempt, which no history has; when the answer is made the run may have gone on. */
  readonly transient: readonly Uint8Array[];
  readonly queries: Record<string, WorkflowQuery>;
}

/** What of a task must be read off head in the turn in which it started. */
export function showStartedTask(
  handle: RunHandle,
  task: WorkflowTask,
  partial: boolean,
  queries: StartedTaskShown['queries'],
): StartedTaskShown {
  const previousStartedEventId = handle.state.progress.previousStartedEventId;
  return {
    task,
    transient: task.transient ? transientEvents(handle.state).map(encodeEvent) : [],
    fromEventId: partial ? previousStartedEventId + 1 : 1,
    previousStartedEventId,
    queries,
  };
}

export async function workflowTaskResponse(
  context: HistoryContext,
  handle: RunHandle,
  shown: StartedTaskShown,
): Promise<WorkflowTaskResponse> {
  const { task } = shown;
  const { run, start } = handle.state;
  const end = task.transient ? task.scheduledEventId : task.startedEventId + 1;
  return {
    taskToken: context.tokens.make(run, {
      kind: TokenKind.Workflow,
      scheduledEventId: task.scheduledEventId,
      startedEventId: task.startedEventId,
      attempt: task.attempt,
      startedTimeUs: task.startedTimeUs,
      queryId: '',
    }),
    workflowExecution: executionOf(run),
    workflowType: { name: start.workflowType },
    previousStartedEventId: shown.previousStartedEventId,
    startedEventId: task.startedEventId,
    attempt: task.attempt,
    ...(await historyPart(context, handle, shown.fromEventId, end, shown.transient)),
    workflowExecutionTaskQueue: { name: start.taskQueue, kind: 1 },
    scheduledTime: fromUs(task.scheduledTimeUs),
    startedTime: fromUs(task.startedTimeUs),
    queries: shown.queries,
  };
}

/** A query task of its own. `bound`: the worker has the run up to its last task and needs no events. */
export async function queryTaskResponse(
  context: HistoryContext,
  handle: RunHandle,
  queryId: string,
  query: WorkflowQuery,
  bound: boolean,
): Promise<WorkflowTaskResponse> {
  const { run, start, progress } = handle.state;
  const previousStartedEventId = progress.previousStartedEventId;
  const history = bound
    ? { history: noBytes }
    : await historyPart(context, handle, 1, progress.nextEventId, []);
  const nowUs = context.clock.nowUs();
  return {
    taskToken: context.tokens.make(run, {
      kind: TokenKind.Query,
      scheduledEventId: 0,
      startedEventId: 0,
      attempt: 1,
      startedTimeUs: nowUs,
      queryId,
    }),
    workflowExecution: executionOf(run),
    workflowType: { name: start.workflowType },
    previousStartedEventId,
    attempt: 1,
    ...history,
    workflowExecutionTaskQueue: { name: start.taskQueue, kind: 1 },
    scheduledTime: fromUs(nowUs),
    startedTime: fromUs(nowUs),
    query,
  };
}

export function encodeWorkflowTask(response: WorkflowTaskResponse): Uint8Array {
  return rpcCodec('PollWorkflowTaskQueue').response.encode(response);
}

/** A started attempt of an activity, encoded. */
export function activityTaskResponse(
  context: HistoryContext,
  handle: RunHandle,
  activity: Activity,
): Uint8Array {
  const message = activityTask(context, handle, activity);
  return rpcCodec('PollActivityTaskQueue').response.encode(message);
}

export function activityTask(
  context: HistoryContext,
  handle: RunHandle,
  activity: Activity,
): RpcResponseInit<'PollActivityTaskQueue'> {
  const { run, start } = handle.state;
  const some = (name: string, bytes: Uint8Array): Record<string, Uint8Array> =>
    bytes.length > 0 ? { [name]: bytes } : {};
  return {
    taskToken: context.tokens.make(run, {
      kind: TokenKind.Activity,
      scheduledEventId: activity.scheduledEventId,
      startedEventId: 0,
      attempt: activity.attempt,
      startedTimeUs: activity.startedTimeUs,
      queryId: '',
    }),
    workflowNamespace: context.namespaces.byId(run.namespaceId)?.name ?? '',
    workflowType: { name: start.workflowType },
    workflowExecution: executionOf(run),
    activityType: { name: activity.activityType },
    activityId: activity.activityId,
    scheduledTime: fromUs(activity.scheduledTimeUs),
    currentAttemptScheduledTime: fromUs(activity.attemptScheduledTimeUs),
    startedTime: fromUs(activity.startedTimeUs),
    attempt: activity.attempt,
    scheduleToCloseTimeout: fromUs(activity.scheduleToCloseUs),
    startToCloseTimeout: fromUs(activity.startToCloseUs),
    heartbeatTimeout: fromUs(activity.heartbeatUs),
    retryPolicy: policyMessage(decodePolicy(activity.retryPolicy)),
    ...some('header', activity.header),
    ...some('input', activity.input),
    ...some('heartbeatDetails', activity.heartbeatDetails),
    ...(activity.priority.length > 0 ? { priority: priorityCodec.decode(activity.priority) } : {}),
  };
}
