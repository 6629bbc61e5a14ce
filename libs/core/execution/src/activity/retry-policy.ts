// Retry policies: filled in as the server's default is, checked, and asked for the next attempt (wire-contract 3.16).

import { durationUsMax, fromUs, usPerSecond } from '@perdure/kernel';
import {
  type Failure,
  type RetryPolicy,
  RetryState,
  retryPolicyCodec,
  TimeoutType,
} from '@perdure/wire';
import { givenUs } from '../workflow-task/command.ts';

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
  const initialUs = givenUs(policy?.initialInterval ?? null) || defaultInitialUs;
  const maximumUs = givenUs(policy?.maximumInterval ?? null) || initialUs * defaultMaximumFactor;
  return {
    initialUs,
    coefficient: policy?.backoffCoefficient || defaultCoefficient,
    maximumUs: Math.min(maximumUs, durationUsMax),
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
  // A single attempt: the rest does not matter.
  if (policy.maximumAttempts === 1) return null;
  if (givenUs(policy.initialInterval) === null) {
    return 'An invalid InitialInterval is set on retry policy.';
  }
  if (givenUs(policy.maximumInterval) === null) {
    return 'An invalid MaximumInterval is set on retry policy.';
  }
  const { coefficient, initialUs, maximumUs } = settlePolicy(policy);
  if (coefficient < 1) return 'BackoffCoefficient cannot be less than 1 on retry policy.';
  if (maximumUs < initialUs) {
    return 'MaximumInterval cannot be less than InitialInterval on retry policy.';
  }
  if (policy.maximumAttempts < 0) return 'MaximumAttempts cannot be negative on retry policy.';
  for (const type of policy.nonRetryableErrorTypes) {
    if (!type.startsWith(timeoutTypePrefix)) continue;
    const name = type.slice(timeoutTypePrefix.length);
    if (!Object.hasOwn(TimeoutType, name)) return `Invalid timeout type value: ${name}.`;
  }
  return null;
}

function isRetryable(failure: Failure, nonRetryableErrorTypes: readonly string[]): boolean {
  if (failure.terminatedFailureInfo !== null || failure.canceledFailureInfo !== null) return false;
  if (failure.timeoutFailureInfo !== null) {
    const struck = failure.timeoutFailureInfo.timeoutType === TimeoutType.Heartbeat;
    return !nonRetryableErrorTypes.includes(
      timeoutTypePrefix + (struck ? 'Heartbeat' : 'StartToClose'),
    );
  }
  if (failure.serverFailureInfo !== null) return !failure.serverFailureInfo.nonRetryable;
  const application = failure.applicationFailureInfo;
  if (application === null) return true;
  return !application.nonRetryable && !nonRetryableErrorTypes.includes(application.type);
}

/** Schedule-to-start and schedule-to-close are deadlines of the server: no attempt failed, and none may follow. */
function isDeadline(failure: Failure): boolean {
  const timeoutType = failure.timeoutFailureInfo?.timeoutType;
  return timeoutType === TimeoutType.ScheduleToStart || timeoutType === TimeoutType.ScheduleToClose;
}

export interface RetryQuestion {
  /** A workflow keeps the longest interval of its policy whatever a failure asks for. */
  readonly of: 'activity' | 'workflow';
  readonly policy: SettledPolicy;
  readonly failure: Failure;
  /** The attempt that failed, from 1. */
  readonly attempt: number;
  readonly nowUs: number;
  /** No attempt may start after it; 0 = no limit. */
  readonly expirationUs: number;
}

/** Of a workflow: upstream takes a delay of none, too, for one that is too long. */
function workflowDelayUs(askedUs: number, { maximumUs }: SettledPolicy): number {
  return askedUs > 0 ? Math.min(askedUs, maximumUs) : maximumUs;
}

export type RetryAnswer =
  | { readonly retry: true; readonly delayUs: number }
  | { readonly retry: false; readonly state: number };

/** Whether, and after which time, there is another attempt. The first reason against it counts. */
export function nextAttempt(question: RetryQuestion): RetryAnswer {
  const { policy, failure, attempt, nowUs, expirationUs } = question;
  const ofActivity = question.of === 'activity';
  if (isDeadline(failure)) {
    const { NonRetryableFailure, Timeout } = RetryState;
    return { retry: false, state: ofActivity ? Timeout : NonRetryableFailure };
  }
  if (!isRetryable(failure, policy.nonRetryableErrorTypes)) {
    return { retry: false, state: RetryState.NonRetryableFailure };
  }
  if (policy.maximumAttempts > 0 && attempt >= policy.maximumAttempts) {
    return { retry: false, state: RetryState.MaximumAttemptsReached };
  }
  const growth = policy.coefficient ** (attempt - 1);
  const computedUs = Math.ceil(Math.min(policy.initialUs * growth, policy.maximumUs));
  const asked = failure.applicationFailureInfo?.nextRetryDelay ?? null;
  const askedUs = asked === null ? computedUs : (givenUs(asked) ?? 0);
  const delayUs = ofActivity ? askedUs : workflowDelayUs(askedUs, policy);
  if (expirationUs > 0 && nowUs + delayUs > expirationUs) {
    return { retry: false, state: RetryState.Timeout };
  }
  return { retry: true, delayUs };
}
