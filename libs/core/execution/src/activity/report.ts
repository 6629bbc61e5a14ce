// What a worker reports of its attempt: completed, failed, cancelled (wire-contract 1.3, 3.16).

import { invalidArgument } from '@perdure/kernel';
import { decodeFailure, EventType, RetryState } from '@perdure/wire';
import { type Decision, decided, refused } from '../decision.ts';
import { Draft } from '../draft.ts';
import type { Activity, ExecutionState } from '../state.ts';
import { type AttemptName, runningAttempt } from './attempt.ts';
import { finishActivity } from './finish.ts';
import { retryOrReason } from './retry.ts';

interface Report extends AttemptName {
  readonly identity: string;
  readonly nowUs: number;
}

export function completeActivity(
  state: ExecutionState,
  input: Report & { readonly result: Uint8Array },
): Decision<null> {
  const running = runningAttempt(state, input);
  if (!running.ok) return running;
  const draft = new Draft(state, input.nowUs);
  finishActivity(draft, running.value, true, {
    eventType: EventType.ActivityTaskCompleted,
    attributes: (links) => ({
      activityTaskCompletedEventAttributes: {
        ...links,
        identity: input.identity,
        ...(input.result.length > 0 ? { result: input.result } : {}),
      },
    }),
  });
  return decided(draft.finish(), null);
}

export function failActivity(
  state: ExecutionState,
  input: Report & { readonly failure: Uint8Array; readonly lastHeartbeatDetails: Uint8Array },
): Decision<null> {
  const running = runningAttempt(state, input);
  if (!running.ok) return running;
  const failure = decodeFailure(input.failure);
  if (input.failure.length > 0 && failure.applicationFailureInfo === null) {
    return refused(invalidArgument('Failure must have ApplicationFailureInfo.'));
  }
  const draft = new Draft(state, input.nowUs);
  const activity: Activity = {
    ...running.value,
    heartbeatDetails:
      input.lastHeartbeatDetails.length > 0
        ? input.lastHeartbeatDetails
        : running.value.heartbeatDetails,
    lastWorkerIdentity: input.identity,
  };
  const retryState = retryOrReason(draft, activity, failure, input.failure);
  if (retryState === RetryState.InProgress) return decided(draft.finish(), null);
  finishActivity(draft, activity, true, {
    eventType: EventType.ActivityTaskFailed,
    attributes: (links) => ({
      activityTaskFailedEventAttributes: {
        ...links,
        failure: input.failure,
        identity: input.identity,
        retryState,
      },
    }),
  });
  return decided(draft.finish(), null);
}

export function cancelActivity(
  state: ExecutionState,
  input: Report & { readonly details: Uint8Array },
): Decision<null> {
  const running = runningAttempt(state, input);
  if (!running.ok) return running;
  const activity = running.value;
  if (activity.cancelRequestedEventId === 0) {
    return refused(
      invalidArgument(
        'unable to mark activity as canceled without activity being request canceled first',
      ),
    );
  }
  const draft = new Draft(state, input.nowUs);
  finishActivity(draft, activity, true, {
    eventType: EventType.ActivityTaskCanceled,
    attributes: (links) => ({
      activityTaskCanceledEventAttributes: {
        ...links,
        latestCancelRequestedEventId: activity.cancelRequestedEventId,
        identity: input.identity,
        ...(input.details.length > 0 ? { details: input.details } : {}),
      },
    }),
  });
  return decided(draft.finish(), null);
}
