// J21. An attempt follows the one before it no sooner than the retry policy says, by true time: an attempt that a worker has
//      begun cannot have failed before that.

import type { HistoryEvent } from '@perdure/wire';
import type { Ledger } from '../ledger.ts';
import { eventsOf, type Rule } from '../shown.ts';
import { inUs } from './event-time.ts';

/** By so much the clocks of two lives of a server may differ. */
const clocksDifferUs = 500_000;
/** And by so much one of them may be slow. */
const slowestRate = 0.97;

type Policy = NonNullable<
  NonNullable<HistoryEvent['activityTaskScheduledEventAttributes']>['retryPolicy']
>;

export const retries: Rule = (ledger, shown) => {
  const delays = new Map(
    ledger.reports.map(({ runId, activityId, attempt, retryDelayUs }) => [
      `${runId} ${activityId} ${attempt}`,
      retryDelayUs,
    ]),
  );
  const byRun = Map.groupBy(ledger.attempts, ({ runId }) => runId);
  return [...byRun].flatMap(([runId, attempts]) => {
    const policies = policiesOf(eventsOf(shown, runId));
    return attempts.flatMap(({ activityId, attempt, timeUs }) => {
      const policy = policies.get(activityId);
      const next = attempts.find(
        (each) => each.activityId === activityId && each.attempt === attempt + 1,
      );
      if (policy === undefined || next === undefined) return [];
      // A worker that stood still got its attempt long after it was given to it, and so does one whose start waits in the
      // log of a cluster in trouble: the next attempt may be durable together with it.
      if (stoodStill(ledger, timeUs)) return [];
      // A failure may want the next attempt at another time than the policy.
      const askedUs = delays.get(`${runId} ${activityId} ${attempt}`) ?? Number.POSITIVE_INFINITY;
      const waitUs = Math.min(askedUs, intervalUs(policy, attempt));
      const leastUs = waitUs * slowestRate - clocksDifferUs;
      const passedUs = next.timeUs - timeUs;
      const what = `attempt ${next.attempt} of ${runId} ${activityId} came`;
      return passedUs < leastUs
        ? [`J21: ${what} ${Math.round(passedUs)} µs after the one before it, not ${leastUs}`]
        : [];
    });
  });
};

function stoodStill({ outages }: Ledger, timeUs: number): boolean {
  return outages.some(
    ({ cause, beganUs, endedUs }) =>
      (cause === 'caller freeze' || cause === 'cluster') &&
      beganUs <= timeUs &&
      timeUs <= endedUs + 3e6,
  );
}

function policiesOf(events: readonly HistoryEvent[]): Map<string, Policy> {
  const policies = new Map<string, Policy>();
  for (const { activityTaskScheduledEventAttributes: scheduled } of events) {
    const policy = scheduled?.retryPolicy ?? null;
    if (scheduled !== null && policy !== null) policies.set(scheduled.activityId, policy);
  }
  return policies;
}

/** From the end of that attempt to the next. */
function intervalUs(policy: Policy, attempt: number): number {
  const grownUs = inUs(policy.initialInterval) * policy.backoffCoefficient ** (attempt - 1);
  return Math.min(grownUs, inUs(policy.maximumInterval));
}
