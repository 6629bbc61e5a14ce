// What a worker reports of its attempt: completed, failed, cancelled (wire-contract 1.3, 3.16).

import { invalidArgument } from '@perdure/kernel';
import { decodeFailure, EventType } from '@perdure/wire';
import { type Decision, decided, refused } from '../decision.ts';
import { Draft } from '../draft.ts';
import type { Moment } from '../limits.ts';
import type { ExecutionState } from '../state.ts';
import { givenUs } from '../workflow-task/command.ts';
import { type AttemptName, runningAttempt } from './attempt.ts';
import { failAttempt, failOverLimit } from './fail.ts';
import { finishActivity } from './finish.ts';
import { cutFailure } from './kept-failure.ts';

/** What is left of a failure that is over the limit. */
const cutFailureBytesMax = 512 * 1024;

interface Report extends AttemptName, Moment {
  readonly identity: string;
}

export function completeActivity(
  state: ExecutionState,
  input: Report & { readonly result: Uint8Array },
): Decision<null> {
  const running = runningAttempt(state, input);
  if (!running.ok) return running;
  const { identity, result } = input;
  const draft = new Draft(state, input);
  if (result.length > input.limits.blobBytesMax) {
    failOverLimit(draft, running.value, 'Complete result exceeds size limit.');
    return decided(draft, null);
  }
  finishActivity(draft, running.value, true, {
    eventType: EventType.ActivityTaskCompleted,
    attributes: (links) => ({
      activityTaskCompletedEventAttributes: {
        ...links,
        identity,
        ...(result.length > 0 ? { result } : {}),
      },
    }),
  });
  return decided(draft, null);
}

export function failActivity(
  state: ExecutionState,
  input: Report & { readonly failure: Uint8Array; readonly lastHeartbeatDetails: Uint8Array },
): Decision<null> {
  const running = runningAttempt(state, input);
  if (!running.ok) return running;
  const { failure, identity, lastHeartbeatDetails: details } = input;
  const problem = failureProblem(failure);
  if (problem !== null) return refused(invalidArgument(problem));
  const draft = new Draft(state, input);
  const keepsDetails = details.length > 0 && details.length <= input.limits.blobBytesMax;
  const activity = keepsDetails ? { ...running.value, heartbeatDetails: details } : running.value;
  if (failure.length > input.limits.blobBytesMax) {
    const cause = cutFailure(failure, cutFailureBytesMax);
    failOverLimit(draft, activity, 'Failure exceeds size limit.', cause);
  } else failAttempt(draft, activity, failure, identity);
  return decided(draft, null);
}

function failureProblem(failure: Uint8Array): string | null {
  if (failure.length === 0) return null;
  const { applicationFailureInfo: application } = decodeFailure(failure);
  if (application === null) return 'Failure must have ApplicationFailureInfo.';
  const invalid = givenUs(application.nextRetryDelay) === null;
  return invalid ? 'An invalid NextRetryDelay is set on the failure.' : null;
}

export function cancelActivity(
  state: ExecutionState,
  input: Report & { readonly details: Uint8Array },
): Decision<null> {
  const running = runningAttempt(state, input);
  if (!running.ok) return running;
  const activity = running.value;
  const { details, identity } = input;
  const latestCancelRequestedEventId = activity.cancelRequestedEventId;
  if (latestCancelRequestedEventId === 0) {
    return refused(
      invalidArgument(
        'unable to mark activity as canceled without activity being request canceled first',
      ),
    );
  }
  const draft = new Draft(state, input);
  if (details.length > input.limits.blobBytesMax) {
    failOverLimit(draft, activity, 'Cancel details exceed size limit.');
    return decided(draft, null);
  }
  finishActivity(draft, activity, true, {
    eventType: EventType.ActivityTaskCanceled,
    attributes: (links) => ({
      activityTaskCanceledEventAttributes: {
        ...links,
        latestCancelRequestedEventId,
        identity,
        ...(details.length > 0 ? { details } : {}),
      },
    }),
  });
  return decided(draft, null);
}
