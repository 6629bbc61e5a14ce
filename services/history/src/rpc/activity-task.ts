// What workers report of activities: completed, failed, cancelled, alive.

import {
  cancelActivity,
  completeActivity,
  type Decision,
  type ExecutionState,
  failActivity,
  heartbeat,
  type Moment,
} from '@perdure/core-execution';
import type { Routed } from '@perdure/ports';
import type { RpcResponseInit } from '@perdure/wire';
import { carryOut } from '../commit.ts';
import type { HistoryContext } from '../context.ts';
import { type TaskToken, TokenKind } from '../task-token.ts';
import { runOfToken } from './workflow-task.ts';

/** Decides on the run of an activity's token and carries it out. */
async function report<T>(
  context: HistoryContext,
  namespaceId: string,
  taskToken: Uint8Array,
  decision: (state: ExecutionState, attempt: TaskToken, at: Moment) => Decision<T>,
): Promise<T> {
  const { owner } = context;
  const { token, handle } = await runOfToken(context, namespaceId, taskToken, TokenKind.Activity);
  const decided = owner.decide(handle, (state, at) => decision(state, token, at));
  return carryOut(owner, handle, null, decided);
}

export async function completeAttempt(
  context: HistoryContext,
  { namespaceId, request }: Routed<'RespondActivityTaskCompleted'>,
): Promise<Record<string, never>> {
  const { identity, result, taskToken } = request;
  await report(context, namespaceId, taskToken, (state, { scheduledEventId, attempt }, at) =>
    completeActivity(state, { scheduledEventId, attempt, identity, result, ...at }),
  );
  return {};
}

export async function failAttempt(
  context: HistoryContext,
  { namespaceId, request }: Routed<'RespondActivityTaskFailed'>,
): Promise<RpcResponseInit<'RespondActivityTaskFailed'>> {
  const { identity, failure, lastHeartbeatDetails, taskToken } = request;
  const failures = await report(
    context,
    namespaceId,
    taskToken,
    (state, { scheduledEventId, attempt }, at) =>
      failActivity(state, {
        scheduledEventId,
        attempt,
        identity,
        failure,
        lastHeartbeatDetails,
        ...at,
      }),
  );
  return { failures };
}

export async function cancelAttempt(
  context: HistoryContext,
  { namespaceId, request }: Routed<'RespondActivityTaskCanceled'>,
): Promise<Record<string, never>> {
  const { identity, details, taskToken } = request;
  await report(context, namespaceId, taskToken, (state, { scheduledEventId, attempt }, at) =>
    cancelActivity(state, { scheduledEventId, attempt, identity, details, ...at }),
  );
  return {};
}

export async function recordHeartbeat(
  context: HistoryContext,
  { namespaceId, request }: Routed<'RecordActivityTaskHeartbeat'>,
): Promise<{ cancelRequested?: boolean }> {
  const { details, identity, taskToken } = request;
  const alive = await report(context, namespaceId, taskToken, (state, token, at) => {
    const { scheduledEventId, attempt } = token;
    return heartbeat(state, { scheduledEventId, attempt, details, identity, ...at });
  });
  return alive.cancelRequested ? { cancelRequested: true } : {};
}
