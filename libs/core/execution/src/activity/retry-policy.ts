// Retry policies: filled in as the server's default is, checked, and asked for the next attempt (wire-contract 3.16).

import { fromUs, toUs, usPerSecond } from '@perdure/kernel';
import {
  type Failure,
  type RetryPolicy,
  RetryState,
  retryPolicyCodec,
  TimeoutType,
} from '@perdure/wire';

const defaultInitialUs = usPerSecond;
const defaultCoefficient = 2;
/** The longest interval, as a multiple of the first, when the policy names none. */
const defaultMaximumFactor = 100;
const timeoutTypePrefix = 'TemporalTimeout:';

export interface SettledPolicy {
  readonly initialUs: number;
  readonly coefficient: number;
  readonly maximumUs: number;
  /** 0 = no limit. */
  readonly maximumAttempts: number;
  readonly nonRetryableErrorTypes: readonly string[];
}

/** What is missing is filled in; null gives the server's default policy. */
export function settlePolicy(policy: RetryPolicy | null): SettledPolicy {
  const initialUs = toUs(policy?.initialInterval) || defaultInitialUs;
  return {
    initialUs,
    coefficient: policy?.backoffCoefficient || defaultCoefficient,
    maximumUs: toUs(policy?.maximumInterval) || initialUs * defaultMaximumFactor,
    maximumAttempts: policy?.maximumAttempts ?? 0,
    nonRetryableErrorTypes: policy?.nonRetryableErrorTypes ?? [],
  };
}

export function encodePolicy(policy: SettledPolicy): Uint8Array {
  return retryPolicyCodec.encode(policyMessage(policy));
}

/** The policy as it stands in an event. */
export function policyMessage(
  policy: SettledPolicy,
): Parameters<typeof retryPolicyCodec.encode>[0] {
  return {
    initialInterval: fromUs(policy.initialUs),
    backoffCoefficient: policy.coefficient,
    maximumInterval: fromUs(policy.maximumUs),
    maximumAttempts: policy.maximumAttempts,
    nonRetryableErrorTypes: policy.nonRetryableErrorTypes,
  };
}

export function decodePolicy(bytes: Uint8Array): SettledPolicy {
  return settlePolicy(retryPolicyCodec.decode(bytes));
}

/** What is wrong with a policy as a client gave it; null: nothing. */
export function policyProblem(policy: RetryPolicy): string | null {
  if (policy.maximumAttempts === 1) return null;
  const initialUs = toUs(policy.initialInterval);
  const maximumUs = toUs(policy.maximumInterval);
  if (initialUs < 0) return 'InitialInterval cannot be negative on retry policy.';
  if (policy.backoffCoefficient !== 0 && policy.backoffCoefficient < 1) {
    return 'BackoffCoefficient cannot be less than 1 on retry policy.';
  }
  if (maximumUs < 0) return 'MaximumInterval cannot be negative on retry policy.';
  if (maximumUs > 0 && maximumUs < initialUs) {
    return 'MaximumInterval cannot be less than InitialInterval on retry policy.';
  }
  if (policy.maximumAttempts < 0) return 'MaximumAttempts cannot be negative on retry policy.';
  for (const type of policy.nonRetryableErrorTypes) {
    if (
      type.startsWith(timeoutTypePrefix) &&
      !(type.slice(timeoutTypePrefix.length) in TimeoutType)
    ) {
      return `Invalid timeout type value: ${type.slice(timeoutTypePrefix.length)}.`;
    }
  }
  return null;
}

function isRetryable(failure: Failure, nonRetryableErrorTypes: readonly string[]): boolean {
  if (failure.terminatedFailureInfo !== null || failure.canceledFailureInfo !== null) return false;
  if (failure.timeoutFailureInfo !== null) {
    const { timeoutType } = failure.timeoutFailureInfo;
    const name = timeoutType === TimeoutType.StartToClose ? 'StartToClose' : 'Heartbeat';
    return (
      (timeoutType === TimeoutType.StartToClose || timeoutType === TimeoutType.Heartbeat) &&
      !nonRetryableErrorTypes.includes(timeoutTypePrefix + name)
    );
  }
  if (failure.serverFailureInfo !== null) return !failure.serverFailureInfo.nonRetryable;
  const application = failure.applicationFailureInfo;
  if (application === null) return true;
  return !application.nonRetryable && !nonRetryableErrorTypes.includes(application.type);
}

export interface RetryQuestion {
  readonly policy: SettledPolicy;
  readonly failure: Failure;
  /** The attempt that failed, from 1. */
  readonly attempt: number;
  readonly nowUs: number;
  /** No attempt may start after it; 0 = no limit. */
  readonly expirationUs: number;
}

export type RetryAnswer =
  | { readonly retry: true; readonly delayUs: number }
  | { readonly retry: false; readonly state: number };

/** Whether, and after which time, there is another attempt. */
export function nextAttempt(question: RetryQuestion): RetryAnswer {
  const { policy, failure, attempt } = question;
  if (!isRetryable(failure, policy.nonRetryableErrorTypes)) {
    return { retry: false, state: RetryState.NonRetryableFailure };
  }
  if (policy.maximumAttempts > 0 && attempt >= policy.maximumAttempts) {
    return { retry: false, state: RetryState.MaximumAttemptsReached };
  }
  const growth = policy.coefficient ** (attempt - 1);
  const computedUs = Math.min(policy.initialUs * growth, policy.maximumUs);
  const asked = failure.applicationFailureInfo?.nextRetryDelay ?? null;
  const delayUs = Math.ceil(asked === null ? computedUs : toUs(asked));
  if (question.expirationUs > 0 && question.nowUs + delayUs > question.expirationUs) {
    return { retry: false, state: RetryState.Timeout };
  }
  return { retry: true, delayUs };
}
