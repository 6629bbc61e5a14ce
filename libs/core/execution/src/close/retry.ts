// A run that failed or ran out of time is tried again as its retry policy says (wire-contract 2.7).

import { noBytes } from '@perdure/kernel';
import {
  ContinueAsNewInitiator,
  decodeFailure,
  RetryState,
  TimeoutType,
  timeoutFailure,
} from '@perdure/wire';
import { decodePolicy, nextAttempt } from '../activity/retry-policy.ts';
import type { Draft } from '../draft.ts';
import { continueWith } from './successor.ts';

/** What the closing event says of a next attempt. */
export interface NextAttempt {
  readonly retryState: number;
  readonly newExecutionRunId?: string;
}

/** What a run that is out of time failed with, as its next attempt and clients are told. */
export function runTimeoutFailure(): Uint8Array {
  return timeoutFailure({ message: 'workflow timeout', timeoutType: TimeoutType.StartToClose });
}

/** Begins the next attempt, if there is one. `failure`: encoded. */
export function retryRun(draft: Draft, failure: Uint8Array, successorRunId: string): NextAttempt {
  const { attempt, executionExpirationUs, header, input, retryPolicy } = draft.start;
  if (retryPolicy.length === 0) return { retryState: RetryState.RetryPolicyNotSet };
  const answer = nextAttempt({
    of: 'workflow',
    policy: decodePolicy(retryPolicy),
    failure: decodeFailure(failure),
    attempt,
    nowUs: draft.nowUs,
    expirationUs: executionExpirationUs,
  });
  if (!answer.retry) return { retryState: answer.state };
  continueWith(draft, {
    runId: successorRunId,
    initiator: ContinueAsNewInitiator.Retry,
    attempt: attempt + 1,
    start: {},
    first: { input, header, lastCompletionResult: noBytes, continuedFailure: failure },
    backoffUs: answer.delayUs,
  });
  return { retryState: RetryState.InProgress, newExecutionRunId: successorRunId };
}
