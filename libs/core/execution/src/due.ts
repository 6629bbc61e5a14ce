// Time: what of a run is due next, and what happens when it is. Nothing is armed in core; everything is read off the
// state, so a restart, a late wake-up and a double one all do the right thing (I16).

import { TimeoutType } from '@perdure/wire';
import { releaseAttempt } from './activity/retry.ts';
import { timeOutActivity } from './activity/time-out.ts';
import { timeOutWorkflow } from './close/commands.ts';
import { Draft, type Transition } from './draft.ts';
import { type Activity, ActivityPhase, type ExecutionState, TaskPhase, type Timer } from './state.ts';
import { fireTimer } from './timer/commands.ts';
import { forceCloseTask, timeOutStartedTask, timeOutStickyTask } from './workflow-task/fail.ts';

/** One thing that becomes due. */
type Due =
  | { readonly kind: 'runTimeout'; readonly atUs: number }
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

interface Pending {
  readonly start: ExecutionState['start'];
  readonly progress: ExecutionState['progress'];
  activities(): Iterable<Activity>;
  timers(): Iterable<Timer>;
}

function earlier(best: Due | null, atUs: number): boolean {
  return best === null || atUs < best.atUs;
}

/** Heartbeats count from the take-over at the earliest: while nobody owned the run none could arrive (W7). */
function activityDue(activity: Activity, takenOverUs: number, best: Due | null): Due | null {
  let found = best;
  const consider = (lengthUs: number, fromUs: number, timeoutType: number): void => {
    if (lengthUs > 0 && earlier(found, fromUs + lengthUs)) {
      found = { kind: 'activityTimeout', atUs: fromUs + lengthUs, activity, timeoutType };
    }
  };
  consider(activity.scheduleToCloseUs, activity.scheduledTimeUs, TimeoutType.ScheduleToClose);
  if (activity.phase === ActivityPhase.BackingOff) {
    if (earlier(found, activity.attemptScheduledTimeUs)) {
      found = { kind: 'attempt', atUs: activity.attemptScheduledTimeUs, activity };
    }
  } else if (activity.phase === ActivityPhase.Scheduled) {
    consider(
      activity.scheduleToStartUs,
      activity.attemptScheduledTimeUs,
      TimeoutType.ScheduleToStart,
    );
  } else {
    consider(activity.startToCloseUs, activity.startedTimeUs, TimeoutType.StartToClose);
    const aliveUs = Math.max(activity.lastHeartbeatUs, activity.startedTimeUs, takenOverUs);
    consider(activity.heartbeatUs, aliveUs, TimeoutType.Heartbeat);
  }
  return found;
}

function next(pending: Pending, takenOverUs: number): Due | null {
  const { start, progress } = pending;
  if (progress.status !== 1) return null;
  let best: Due | null = null;
  if (start.runExpirationUs > 0) best = { kind: 'runTimeout', atUs: start.runExpirationUs };
  const task = progress.workflowTask;
  if (task?.phase === TaskPhase.Started) {
    const atUs = task.startedTimeUs + task.startToCloseUs;
    if (earlier(best, atUs)) best = { kind: 'workflowTaskTimeout', atUs };
  } else if (task !== null && task.scheduleToStartUs > 0) {
    const atUs = task.scheduledTimeUs + task.scheduleToStartUs;
    if (earlier(best, atUs)) best = { kind: 'stickyTimeout', atUs };
  }
  for (const timer of pending.timers()) {
    if (earlier(best, timer.fireAtUs)) best = { kind: 'timer', atUs: timer.fireAtUs, timer };
  }
  for (const activity of pending.activities()) best = activityDue(activity, takenOverUs, best);
  return best;
}

/** When the run must be woken next, µs; null: nothing is due by itself. */
export function nextDueUs(state: ExecutionState, takenOverUs: number): number | null {
  const pending: Pending = {
    start: state.start,
    progress: state.progress,
    activities: () => state.activities.values(),
    timers: () => state.timers.values(),
  };
  return next(pending, takenOverUs)?.atUs ?? null;
}

function happen(draft: Draft, due: Due): void {
  switch (due.kind) {
    case 'runTimeout': {
      const batch = draft.progress.nextEventId;
      forceCloseTask(draft);
      return timeOutWorkflow(draft, batch);
    }
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

/** Everything that is due by now, in the order in which it became due, as one transition; null: nothing is. */
export function wake(state: ExecutionState, nowUs: number, takenOverUs: number): Transition | null {
  const dueUs = nextDueUs(state, takenOverUs);
  if (dueUs === null || dueUs > nowUs) return null;
  const draft = new Draft(state, nowUs);
  for (;;) {
    const due = next(draft, takenOverUs);
    if (due === null || due.atUs > nowUs) return draft.finish();
    happen(draft, due);
  }
}
