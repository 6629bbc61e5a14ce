// What clients report of activities that they name by id: completion from elsewhere (wire-contract 1.3, 3.16).

import {
  type AttemptName,
  attemptOf,
  cancelActivity,
  completeActivityById,
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

interface NamedActivity {
  readonly workflowId: string;
  /** Empty: the current run. */
  readonly runId: string;
  readonly activityId: string;
}

async function report<T>(
  context: HistoryContext,
  namespaceId: string,
  { workflowId, runId }: NamedActivity,
  decision: (state: ExecutionState, at: Moment) => Decision<T>,
): Promise<T> {
  const { loader, owner } = context;
  const handle = await loader.find(namespaceId, workflowId, runId);
  return carryOut(owner, handle, null, owner.decide(handle, decision));
}

/** As `report`, on the attempt that runs. */
function reportAttempt<T>(
  context: HistoryContext,
  namespaceId: string,
  named: NamedActivity,
  decision: (state: ExecutionState, attempt: AttemptName, at: Moment) => Decision<T>,
): Promise<T> {
  return report(context, namespaceId, named, (state, at) => {
    const attempt = attemptOf(state, named.activityId);
    return attempt.ok ? decision(state, attempt.value, at) : attempt;
  });
}

export async function completeById(
  context: HistoryContext,
  { namespaceId, request }: Routed<'RespondActivityTaskCompletedById'>,
): Promise<Record<string, never>> {
  const { activityId, identity, result } = request;
  await report(context, namespaceId, request, (state, at) =>
    completeActivityById(state, { activityId, identity, result, ...at }),
  );
  return {};
}

export async function failById(
  context: HistoryContext,
  { namespaceId, request }: Routed<'RespondActivityTaskFailedById'>,
): Promise<RpcResponseInit<'RespondActivityTaskFailedById'>> {
  const { identity, failure, lastHeartbeatDetails } = request;
  const failures = await reportAttempt(
    context,
    namespaceId,
    request,
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

export async function cancelById(
  context: HistoryContext,
  { namespaceId, request }: Routed<'RespondActivityTaskCanceledById'>,
): Promise<Record<string, never>> {
  const { identity, details } = request;
  await reportAttempt(context, namespaceId, request, (state, { scheduledEventId, attempt }, at) =>
    cancelActivity(state, { scheduledEventId, attempt, identity, details, ...at }),
  );
  return {};
}

export async function heartbeatById(
  context: HistoryContext,
  { namespaceId, request }: Routed<'RecordActivityTaskHeartbeatById'>,
): Promise<RpcResponseInit<'RecordActivityTaskHeartbeatById'>> {
  const { details, identity } = request;
  const alive = await reportAttempt(
    context,
    namespaceId,
    request,
    (state, { scheduledEventId, attempt }, at) =>
      heartbeat(state, { scheduledEventId, attempt, details, identity, ...at }),
  );
  return alive.cancelRequested ? { cancelRequested: true } : {};
}
