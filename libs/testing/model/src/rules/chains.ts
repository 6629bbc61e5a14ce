// J35. Runs of a chain follow each other: each names the one before, and the first; a run that continued as new had seen all
//      signals that stand in its history, and handed on its memo and search attributes; a retry counts its attempts.

import { readPayloads } from '@perdure/testing/golden';
import { ContinueAsNewInitiator, type HistoryEvent } from '@perdure/wire';
import { chronicles } from '../chronicle.ts';
import { propertiesOf, propertiesText } from '../properties.ts';
import { eventsOf, type Rule, type RunShown } from '../shown.ts';
import { inUs } from './event-time.ts';
import { retryDelayUs } from './retry-delay.ts';

export const chains: Rule = (_ledger, shown) =>
  [...chronicles(shown)].flatMap(([workflowId, { runs }]) =>
    runs.flatMap((run) => {
      const before = startedOf(run.events)?.continuedExecutionRunId ?? '';
      if (before === '') return [];
      const events = eventsOf(shown, before);
      // What went before may be deleted.
      if (events.length === 0) return [];
      return linkFaults(run, events).map((fault) => `J35: ${workflowId} ${run.runId}: ${fault}`);
    }),
  );

function startedOf(events: readonly HistoryEvent[]) {
  return events[0]?.workflowExecutionStartedEventAttributes ?? null;
}

function linkFaults({ runId, events }: RunShown, before: readonly HistoryEvent[]): string[] {
  const faults: string[] = [];
  const now = startedOf(events);
  const then = startedOf(before);
  const last = before.at(-1);
  const continued = last?.workflowExecutionContinuedAsNewEventAttributes ?? null;
  const closed =
    continued ??
    last?.workflowExecutionFailedEventAttributes ??
    last?.workflowExecutionTimedOutEventAttributes;
  const [expiryUs, thenUs] = [now, then].map((started) =>
    inUs(started?.workflowExecutionExpirationTime ?? null),
  );
  if (expiryUs !== thenUs) faults.push('has another end of its execution');
  if (closed?.newExecutionRunId !== runId) faults.push('the run before does not name it');
  if (now?.firstExecutionRunId !== then?.firstExecutionRunId) faults.push('is of another chain');
  if (continued === null) {
    if (now?.initiator !== ContinueAsNewInitiator.Retry) faults.push('is no retry');
    if (now?.attempt !== (then?.attempt ?? 0) + 1) faults.push(`is attempt ${now?.attempt}`);
    if (!sameBytes(now?.input, then?.input)) faults.push('has another input');
    const waitUs = then?.retryPolicy ? retryDelayUs(then.retryPolicy, then.attempt) : 0;
    const backoffUs = inUs(now?.firstWorkflowTaskBackoff ?? null);
    if (backoffUs !== waitUs) faults.push(`waits ${backoffUs} µs, not ${waitUs}`);
    return faults;
  }
  if (!sameBytes(now?.input, continued.input)) faults.push('has not the input it was given');
  const seen = [...carriedBy(before), ...signalNames(before)];
  const carried = carriedBy(events);
  if (carried.join() !== seen.join()) {
    faults.push(`the run before closed and had seen ${carried.join()}, not ${seen.join()}`);
  }
  const [given, had] = [propertiesOf(events.slice(0, 1)), propertiesOf(before)];
  if (propertiesText(given) !== propertiesText(had)) {
    faults.push(`has ${propertiesText(given)}, the run before had ${propertiesText(had)}`);
  }
  return faults;
}

/** The signals of earlier runs, as its program was told. */
function carriedBy(events: readonly HistoryEvent[]): readonly string[] {
  const [program] = readPayloads(startedOf(events)?.input ?? new Uint8Array(0));
  return (program as { carried?: readonly string[] } | undefined)?.carried ?? [];
}

function signalNames(events: readonly HistoryEvent[]): string[] {
  return events.flatMap(
    (event) => event.workflowExecutionSignaledEventAttributes?.signalName ?? [],
  );
}

function sameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return Buffer.compare(a ?? new Uint8Array(0), b ?? new Uint8Array(0)) === 0;
}
