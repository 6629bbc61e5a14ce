// What is reported of activities: completed, failed, cancelled, alive (wire-contract 1.3, 3.16). Workers name the attempt by
// its token, clients elsewhere name the activity by its id; the two differ in how the attempt is found and in nothing after.

import {
  type AttemptName,
  attemptOf,
  cancelActivity,
  completeActivity,
  completeActivityById,
  type Decision,
  type ExecutionState,
  failActivity,
  heartbeat,
  type Moment,
} from '@perdure/core-execution';
import type { Routed } from '@perdure/ports';
import type { RpcRequest } from '@perdure/wire';
import { carryOut } from '../commit.ts';
import type { HistoryContext } from '../context.ts';
import { TokenKind } from '../task-token.ts';
import { runOfToken } from './workflow-task.ts';

/** Decides on an attempt that runs, and carries it out. */
type AttemptReport = <T>(
  decision: (state: ExecutionState, attempt: AttemptName, at: Moment) => Decision<T>,
) => Promise<T>;

type Named = RpcRequest<'RespondActivityTaskCompletedById'>;
type Failed = Pick<
  RpcRequest<'RespondActivityTaskFailed'>,
  'identity' | 'failure' | 'lastHeartbeatDetails'
>;
type Canceled = Pick<RpcRequest<'RespondActivityTaskCanceled'>, 'identity' | 'details'>;
type Alive = Pick<RpcRequest<'RecordActivityTaskHeartbeat'>, 'identity' | 'details'>;

/** The attempt of a task token. */
export function byToken(
  context: HistoryContext,
  { namespaceId, request }: { namespaceId: string; request: { readonly taskToken: Uint8Array } },
): AttemptReport {
  return async (decision) => {
    const { taskToken } = request;
    const { token, handle } = await runOfToken(context, namespaceId, taskToken, TokenKind.Activity);
    const decided = context.owner.decide(handle, (state, at) => decision(state, token, at));
    return carryOut(context.owner, handle, null, decided);
  };
}

async function reportRun<T>(
  { loader, owner }: HistoryContext,
  namespaceId: string,
  { workflowId, runId }: Pick<Named, 'workflowId' | 'runId'>,
  decision: (state: ExecutionState, at: Moment) => Decision<T>,
): Promise<T> {
  // Without a run id the current run is meant.
  const handle = await loader.find(namespaceId, workflowId, runId);
  return carryOut(owner, handle, null, owner.decide(handle, decision));
}

/** The attempt that runs of an activity with an id. */
export function byId(
  context: HistoryContext,
  {
    namespaceId,
    request,
  }: { namespaceId: string; request: Pick<Named, 'workflowId' | 'runId' | 'activityId'> },
): AttemptReport {
  return (decision) =>
    reportRun(context, namespaceId, request, (state, at) => {
      const attempt = attemptOf(state, request.activityId);
      return attempt.ok ? decision(state, attempt.value, at) : attempt;
    });
}

export async function completeAttempt(
  context: HistoryContext,
  routed: Routed<'RespondActivityTaskCompleted'>,
): Promise<Record<string, never>> {
  const { identity, result } = routed.request;
  await byToken(
    context,
    routed,
  )((state, { scheduledEventId, attempt }, at) =>
    completeActivity(state, { scheduledEventId, attempt, identity, result, ...at }),
  );
  return {};
}

/** Unlike the other reports by id, also for an activity that no worker has begun. */
export async function completeById(
  context: HistoryContext,
  { namespaceId, request }: Routed<'RespondActivityTaskCompletedById'>,
): Promise<Record<string, never>> {
  const { activityId, identity, result } = request;
  await reportRun(context, namespaceId, request, (state, at) =>
    completeActivityById(state, { activityId, identity, result, ...at }),
  );
  return {};
}

export async function failAttempt(
  report: AttemptReport,
  { identity, failure, lastHeartbeatDetails }: Failed,
): Promise<{ failures: readonly Uint8Array[] }> {
  const failures = await report((state, { scheduledEventId, attempt }, at) =>
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
  report: AttemptReport,
  { identity, details }: Canceled,
): Promise<Record<string, never>> {
  await report((state, { scheduledEventId, attempt }, at) =>
    cancelActivity(state, { scheduledEventId, attempt, identity, details, ...at }),
  );
  return {};
}

export async function recordHeartbeat(
  report: AttemptReport,
  { identity, details }: Alive,
): Promise<{ cancelRequested?: boolean }> {
  const alive = await report((state, { scheduledEventId, attempt }, at) =>
    heartbeat(state, { scheduledEventId, attempt, details, identity, ...at }),
  );
  return alive.cancelRequested ? { cancelRequested: true } : {};
}
