// What the wake index must say of a run (M5): the hint by which its work is found again after the log was trimmed.

import { ActivityPhase, type ExecutionState, nextDueUs, TaskPhase } from '@perdure/core-execution';
import { usPerHour } from '@perdure/kernel';
import { type Codec, ownCodec } from '@perdure/wire';

/** The one unstarted task of a run, as far as an offer needs it. */
export interface WakeOffer {
  /** 1 = workflow, 2 = activity. */
  readonly kind: number;
  readonly queue: string;
  /** Normal queue of a sticky task. */
  readonly normalQueue: string;
  readonly scheduledEventId: number;
  readonly attempt: number;
  readonly stamp: number;
  readonly scheduledAtUs: number;
  /** Encoded Priority; empty: none was given. */
  readonly priority: Uint8Array;
}

export const wakeOfferCodec: Codec<WakeOffer, WakeOffer> = ownCodec(
  'state',
  'perdure.state.v1.WakeOffer',
);

/** What is outstanding: `offer` only when exactly one task waits; `loadAtUs`: the earliest other due. */
export interface Outstanding {
  readonly offer: WakeOffer | null;
  readonly loadAtUs: number | null;
}

function waitingTasks(state: ExecutionState): WakeOffer[] {
  const offers: WakeOffer[] = [];
  const task = state.progress.workflowTask;
  if (task?.phase === TaskPhase.Scheduled) {
    offers.push({
      kind: 1,
      queue: task.stickyQueue || state.start.taskQueue,
      normalQueue: task.stickyQueue === '' ? '' : state.start.taskQueue,
      scheduledEventId: task.scheduledEventId,
      attempt: task.attempt,
      stamp: 0,
      scheduledAtUs: task.scheduledTimeUs,
      priority: state.start.priority,
    });
  }
  for (const activity of state.activities.values()) {
    if (activity.phase !== ActivityPhase.Scheduled) continue;
    offers.push({
      kind: 2,
      queue: activity.taskQueue,
      normalQueue: '',
      scheduledEventId: activity.scheduledEventId,
      attempt: activity.attempt,
      stamp: activity.stamp,
      scheduledAtUs: activity.attemptScheduledTimeUs,
      priority: activity.priority,
    });
    if (offers.length > 1) break;
  }
  return offers;
}

/** null: nothing is outstanding, the run sleeps until somebody calls. */
export function outstandingOf(state: ExecutionState, nowUs: number): Outstanding | null {
  // A message to send or to release is due now, whether or not its sender has closed (X3).
  if (state.outbox.size > 0) return { offer: null, loadAtUs: nowUs };
  if (state.progress.status !== 1) return null;
  const waiting = waitingTasks(state);
  const dueUs = nextDueUs(state, 0);
  if (waiting.length > 1) return { offer: null, loadAtUs: nowUs };
  if (waiting.length === 0 && dueUs === null) return null;
  return { offer: waiting[0] ?? null, loadAtUs: dueUs };
}

/** Hours since 1970: the bucket of something due then, never one that has passed (M6). */
export function bucketOf(dueUs: number, nowUs: number): number {
  return Math.floor(Math.max(dueUs, nowUs) / usPerHour);
}
