// An activity that ran out of one of its four times (wire-contract 3.16).

import { decodeFailure, EventType, RetryState, TimeoutType, timeoutFailure } from '@perdure/wire';
import type { Draft } from '../draft.ts';
import { type Activity, ActivityPhase } from '../state.ts';
import { finishActivity } from './finish.ts';
import { retryOrReason } from './retry.ts';

const noTimeLeft =
  'Not enough time to schedule next retry before activity ScheduleToClose timeout, giving up retrying';

interface TimedOut {
  readonly failure: Uint8Array;
  readonly retryState: number;
}

/** Waiting too long and taking too long in all are final: there is no time in which another attempt could help. */
function finalTimeout(activity: Activity, timeoutType: number): TimedOut {
  const failure = timeoutFailure({
    message: `activity ${activity.activityType} timeout`,
    timeoutType,
    lastHeartbeatDetails: activity.heartbeatDetails,
    ...(timeoutType === TimeoutType.ScheduleToClose ? { cause: activity.lastFailure } : {}),
  });
  return { failure, retryState: RetryState.Timeout };
}

/** The attempt is out of time: null when there is another one, else the end of the activity. */
function attemptTimeout(draft: Draft, activity: Activity, timeoutType: number): TimedOut | null {
  const lastHeartbeatDetails = activity.heartbeatDetails;
  const message = `activity ${activity.activityType} timeout`;
  const failure = timeoutFailure({ message, timeoutType, lastHeartbeatDetails });
  const retryState = retryOrReason(draft, activity, decodeFailure(failure), failure);
  if (retryState === RetryState.InProgress) return null;
  if (retryState !== RetryState.Timeout) return { failure, retryState };
  const outOfTime = timeoutFailure({
    message: noTimeLeft,
    timeoutType: TimeoutType.ScheduleToClose,
    lastHeartbeatDetails,
    cause: failure,
  });
  return { failure: outOfTime, retryState };
}

/** Times out the activity: a running attempt that may be repeated is retried, everything else ends it. */
export function timeOutActivity(draft: Draft, activity: Activity, timeoutType: number): void {
  const final =
    timeoutType === TimeoutType.ScheduleToStart || timeoutType === TimeoutType.ScheduleToClose;
  const ended = final
    ? finalTimeout(activity, timeoutType)
    : attemptTimeout(draft, activity, timeoutType);
  if (ended === null) return;
  finishActivity(draft, activity, activity.phase === ActivityPhase.Started, {
    eventType: EventType.ActivityTaskTimedOut,
    attributes: (links) => ({ activityTaskTimedOutEventAttributes: { ...links, ...ended } }),
  });
}
