// An activity that ran out of one of its four times (wire-contract 3.16).

import { decodeFailure, EventType, RetryState, TimeoutType, timeoutFailure } from '@perdure/wire';
import type { Draft } from '../draft.ts';
import { type Activity, ActivityPhase } from '../state.ts';
import { finishActivity } from './finish.ts';
import { retryOrReason } from './retry.ts';

const noTimeLeft =
  'Not enough time to schedule next retry before activity ScheduleToClose timeout, giving up retrying';

/** Times out the activity: a running attempt that may be repeated is retried, everything else ends it. */
export function timeOutActivity(draft: Draft, activity: Activity, timeoutType: number): void {
  const lastHeartbeatDetails = activity.heartbeatDetails;
  const failed = timeoutFailure({
    message: `activity ${activity.activityType} timeout`,
    timeoutType,
    lastHeartbeatDetails,
  });
  const retryState = retryOrReason(draft, activity, decodeFailure(failed), failed);
  if (retryState === RetryState.InProgress) return;
  const outOfTime = retryState === RetryState.Timeout;
  const wrapsLast = outOfTime || timeoutType === TimeoutType.ScheduleToClose;
  const failure = wrapsLast
    ? timeoutFailure({
        message: outOfTime ? noTimeLeft : `activity ${activity.activityType} timeout`,
        timeoutType: TimeoutType.ScheduleToClose,
        lastHeartbeatDetails,
        cause: outOfTime ? failed : activity.lastFailure,
      })
    : failed;
  finishActivity(draft, activity, activity.phase === ActivityPhase.Started, {
    eventType: EventType.ActivityTaskTimedOut,
    attributes: (links) => ({
      activityTaskTimedOutEventAttributes: { ...links, failure, retryState },
    }),
  });
}
