// An attempt that failed: another one follows, or the activity ends (wire-contract 3.16).

import { decodeFailure, EventType, RetryState, serverFailure } from '@perdure/wire';
import type { Draft } from '../draft.ts';
import type { Activity } from '../state.ts';
import { finishActivity } from './finish.ts';
import { retryOrReason } from './retry.ts';

/** `failure`: encoded; empty when the worker gave none. */
export function failAttempt(
  draft: Draft,
  activity: Activity,
  failure: Uint8Array,
  identity: string,
): void {
  draft.note({ kind: 'attemptFailed', activity, timeoutType: 0 });
  const retryState = retryOrReason(draft, activity, decodeFailure(failure), failure);
  if (retryState === RetryState.InProgress) return;
  finishActivity(draft, activity, true, {
    eventType: EventType.ActivityTaskFailed,
    attributes: (links) => ({
      activityTaskFailedEventAttributes: {
        ...links,
        identity,
        retryState,
        ...(failure.length > 0 ? { failure } : {}),
      },
    }),
  });
}

/**
 * What the worker sent is over the limit: it counts as a failure that no retry would change (wire-contract 5). Returns the
 * failure.
 */
export function failOverLimit(
  draft: Draft,
  activity: Activity,
  text: string,
  identity: string,
  cause?: Uint8Array,
): Uint8Array {
  const failure = serverFailure(text, true, cause);
  failAttempt(draft, activity, failure, identity);
  return failure;
}
