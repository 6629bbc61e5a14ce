// One attempt of an activity: handed to a worker, given back, kept alive (D2, D3, W7, wire-contract 3.16).

import {
  activityNotFound,
  alreadyCompleted,
  type Decision,
  decided,
  refused,
  unchanged,
} from '../decision.ts';
import { Draft } from '../draft.ts';
import type { Moment } from '../limits.ts';
import { type Activity, ActivityPhase, type ExecutionState, isRunning } from '../state.ts';
import { failOverLimit } from './fail.ts';

/** Names an attempt, as its task token does. */
export interface AttemptName {
  readonly scheduledEventId: number;
  readonly attempt: number;
}

/** The running attempt of that name, if it is still the one that counts. */
export function runningAttempt(state: ExecutionState, name: AttemptName): Decision<Activity> {
  if (!isRunning(state)) return refused(alreadyCompleted);
  const activity = state.activities.get(name.scheduledEventId);
  const runs = activity?.phase === ActivityPhase.Started && activity.attempt === name.attempt;
  return runs ? unchanged(activity) : refused(activityNotFound);
}

export interface StartActivity extends AttemptName, Moment {
  readonly stamp: number;
  readonly pollRequestId: string;
  readonly identity: string;
}

/** Starts the offered attempt for a poll: once; the same poll asking again gets the same attempt. No event is written yet. */
export function startActivity(state: ExecutionState, input: StartActivity): Decision<Activity> {
  const activity = state.activities.get(input.scheduledEventId);
  if (!isRunning(state) || activity === undefined) return refused(activityNotFound);
  if (activity.attempt !== input.attempt || activity.stamp !== input.stamp) {
    return refused(activityNotFound);
  }
  if (activity.phase === ActivityPhase.Started) {
    const repeated = activity.pollRequestId === input.pollRequestId;
    return repeated ? unchanged(activity) : refused(activityNotFound);
  }
  if (activity.phase !== ActivityPhase.Scheduled) return refused(activityNotFound);
  const draft = new Draft(state, input);
  return decided(draft, startAttempt(draft, activity, input));
}

/** Starts the scheduled attempt inside a draft: for a poll, or for the worker that scheduled it. */
export function startAttempt(
  draft: Draft,
  activity: Activity,
  { identity, pollRequestId }: { readonly identity: string; readonly pollRequestId: string },
): Activity {
  const started: Activity = {
    ...activity,
    phase: ActivityPhase.Started,
    startedTimeUs: draft.nowUs,
    startedIdentity: identity,
    lastWorkerIdentity: identity,
    pollRequestId,
    lastHeartbeatUs: 0,
  };
  draft.setActivity(started);
  return started;
}

/**
 * D3: takes back a start that reached no worker. Only the start of that very poll; anything else is left alone, so a late
 * or repeated call does nothing. The attempt keeps its number: nobody has run it.
 */
export function undoActivityStart(
  state: ExecutionState,
  input: Moment & { readonly scheduledEventId: number; readonly pollRequestId: string },
): Decision<null> {
  const activity = state.activities.get(input.scheduledEventId);
  if (
    !isRunning(state) ||
    activity?.phase !== ActivityPhase.Started ||
    activity.pollRequestId !== input.pollRequestId
  ) {
    return unchanged(null);
  }
  const draft = new Draft(state, input);
  draft.setActivity({
    ...activity,
    phase: ActivityPhase.Scheduled,
    pollRequestId: '',
    startedTimeUs: 0,
    startedIdentity: '',
    stamp: activity.stamp + 1,
  });
  draft.effects.push({ kind: 'offerActivityTask', scheduledEventId: activity.scheduledEventId });
  return decided(draft, null);
}

export const heartbeatTooLarge = 'Heartbeat details exceed size limit.';

/** A heartbeat: the attempt lives, and its details reach the next attempt. The answer says whether to stop. */
export function heartbeat(
  state: ExecutionState,
  input: AttemptName & Moment & { readonly identity: string; readonly details: Uint8Array },
): Decision<{ readonly cancelRequested: boolean }> {
  const running = runningAttempt(state, input);
  if (!running.ok) return running;
  const activity = running.value;
  const draft = new Draft(state, input);
  if (input.details.length > input.limits.blobBytesMax) {
    failOverLimit(draft, activity, heartbeatTooLarge, input.identity);
    return decided(draft, { cancelRequested: true });
  }
  draft.setActivity({
    ...activity,
    lastHeartbeatUs: draft.nowUs,
    heartbeatDetails: input.details.length > 0 ? input.details : activity.heartbeatDetails,
  });
  return decided(draft, { cancelRequested: activity.cancelRequestedEventId > 0 });
}
