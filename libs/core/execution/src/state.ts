// The state of one run as data. `decide` functions only read it; `fold` applies a delta to it, live and in replay alike.
//
// S1. state = fold of its deltas from nothing; nothing else writes it.
// S2. `progress.version` is the run's version: each delta carries the next one (rule L2).
// S3. Every event id below `progress.nextEventId` is in the history. A transient workflow task shows the next two ids.
// S4. After the status left Running the history is whole: what follows is about messages to other runs, and at last the
//     deletion of the run.

import type { RunKey } from '@perdure/kernel';
import { WorkflowExecutionStatus } from '@perdure/wire';
import type { OutboxMessage } from './message/message.ts';
import type { Probe } from './message/probe.ts';
import { growth } from './state-bytes.ts';

/** See proto/perdure/state.proto for the meaning and unit of each field. */
export interface StartInfo {
  readonly workflowType: string;
  readonly taskQueue: string;
  readonly executionTimeoutUs: number;
  readonly runTimeoutUs: number;
  readonly taskTimeoutUs: number;
  readonly startTimeUs: number;
  readonly executionTimeUs: number;
  readonly runExpirationUs: number;
  readonly executionExpirationUs: number;
  readonly createRequestId: string;
  readonly firstRunId: string;
  readonly originalRunId: string;
  readonly identity: string;
  readonly memo: Uint8Array;
  readonly searchAttributes: Uint8Array;
  readonly userMetadata: Uint8Array;
  readonly retryPolicy: Uint8Array;
  readonly priority: Uint8Array;
  readonly attempt: number;
  readonly links: readonly Uint8Array[];
  readonly input: Uint8Array;
  readonly header: Uint8Array;
}

export const TaskPhase = { Scheduled: 1, Started: 2 } as const;

export interface WorkflowTask {
  readonly phase: number;
  readonly scheduledEventId: number;
  readonly startedEventId: number;
  readonly attempt: number;
  readonly transient: boolean;
  readonly scheduledTimeUs: number;
  /** Of a heartbeat: when the first task of its chain was scheduled. */
  readonly originalScheduledTimeUs: number;
  readonly startedTimeUs: number;
  readonly startToCloseUs: number;
  readonly stickyQueue: string;
  readonly scheduleToStartUs: number;
  readonly pollRequestId: string;
  readonly identity: string;
  readonly historyBytesAtStart: number;
  readonly buildId: string;
  /** Of a started task: why its worker is told to continue as new. */
  readonly suggestReasons: readonly number[];
}

export interface Progress {
  readonly version: number;
  readonly status: number;
  readonly nextEventId: number;
  readonly historyBytes: number;
  /** When the newest transition was made: the time of no later one is before it (L10). */
  readonly clockUs: number;
  readonly closeTimeUs: number;
  readonly previousStartedEventId: number;
  readonly signals: number;
  readonly cancelRequested: boolean;
  readonly stickyQueue: string;
  readonly stickyScheduleToStartUs: number;
  readonly workflowTask: WorkflowTask | null;
  readonly workflowTaskAttempt: number;
  readonly closedBatchEventId: number;
  readonly closeAttempted: boolean;
  readonly firstTaskAtUs: number;
}

export const ActivityPhase = { Scheduled: 1, BackingOff: 2, Started: 3 } as const;

export interface Activity {
  readonly scheduledEventId: number;
  readonly activityId: string;
  readonly activityType: string;
  readonly taskQueue: string;
  readonly input: Uint8Array;
  readonly header: Uint8Array;
  readonly priority: Uint8Array;
  readonly scheduleToCloseUs: number;
  readonly scheduleToStartUs: number;
  readonly startToCloseUs: number;
  readonly heartbeatUs: number;
  readonly retryPolicy: Uint8Array;
  readonly scheduledTimeUs: number;
  readonly workflowTaskCompletedEventId: number;
  readonly phase: number;
  readonly attempt: number;
  readonly stamp: number;
  readonly attemptScheduledTimeUs: number;
  readonly startedTimeUs: number;
  readonly startedIdentity: string;
  readonly pollRequestId: string;
  readonly lastHeartbeatUs: number;
  readonly heartbeatDetails: Uint8Array;
  readonly cancelRequestedEventId: number;
  readonly lastFailure: Uint8Array;
  readonly lastAttemptCompleteUs: number;
  readonly lastWorkerIdentity: string;
}

