// How long a retry policy lets the next attempt wait.

import type { HistoryEvent } from '@perdure/wire';
import { inUs } from './event-time.ts';

type RetryPolicy = NonNullable<
  NonNullable<HistoryEvent['workflowExecutionStartedEventAttributes']>['retryPolicy']
>;

/** After that attempt has failed, µs. */
export function retryDelayUs(policy: RetryPolicy, attempt: number): number {
  const { initialInterval, backoffCoefficient, maximumInterval } = policy;
  const grownUs = inUs(initialInterval) * (backoffCoefficient || 2) ** (attempt - 1);
  const mostUs = inUs(maximumInterval) || inUs(initialInterval) * 100;
  return Math.min(grownUs, mostUs);
}
