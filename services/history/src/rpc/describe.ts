// DescribeWorkflowExecution (wire-contract 3.13): a run as it stands, durable.

import { type Activity, ActivityPhase, decodePolicy, TaskPhase } from '@perdure/core-execution';
import { fromUs, type SecondsAndNanos } from '@perdure/kernel';
import type { Routed } from '@perdure/ports';
import {
  PendingActivityState,
  PendingWorkflowTaskState,
  priorityCodec,
  type RpcResponseInit,
  searchAttributesCodec,
} from '@perdure/wire';
import { executionOf, type HistoryContext } from '../context.ts';
import type { RunHandle } from '../owner/run-handle.ts';

type Response = RpcResponseInit<'DescribeWorkflowExecution'>;
type PendingActivity = NonNullable<NonNullable<Response['pendingActivities']>[number]>;

const timeOrNone = (us: number): SecondsAndNanos | null => (us > 0 ? fromUs(us) : null);
const bytesOrNone = (bytes: Uint8Array): Uint8Array | null => (bytes.length > 0 ? bytes : null);

function activityState(activity: Activity): number {
  if (activity.cancelRequestedEventId > 0) return PendingActivityState.CancelRequested;
  return activity.phase === ActivityPhase.Started
    ? PendingActivityState.Started
    : PendingActivityState.Scheduled;
}

function pendingActivity(activity: Activity): PendingActivity {
  const { maximumAttempts } = decodePolicy(activity.retryPolicy);
  const backingOff = activity.phase === ActivityPhase.BackingOff;
  return {
    activityId: activity.activityId,
    activityType: { name: activity.activityType },
    state: activityState(activity),
    heartbeatDetails: bytesOrNone(activity.heartbeatDetails),
    lastHeartbeatTime: timeOrNone(activity.lastHeartbeatUs),
    lastStartedTime: timeOrNone(activity.startedTimeUs),
    attempt: activity.attempt,
    maximumAttempts,
    scheduledTime: fromUs(activity.attemptScheduledTimeUs),
    expirationTime:
      activity.scheduleToCloseUs > 0
        ? fromUs(activity.scheduledTimeUs + activity.scheduleToCloseUs)
        : null,
    lastFailure: bytesOrNone(activity.lastFailure),
    lastWorkerIdentity: activity.lastWorkerIdentity,
    currentRetryInterval: backingOff
      ? fromUs(activity.attemptScheduledTimeUs - activity.lastAttemptCompleteUs)
      : null,
    lastAttemptCompleteTime: timeOrNone(activity.lastAttemptCompleteUs),
    nextAttemptScheduleTime: backingOff ? fromUs(activity.attemptScheduledTimeUs) : null,
    activityOptions: {
      taskQueue: { name: activity.taskQueue },
      scheduleToCloseTimeout: fromUs(activity.scheduleToCloseUs),
      scheduleToStartTimeout: fromUs(activity.scheduleToStartUs),
      startToCloseTimeout: fromUs(activity.startToCloseUs),
      heartbeatTimeout: fromUs(activity.heartbeatUs),
    },
    priority: activity.priority.length > 0 ? priorityCodec.decode(activity.priority) : null,
  };
}

function pendingWorkflowTask(handle: RunHandle): Response['pendingWorkflowTask'] {
  const task = handle.state.progress.workflowTask;
  if (task === null) return null;
  return {
    state:
      task.phase === TaskPhase.Started
        ? PendingWorkflowTaskState.Started
        : PendingWorkflowTaskState.Scheduled,
    scheduledTime: fromUs(task.scheduledTimeUs),
    originalScheduledTime: fromUs(task.originalScheduledTimeUs),
    startedTime: timeOrNone(task.startedTimeUs),
    attempt: task.attempt,
  };
}

export async function describeWorkflow(
  context: HistoryContext,
  { namespaceId, request }: Routed<'DescribeWorkflowExecution'>,
): Promise<Response> {
  const { workflowId, runId } = request.execution ?? { workflowId: '', runId: '' };
  const handle = await context.loader.find(namespaceId, workflowId, runId);
  const answer = describe(handle);
  await context.owner.afterHead();
  return answer;
}

function describe(handle: RunHandle): Response {
  const { run, start, progress, activities, memo, searchAttributes } = handle.state;
  const closed = !handle.open;
  return {
    executionConfig: {
      taskQueue: { name: start.taskQueue, kind: 1 },
      workflowExecutionTimeout: fromUs(start.executionTimeoutUs),
      workflowRunTimeout: fromUs(start.runTimeoutUs),
      defaultWorkflowTaskTimeout: fromUs(start.taskTimeoutUs),
      userMetadata: bytesOrNone(start.userMetadata),
    },
    workflowExecutionInfo: {
      execution: executionOf(run),
      type: { name: start.workflowType },
      startTime: fromUs(start.startTimeUs),
      closeTime: closed ? fromUs(progress.closeTimeUs) : null,
      executionTime: fromUs(start.executionTimeUs),
      executionDuration: closed ? fromUs(progress.closeTimeUs - start.executionTimeUs) : null,
      status: progress.status,
      historyLength: progress.nextEventId - 1,
      historySizeBytes: progress.historyBytes,
      stateTransitionCount: progress.version,
      memo: bytesOrNone(memo),
      searchAttributes:
        searchAttributes.length > 0 ? searchAttributesCodec.decode(searchAttributes) : null,
      taskQueue: start.taskQueue,
      firstRunId: start.firstRunId,
      rootExecution: executionOf(run),
      priority: start.priority.length > 0 ? priorityCodec.decode(start.priority) : null,
    },
    pendingActivities: [...activities.values()].map(pendingActivity),
    pendingWorkflowTask: pendingWorkflowTask(handle),
    workflowExtendedInfo: {
      executionExpirationTime: timeOrNone(start.executionExpirationUs),
      runExpirationTime: timeOrNone(start.runExpirationUs),
      cancelRequested: progress.cancelRequested,
      originalStartTime: fromUs(start.startTimeUs),
    },
  };
}
