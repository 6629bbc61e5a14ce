// A run as its owner sees it, for the operator: nothing is loaded for it, and nothing changes.

import {
  type Activity,
  ActivityPhase,
  decodeSnapshot,
  type ExecutionState,
  nextDueUs,
  TaskPhase,
} from '@perdure/core-execution';
import { shardOf } from '@perdure/core-shard';
import { notFound, RejectionError, type RunKey } from '@perdure/kernel';
import type { ActivityView, RunView, UnappliedView } from '@perdure/wire/operator';
import type { HistoryContext } from '../context.ts';
import type { RunHandle } from '../owner/run-handle.ts';
import { keyView, outboxView, probeView } from './message-views.ts';

const taskPhases: Readonly<Record<number, string>> = {
  [TaskPhase.Scheduled]: 'scheduled',
  [TaskPhase.Started]: 'started',
};
const activityPhases: Readonly<Record<number, string>> = {
  [ActivityPhase.Scheduled]: 'scheduled',
  [ActivityPhase.BackingOff]: 'backing off',
  [ActivityPhase.Started]: 'started',
};

export interface RunQuestion {
  readonly namespaceId: string;
  readonly workflowId: string;
  /** Empty: the current run. */
  readonly runId: string;
}

/** Resolves when what it tells is durable (W4). */
export async function describeRun(
  context: HistoryContext,
  epoch: number,
  { namespaceId, workflowId, runId }: RunQuestion,
): Promise<RunView> {
  const { owner, loader, store } = context;
  const entry = await loader.workflow(namespaceId, workflowId);
  const run = { namespaceId, workflowId, runId: runId || entry.currentRunId };
  const row = run.runId === '' ? null : await store.readRunState(run);
  const handle = owner.handle(run);
  const state = handle?.state ?? (row === null ? null : decodeSnapshot(run, row.state));
  const quarantined = handle?.quarantined ?? loader.quarantineOf(run) ?? '';
  if (state === null || handle?.deleted === true) {
    const but = quarantined === '' ? '' : `; it is quarantined: ${quarantined}`;
    throw new RejectionError(notFound(`workflow not found for ID: ${workflowId}${but}`));
  }
  const nowUs = owner.clock.nowUs();
  const view: RunView = {
    ...viewOf(state, handle?.takenOverUs ?? 0),
    shard: shardOf(namespaceId, workflowId),
    currentRunId: entry.currentRunId,
    epoch,
    inMemory: handle !== undefined,
    quarantined,
    durableVersion: state.progress.version - (handle?.inFlight ?? 0),
    appliedVersion: row?.version ?? 0,
    unapplied: handle === undefined ? [] : unappliedOf(handle),
    storedEventId: handle?.storedEventId ?? state.progress.nextEventId - 1,
    dedupKeys: entry.keys.live(nowUs).map(keyView),
  };
  await owner.afterHead();
  return view;
}

function unappliedOf({ unapplied }: RunHandle): UnappliedView[] {
  return unapplied.map(({ version, bytes, clock, frame }) => ({
    version,
    bytes,
    clockUs: clock,
    offset: frame?.position.offset ?? -1,
  }));
}

type OfState = Pick<
  RunView,
  | keyof RunKey
  | 'status'
  | 'headVersion'
  | 'nextEventId'
  | 'historyBytes'
  | 'workflowTask'
  | 'activities'
  | 'timers'
  | 'bufferedEvents'
  | 'dueUs'
  | 'stickyQueue'
  | 'takenOverUs'
  | 'outbox'
  | 'probes'
>;

function viewOf(state: ExecutionState, takenOverUs: number): OfState {
  const { run, start, progress } = state;
  const task = progress.workflowTask;
  return {
    ...run,
    status: progress.status,
    headVersion: progress.version,
    nextEventId: progress.nextEventId,
    historyBytes: progress.historyBytes,
    workflowTask:
      task === null
        ? null
        : {
            phase: taskPhases[task.phase] ?? String(task.phase),
            scheduledEventId: task.scheduledEventId,
            startedEventId: task.startedEventId,
            attempt: task.attempt,
            transient: task.transient,
            queue: task.stickyQueue || start.taskQueue,
            identity: task.identity,
            scheduledUs: task.scheduledTimeUs,
            startedUs: task.startedTimeUs,
          },
    activities: [...state.activities.values()].map(activityView),
    timers: [...state.timers.values()].map(({ timerId, startedEventId, fireAtUs }) => ({
      timerId,
      startedEventId,
      fireAtUs,
    })),
    bufferedEvents: state.buffered.length,
    dueUs: nextDueUs(state, takenOverUs) ?? 0,
    stickyQueue: progress.stickyQueue,
    takenOverUs,
    outbox: [...state.outbox.values()].map(outboxView),
    probes: state.probes.map(probeView),
  };
}

function activityView(activity: Activity): ActivityView {
  return {
    scheduledEventId: activity.scheduledEventId,
    activityId: activity.activityId,
    activityType: activity.activityType,
    queue: activity.taskQueue,
    phase: activityPhases[activity.phase] ?? String(activity.phase),
    attempt: activity.attempt,
    stamp: activity.stamp,
    attemptScheduledUs: activity.attemptScheduledTimeUs,
    startedUs: activity.startedTimeUs,
    lastHeartbeatUs: activity.lastHeartbeatUs,
    identity: activity.startedIdentity || activity.lastWorkerIdentity,
  };
}
