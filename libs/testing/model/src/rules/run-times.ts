// J36. The first workflow task of a run is not scheduled before its delay is over, unless something came that ends the delay,
//      and soon after that.
// J37. A run is out of time not before its time is over; and no run outlives its time by much.
// J38. A run is tried again as often and as late as its retry policy says.

import { type HistoryEvent, WorkflowExecutionStatus } from '@perdure/wire';
import type { Ledger } from '../ledger.ts';
import type { Rule } from '../shown.ts';
import { statusOf } from './descriptions.ts';
import { eventUs, inUs } from './event-time.ts';
import { isLate } from './lateness.ts';
import { retryDelayUs } from './retry-delay.ts';

type Started = NonNullable<HistoryEvent['workflowExecutionStartedEventAttributes']>;

export const runTimes: Rule = (ledger, shown) => {
  const hurrying = new Set(
    ledger.requests
      .filter(({ withStart }) => withStart)
      .map(({ mark, workflowId }) => `${workflowId} ${mark}`),
  );
  return shown.runs.flatMap(({ workflowId, runId, events }) => {
    const started = events[0]?.workflowExecutionStartedEventAttributes;
    if (!started) return [];
    const hurries = (name: string): boolean => hurrying.has(`${workflowId} ${name}`);
    return [
      ...delayFaults(ledger, started, events, hurries),
      ...expiryFaults(ledger, started, events),
      ...retryFaults(started, events),
    ].map((fault) => `${fault.slice(0, 3)}: ${workflowId} ${runId}${fault.slice(3)}`);
  });
};

function delayFaults(
  ledger: Ledger,
  started: Started,
  events: readonly HistoryEvent[],
  hurries: (signalName: string) => boolean,
): string[] {
  const [first] = events as [HistoryEvent];
  const delayUs = inUs(started.firstWorkflowTaskBackoff);
  const task = events.find(({ workflowTaskScheduledEventAttributes: is }) => is !== null);
  const dueUs = eventUs(first) + delayUs;
  const endedUs = Math.min(
    dueUs,
    ...events.filter((event) => endsDelay(event, hurries)).map(eventUs),
  );
  if (task === undefined) return [];
  const atUs = eventUs(task);
  if (atUs < endedUs) return [`J36: its first task came ${endedUs - atUs} µs early`];
  return isLate(ledger, endedUs, atUs)
    ? [`J36: its first task came ${atUs - endedUs} µs late`]
    : [];
}

function endsDelay(event: HistoryEvent, hurries: (signalName: string) => boolean): boolean {
  const signal = event.workflowExecutionSignaledEventAttributes;
  const isCancel = event.workflowExecutionCancelRequestedEventAttributes !== null;
  return isCancel || (signal !== null && hurries(signal.signalName));
}

function expiryFaults(ledger: Ledger, started: Started, events: readonly HistoryEvent[]): string[] {
  const [first] = events as [HistoryEvent];
  const last = events.at(-1) as HistoryEvent;
  const runUs = inUs(started.workflowRunTimeout);
  const ends = [
    runUs > 0 ? eventUs(first) + inUs(started.firstWorkflowTaskBackoff) + runUs : 0,
    inUs(started.workflowExecutionExpirationTime),
  ].filter((us) => us > 0);
  const timedOut = statusOf(events) === WorkflowExecutionStatus.TimedOut;
  if (ends.length === 0) return timedOut ? ['J37: has no time and was out of it'] : [];
  const endUs = Math.min(...ends);
  if (timedOut && eventUs(last) < endUs) {
    return [`J37: was out of time ${endUs - eventUs(last)} µs early`];
  }
  return isLate(ledger, endUs, eventUs(last))
    ? [`J37: outlived its time by ${eventUs(last) - endUs} µs`]
    : [];
}

function retryFaults(started: Started, events: readonly HistoryEvent[]): string[] {
  const policy = started.retryPolicy;
  const last = events.at(-1) as HistoryEvent;
  const failed =
    last.workflowExecutionFailedEventAttributes ?? last.workflowExecutionTimedOutEventAttributes;
  if (failed === null) return [];
  const goesOn = failed.newExecutionRunId !== '';
  if (policy === null) return goesOn ? ['J38: is tried again without a policy'] : [];
  const { maximumAttempts } = policy;
  const waitUs = retryDelayUs(policy, started.attempt);
  const expiryUs = inUs(started.workflowExecutionExpirationTime);
  const triedEnough = maximumAttempts > 0 && started.attempt >= maximumAttempts;
  const tooLate = expiryUs > 0 && eventUs(last) + waitUs > expiryUs;
  const expected = !triedEnough && !tooLate;
  if (goesOn === expected) return [];
  return [goesOn ? 'J38: is tried once more than it may' : 'J38: is not tried again'];
}
