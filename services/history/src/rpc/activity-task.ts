// What workers report of activities: completed, failed, cancelled, alive.

import {
  cancelActivity,
  completeActivity,
  type Decision,
  type ExecutionState,
  failActivity,
  heartbeat,
} from '@perdure/core-execution';
import type { Routed } from '@perdure/ports';
import { carryOut } from '../commit.ts';
import type { HistoryContext } from '../context.ts';
import { type TaskToken, TokenKind } from '../task-token.ts';
import { runOfToken } from './workflow-task.ts';

/** Decides on the run of an activity's token and carries it out. */
async function report<T>(
  context: HistoryContext,
  namespaceId: string,
  taskToken: Uint8Array,
  decision: (state: ExecutionState, attempt: TaskToken, nowUs: number) => Decision<T>,
): Promise<T> {
  const { owner } = context;
  const { token, handle } = await runOfToken(context, namespaceId, taskToken, TokenKind.Activity);
  const decided = owner.decide(handle, (state) => decision(state, token, owner.clock.nowUs()));
  return carryOut(owner, handle, null, decided);
}

export async function completeAttempt(
  context: HistoryContext,
  { namespaceId, request }: Routed<'RespondActivityTaskCompleted'>,
): Promise<Record<string, never>> {
  const { identity, result, taskToken } = request;
  await report(context, namespaceId, taskToken, (state, { scheduledEventId, attempt }, nowUs) =>
    completeActivity(state, { scheduledEventId, attempt, identity, result, nowUs }),
  );
  return {};
}

export async function failAttempt(
  context: HistoryContext,
  { namespaceId, request }: Routed<'RespondActivityTaskFailed'>,
): Promise<Record<string, never>> {
  const { identity, failure, lastHeartbeatDetails, taskToken } = request;
  await report(context, namespaceId, taskToken, (state, { scheduledEventId, attempt }, nowUs) =>
    failActivity(state, {
      scheduledEventId,
      attempt,
      identity,
      failure,
      lastHeartbeatDetails,
      nowUs,
    }),
  );
  return {};
}

export async function cancelAttempt(
  context: HistoryContext,
  { namespaceId, request }: Routed<'RespondActivityTaskCanceled'>,
): Promise<Record<string, never>> {
  const { identity, details, taskToken } = request;
  await report(context, namespaceId, taskToken, (state, { scheduledEventId, attempt }, nowUs) =>
    cancelActivity(state, { scheduledEventId, attempt, identity, details, nowUs }),
  );
  return {};
}

export async function recordHeartbeat(
  context: HistoryContext,
  { namespaceId, request }: Routed<'RecordActivityTaskHeartbeat'>,
): Promise<{ cancelRequested?: boolean }> {
  const { details, taskToken } = request;
  const alive = await report(context, namespaceId, taskToken, (state, token, nowUs) => {
    const { scheduledEventId, attempt } = token;
    return heartbeat(state, { scheduledEventId, attempt, details, nowUs });
  });
  return alive.cancelRequested ? { cancelRequested: true } : {};
}