export interface Timer {
  readonly timerId: string;
  readonly startedEventId: number;
  readonly fireAtUs: number;
}

/** An event that waits for the started workflow task to close: encoded, complete but for its id (wire-contract 2.5). */
export type BufferedEvent = Uint8Array;

export interface ExecutionState {
  readonly run: RunKey;
  start: StartInfo;
  progress: Progress;
  /** Encoded, as they are now; `start` holds those of the start. */
  memo: Uint8Array;
  searchAttributes: Uint8Array;
  /** By scheduled event id, in the order scheduled. */
  readonly activities: Map<number, Activity>;
  /** By timer id. */
  readonly timers: Map<string, Timer>;
  readonly buffered: BufferedEvent[];
  bufferedBytes: number;
  /** Messages to other runs, by their id, in the order sent. */
  readonly outbox: Map<string, OutboxMessage>;
  readonly probes: Probe[];
  /** Of the whole state, as state-bytes.ts counts. */
  bytes: number;
}

/** A value that takes the place of another one, empty or not. */
export interface Replaced {
  readonly value: Uint8Array;
}

/** What one transition changes. `start` only in the first. */
export interface RunDelta {
  readonly start: StartInfo | null;
  readonly progress: Progress;
  /** Null: as before; in the first transition, as `start` has them. */
  readonly memo: Replaced | null;
  readonly searchAttributes: Replaced | null;
  readonly activitiesSet: readonly Activity[];
  readonly activitiesRemoved: readonly number[];
  readonly timersSet: readonly Timer[];
  readonly timersRemoved: readonly string[];
  /** `buffered` is all that waits; else it comes after what waits already. */
  readonly bufferedReplaced: boolean;
  readonly buffered: readonly BufferedEvent[];
  readonly outboxSet: readonly OutboxMessage[];
  readonly outboxRemoved: readonly string[];
  /** After those that are there. */
  readonly probes: readonly Probe[];
}

export function isRunning(state: Pick<ExecutionState, 'progress'>): boolean {
  return state.progress.status === WorkflowExecutionStatus.Running;
}

/** Applies a delta. The first delta of a run is applied to `emptyState` (initial-state.ts). */
export function fold(state: ExecutionState, delta: RunDelta): void {
  state.bytes += growth(state, delta);
  if (delta.start !== null) {
    state.start = delta.start;
    state.memo = delta.start.memo;
    state.searchAttributes = delta.start.searchAttributes;
  }
  if (delta.memo !== null) state.memo = delta.memo.value;
  if (delta.searchAttributes !== null) state.searchAttributes = delta.searchAttributes.value;
  state.progress = delta.progress;
  for (const id of delta.activitiesRemoved) state.activities.delete(id);
  for (const activity of delta.activitiesSet) {
    state.activities.set(activity.scheduledEventId, activity);
  }
  for (const id of delta.timersRemoved) state.timers.delete(id);
  for (const timer of delta.timersSet) state.timers.set(timer.timerId, timer);
  if (delta.bufferedReplaced) {
    state.buffered.length = 0;
    state.bufferedBytes = 0;
  }
  for (const event of delta.buffered) {
    state.buffered.push(event);
    state.bufferedBytes += event.length;
  }
  for (const id of delta.outboxRemoved) state.outbox.delete(id);
  for (const message of delta.outboxSet) state.outbox.set(message.id, message);
  for (const probe of delta.probes) state.probes.push(probe);
}
