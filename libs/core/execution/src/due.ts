// Time: what of a run is due next, and what happens when it is. Nothing is armed in core; everything is read off the
// state, so a restart, a late wake-up and a double one all do the right thing (I16).

import { TimeoutType } from '@perdure/wire';
import { releaseAttempt } from './activity/retry.ts';
import { timeOutActivity } from './activity/time-out.ts';
import { timeOutRun } from './close/by-server.ts';
import { conclude } from './conclude.ts';
import { Draft, type Transition } from './draft.ts';
import type { Moment } from './limits.ts';
import { endBackoff } from './start/first-task.ts';
import {
  type Activity,
  ActivityPhase,
  type ExecutionState,
  isRunning,
  TaskPhase,
  type Timer,
} from './state.ts';
import { fireTimer } from './timer/commands.ts';
import { timeOutStartedTask, timeOutStickyTask } from './workflow-task/fail.ts';

/** One thing that becomes due. */
type Due =
  | { readonly kind: 'runTimeout'; readonly atUs: number }
  | { readonly kind: 'firstTask'; readonly atUs: number }
  | { readonly kind: 'workflowTaskTimeout'; readonly atUs: number }
  | { readonly kind: 'stickyTimeout'; readonly atUs: number }
  | { readonly kind: 'timer'; readonly atUs: number; readonly timer: Timer }
  | { readonly kind: 'attempt'; readonly atUs: number; readonly activity: Activity }
  | {
      readonly kind: 'activityTimeout';
      readonly atUs: number;
      readonly activity: Activity;
      readonly timeoutType: number;
    };

/** A state, or a draft on top of one. */
interface Pending {
  readonly start: ExecutionState['start'];
  readonly progress: ExecutionState['progress'];
  readonly activities: { values(): Iterable<Activity> };
  readonly timers: { values(): Iterable<Timer> };
}

/** Of two that are due at the same time the one that was considered first counts. */
function earlier(best: Due | null, atUs: number): boolean {
  return best === null || atUs < best.atUs;
}

/** Heartbeats count from the take-over at the earliest: while nobody owned the run none could arrive (W7). */
function activityDue(activity: Activity, takenOverUs: number, best: Due | null): Due | null {
  let found = best;
  const consider = (lengthUs: number, fromUs: number, timeoutType: number): void => {
    const atUs = fromUs + lengthUs;
    if (lengthUs > 0 && earlier(found, atUs)) {
      found = { kind: 'activityTimeout', atUs, activity, timeoutType };
    }
  };
  const { attemptScheduledTimeUs, phase, startedTimeUs } = activity;
  if (phase === ActivityPhase.Started) {
    consider(activity.startToCloseUs, startedTimeUs, TimeoutType.StartToClose);
  } else if (phase === ActivityPhase.Scheduled) {
    consider(activity.scheduleToStartUs, attemptScheduledTimeUs, TimeoutType.ScheduleToStart);
  }
  consider(activity.scheduleToCloseUs, activity.scheduledTimeUs, TimeoutType.ScheduleToClose);
  if (phase === ActivityPhase.Started) {
    const aliveUs = Math.max(activity.lastHeartbeatUs, startedTimeUs, takenOverUs);
    consider(activity.heartbeatUs, aliveUs, TimeoutType.Heartbeat);
  } else if (phase === ActivityPhase.BackingOff && earlier(found, attemptScheduledTimeUs)) {
    found = { kind: 'attempt', atUs: attemptScheduledTimeUs, activity };
  }
  return found;
}

function next(pending: Pending, takenOverUs: number): Due | null {
  const { start, progress } = pending;
  if (!isRunning(pending)) return null;
  let best: Due | null = null;
  if (start.runExpirationUs > 0) best = { kind: 'runTimeout', atUs: start.runExpirationUs };
  const { firstTaskAtUs, workflowTask: task } = progress;
  if (firstTaskAtUs > 0 && earlier(best, firstTaskAtUs)) {
    best = { kind: 'firstTask', atUs: firstTaskAtUs };
  }
  if (task?.phase === TaskPhase.Started) {
    const atUs = task.startedTimeUs + task.startToCloseUs;
    if (earlier(best, atUs)) best = { kind: 'workflowTaskTimeout', atUs };
  } else if (task !== null && task.scheduleToStartUs > 0) {
    const atUs = task.scheduledTimeUs + task.scheduleToStartUs;
    if (earlier(best, atUs)) best = { kind: 'stickyTimeout', atUs };
  }
  for (const timer of pending.timers.values()) {
    if (earlier(best, timer.fireAtUs)) best = { kind: 'timer', atUs: timer.fireAtUs, timer };
  }
  for (const activity of pending.activities.values()) {
    best = activityDue(activity, takenOverUs, best);
  }
  return best;
}

/** When the run must be woken next, µs; null: nothing is due by itself. */
export function nextDueUs(state: ExecutionState, takenOverUs: number): number | null {
  return next(state, takenOverUs)?.atUs ?? null;
}

function happen(draft: Draft, due: Due, successorRunId: string): void {
  switch (due.kind) {
    case 'runTimeout':
      return timeOutRun(draft, successorRunId);
    case 'firstTask':
      return endBackoff(draft);
    case 'workflowTaskTimeout':
      return timeOutStartedTask(draft);
    case 'stickyTimeout':
      return timeOutStickyTask(draft);
    case 'timer':
      return fireTimer(draft, due.timer);
    case 'attempt':
      return releaseAttempt(draft, due.activity);
    case 'activityTimeout':
      return timeOutActivity(draft, due.activity, due.timeoutType);
  }
}

/**
 * Everything that is due by now, in the order in which it became due, as one transition; null: nothing is.
 * `successorRunId`: the run that follows, if this one is out of time and is tried again.
 */
export function wake(
  state: ExecutionState,
  at: Moment,
  takenOverUs: number,
  successorRunId: string,
): Transition | null {
  const { nowUs } = at;
  const dueUs = nextDueUs(state, takenOverUs);
  if (dueUs === null || dueUs > nowUs) return null;
  const draft = new Draft(state, at);
  for (;;) {
    const due = next(draft, takenOverUs);
    if (due === null || due.atUs > nowUs) return conclude(draft).transition;
    happen(draft, due, successorRunId);
  }
}
