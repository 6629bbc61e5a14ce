// Retry policies in requests (wire-contract 3.16): what was left out gets its default, then the whole is judged.

import { capDuration, type MutableDuration } from './duration.ts';
import { refuse } from './text.ts';

interface MutableRetryPolicy {
  initialInterval: MutableDuration | null;
  backoffCoefficient: number;
  maximumInterval: MutableDuration | null;
  maximumAttempts: number;
  nonRetryableErrorTypes: readonly string[];
}

const defaultCoefficient = 2;
/** The longest interval, when it was left out, in initial intervals. */
const maximumIntervalFactor = 100;
const timeoutPrefix = 'TemporalTimeout:';
const timeoutTypes: ReadonlySet<string> = new Set([
  'StartToClose',
  'ScheduleToStart',
  'ScheduleToClose',
  'Heartbeat',
]);

const isZero = (duration: MutableDuration | null): boolean =>
  duration === null || (duration.seconds === 0 && duration.nanos === 0);
const inNanos = (duration: MutableDuration): number => duration.seconds * 1e9 + duration.nanos;

function fillIn(policy: MutableRetryPolicy): void {
  if (isZero(policy.initialInterval)) policy.initialInterval = { seconds: 1, nanos: 0 };
  if (policy.backoffCoefficient === 0) policy.backoffCoefficient = defaultCoefficient;
  if (!isZero(policy.maximumInterval)) return;
  const initial = policy.initialInterval as MutableDuration;
  const nanos = initial.nanos * maximumIntervalFactor;
  policy.maximumInterval = {
    seconds: initial.seconds * maximumIntervalFactor + Math.trunc(nanos / 1e9),
    nanos: nanos % 1e9,
  };
}

export function checkRetryPolicy(policy: MutableRetryPolicy | null): void {
  if (policy === null) return;
  fillIn(policy);
  // One attempt is no retry: nothing else of the policy is looked at.
  if (policy.maximumAttempts === 1) return;
  const { initialInterval, maximumInterval } = policy;
  const initialProblem = capDuration(initialInterval);
  if (initialProblem !== undefined)
    refuse(`invalid InitialInterval set on retry policy: ${initialProblem}`);
  if (!(policy.backoffCoefficient >= 1))
    refuse('BackoffCoefficient cannot be less than 1 on retry policy.');
  const maximumProblem = capDuration(maximumInterval);
  if (maximumProblem !== undefined)
    refuse(`invalid MaximumInterval set on retry policy: ${maximumProblem}`);
  if (inNanos(maximumInterval as MutableDuration) < inNanos(initialInterval as MutableDuration))
    refuse('MaximumInterval cannot be less than InitialInterval on retry policy.');
  if (policy.maximumAttempts < 0) refuse('MaximumAttempts cannot be negative on retry policy.');
  policy.nonRetryableErrorTypes.forEach(checkErrorType);
}

function checkErrorType(type: string): void {
  if (!type.startsWith(timeoutPrefix)) return;
  const timeout = type.slice(timeoutPrefix.length);
  if (!timeoutTypes.has(timeout)) refuse(`Invalid timeout type value: ${timeout}.`);
}
