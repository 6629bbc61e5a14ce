// After a failed attempt: another one, later, or the reason why there is none.

import { type Failure, RetryState } from '@perdure/wire';
import type { Draft } from '../draft.ts';
import { type Activity, ActivityPhase } from '../state.ts';
import { lastFailure } from './kept-failure.ts';
import { decodePolicy, nextAttempt } from './retry-policy.ts';

/** InProgress: the next attempt waits for its time. Anything else: no further attempt, for that reason. */
export function retryOrReason(
  draft: Draft,
  activity: Activity,
  failure: Failure,
  encoded: Uint8Array,
): number {
  if (activity.cancelRequestedEventId > 0) return RetryState.CancelRequested;
  const { scheduleToCloseUs, scheduledTimeUs } = activity;
  const answer = nextAttempt({
    of: 'activity',
    policy: decodePolicy(activity.retryPolicy),
    failure,
    attempt: activity.attempt,
    nowUs: draft.nowUs,
    expirationUs: scheduleToCloseUs > 0 ? scheduledTimeUs + scheduleToCloseUs : 0,
  });
  if (!answer.retry) return answer.state;
  draft.setActivity({
    ...activity,
    phase: ActivityPhase.BackingOff,
    attempt: activity.attempt + 1,
    attemptScheduledTimeUs: draft.nowUs + answer.delayUs,
    startedTimeUs: 0,
    startedIdentity: '',
    pollRequestId: '',
    lastHeartbeatUs: 0,
    lastFailure: lastFailure(encoded, draft.limits.lastFailureBytesMax),
    lastAttemptCompleteUs: draft.nowUs,
  });
  return RetryState.InProgress;
}

/** The back-off of an activity is over: its next attempt is there to be taken. */
export function releaseAttempt(draft: Draft, activity: Activity): void {
  draft.setActivity({ ...activity, phase: ActivityPhase.Scheduled });
  draft.effects.push({ kind: 'offerActivityTask', scheduledEventId: activity.scheduledEventId });
}
