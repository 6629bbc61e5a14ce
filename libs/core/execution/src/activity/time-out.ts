// An activity that ran out of one of its four times (wire-contract 3.16).

import { decodeFailure, EventType, RetryState, TimeoutType, timeoutFailure } from '@perdure/wire';
import type { Draft } from '../draft.ts';
import { type Activity, ActivityPhase } from '../state.ts';
import { finishActivity } from './finish.ts';
import { retryOrReason } from './retry.ts';

const noTimeLeft =
  'Not enough time to schedule next retry before activity ScheduleToClose timeout, giving up retrying';

const typeNames = new Map<number, string>(
  Object.entries(TimeoutType).map(([name, value]) => [value, name]),
);

/**
 * Times out the activity: a running attempt that may be repeated is retried, everything else ends it. Without time for
 * another attempt it is the schedule-to-close that struck, whatever came first. The cause is the failure before this one.
 */
export function timeOutActivity(draft: Draft, activity: Activity, timeoutType: number): void {
  const message = `activity ${typeNames.get(timeoutType)} timeout`;
  const failed = timeoutFailure({ message, timeoutType });
  draft.note({ kind: 'attemptFailed', activity, timeoutType });
  const retryState = retryOrReason(draft, activity, decodeFailure(failed), failed);
  if (retryState === RetryState.InProgress) return;
  const outOfTime =
    retryState === RetryState.Timeout && timeoutType !== TimeoutType.ScheduleToStart;
  const failure = timeoutFailure({
    message: outOfTime ? noTimeLeft : message,
    timeoutType: outOfTime ? TimeoutType.ScheduleToClose : timeoutType,
    lastHeartbeatDetails: activity.heartbeatDetails,
    cause: activity.lastFailure,
  });
  finishActivity(draft, activity, activity.phase === ActivityPhase.Started, {
    eventType: EventType.ActivityTaskTimedOut,
    attributes: (links) => ({
      activityTaskTimedOutEventAttributes: { ...links, failure, retryState },
    }),
  });
}
