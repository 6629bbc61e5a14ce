// After a failed attempt: another one, later, or the reason why there is none.

import { type Failure, failureCodec, RetryState } from '@perdure/wire';
import type { Draft } from '../draft.ts';
import { type Activity, ActivityPhase } from '../state.ts';
import { decodePolicy, nextAttempt } from './retry-policy.ts';

/** What is kept of the last failure (wire-contract 5). */
const failureBytesMax = 4096;

/** A failure small enough to keep: its message is cut and what hangs on it is dropped. */
export function keptFailure(failure: Failure, encoded: Uint8Array): Uint8Array {
  if (encoded.length <= failureBytesMax) return encoded;
  const { applicationFailureInfo: application, timeoutFailureInfo, serverFailureInfo } = failure;
  return failureCodec.encode({
    message: failure.message.slice(0, failureBytesMax / 4),
    source: failure.source,
    ...(application === null
      ? {}
      : {
          applicationFailureInfo: {
            type: application.type.slice(0, failureBytesMax / 8),
            nonRetryable: application.nonRetryable,
          },
        }),
    ...(timeoutFailureInfo === null
      ? {}
      : { timeoutFailureInfo: { timeoutType: timeoutFailureInfo.timeoutType } }),
    ...(serverFailureInfo === null ? {} : { serverFailureInfo }),
  });
}

/** InProgress: the next attempt waits for its time. Anything else: no further attempt, for that reason. */
export function retryOrReason(
  draft: Draft,
  activity: Activity,
  failure: Failure,
  encoded: Uint8Array,
): number {
  if (activity.cancelRequestedEventId > 0) return RetryState.CancelRequested;
  const answer = nextAttempt({
    policy: decodePolicy(activity.retryPolicy),
    failure,
    attempt: activity.attempt,
    nowUs: draft.nowUs,
    expirationUs:
      activity.scheduleToCloseUs > 0 ? activity.scheduledTimeUs + activity.scheduleToCloseUs : 0,
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
    lastFailure: keptFailure(failure, encoded),
    lastAttemptCompleteUs: draft.nowUs,
  });
  return RetryState.InProgress;
}

/** The back-off of an activity is over: its next attempt is there to be taken. */
export function releaseAttempt(draft: Draft, activity: Activity): void {
  draft.setActivity({ ...activity, phase: ActivityPhase.Scheduled });
  draft.effects.push({ kind: 'offerActivityTask', scheduledEventId: activity.scheduledEventId });
}
