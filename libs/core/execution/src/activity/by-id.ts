// Activities named by their id, as clients name them that hold no task token (wire-contract 1.3, 3.16).

import { notFound } from '@perdure/kernel';
import {
  activityNotFound,
  alreadyCompleted,
  type Decision,
  refused,
  unchanged,
} from '../decision.ts';
import { type Activity, ActivityPhase, type ExecutionState, isRunning } from '../state.ts';
import type { AttemptName } from './attempt.ts';

/** The pending activity of that id. */
export function pendingActivity(state: ExecutionState, activityId: string): Decision<Activity> {
  if (!isRunning(state)) return refused(alreadyCompleted);
  for (const activity of state.activities.values()) {
    if (activity.activityId === activityId) return unchanged(activity);
  }
  const text = `cannot find pending activity with ActivityID ${activityId}, check workflow execution history for more details`;
  return refused(notFound(text));
}

/** The running attempt of the activity of that id: one that nobody has started can only be completed. */
export function attemptOf(state: ExecutionState, activityId: string): Decision<AttemptName> {
  const pending = pendingActivity(state, activityId);
  if (!pending.ok) return pending;
  return pending.value.phase === ActivityPhase.Started ? pending : refused(activityNotFound);
}
