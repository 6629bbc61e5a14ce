// What a worker reports of its attempt: completed, failed, cancelled (wire-contract 1.3, 3.16).

import { invalidArgument } from '@perdure/kernel';
import { decodeFailure, EventType, serverFailure } from '@perdure/wire';
import { type Decision, decided, refused } from '../decision.ts';
import { Draft } from '../draft.ts';
import type { Moment } from '../limits.ts';
import { type Activity, ActivityPhase, type ExecutionState } from '../state.ts';
import { givenUs } from '../workflow-task/command.ts';
import { type AttemptName, heartbeatTooLarge, runningAttempt } from './attempt.ts';
import { pendingActivity } from './by-id.ts';
import { failAttempt, failOverLimit } from './fail.ts';
import { finishActivity } from './finish.ts';
import { cutFailure, cutFailureBytesMax } from './kept-failure.ts';

interface Report extends AttemptName, Moment {
  readonly identity: string;
}

interface Completion extends Moment {
  readonly identity: string;
  readonly result: Uint8Array;
}

export function completeActivity(
  state: ExecutionState,
  input: AttemptName & Completion,
): Decision<null> {
  const running = runningAttempt(state, input);
  return running.ok ? complete(new Draft(state, input), running.value, input) : running;
}

/** Completes the activity of that id, even if no attempt of it runs: then it was started by whoever completes it. */
export function completeActivityById(
  state: ExecutionState,
  input: Completion & { readonly activityId: string },
): Decision<null> {
  const pending = pendingActivity(state, input.activityId);
  if (!pending.ok) return pending;
  const draft = new Draft(state, input);
  const { value: activity } = pending;
  if (activity.phase === ActivityPhase.Started) return complete(draft, activity, input);
  const startedIdentity = input.identity;
  const started = { ...activity, startedIdentity, startedTimeUs: draft.nowUs, pollRequestId: '' };
  return complete(draft, started, input);
}

function complete(
  draft: Draft,
  activity: Activity,
  { identity, limits, result }: Completion,
): Decision<null> {
  if (result.length > limits.blobBytesMax) {
    failOverLimit(draft, activity, 'Complete result exceeds size limit.', identity);
    return decided(draft, null);
  }
  finishActivity(draft, activity, true, {
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

/** The answer: what was wrong with the report, as failures that say so. */
export function failActivity(
  state: ExecutionState,
  input: Report & { readonly failure: Uint8Array; readonly lastHeartbeatDetails: Uint8Array },
): Decision<readonly Uint8Array[]> {
  const running = runningAttempt(state, input);
  if (!running.ok) return running;
  const { failure, identity, lastHeartbeatDetails: details } = input;
  const problem = failureProblem(failure);
  if (problem !== null) return refused(invalidArgument(problem));
  const draft = new Draft(state, input);
  const { blobBytesMax } = input.limits;
  const failures: Uint8Array[] = [];
  let activity = running.value;
  if (details.length > blobBytesMax) failures.push(serverFailure(heartbeatTooLarge, true));
  else if (details.length > 0) activity = { ...activity, heartbeatDetails: details };
  if (failure.length > blobBytesMax) {
    const cause = cutFailure(failure, cutFailureBytesMax);
    const text = 'Failure exceeds size limit.';
    failures.unshift(failOverLimit(draft, activity, text, identity, cause));
  } else failAttempt(draft, activity, failure, identity);
  return decided(draft, failures);
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
    failOverLimit(draft, activity, 'Cancel details exceed size limit.', identity);
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
