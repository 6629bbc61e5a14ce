// J29. Who follows a run to its end is told of each event once, in order, with nothing between left out; is told the end that
//      stands in the history; and soon after anybody else knows of it.

import { type HistoryEvent, historyEventCodec } from '@perdure/wire';
import type { EndSeen, Ledger } from '../ledger.ts';
import { eventsOf, type Rule } from '../shown.ts';
import { knownEnds } from './closed-runs.ts';
import { isLate } from './lateness.ts';

/** A call may be on its way for so long, µs. */
const wayUs = 5e6;

export const ends: Rule = (ledger, shown) => {
  const known = knownEnds(ledger, shown);
  return ledger.ends.flatMap((end) => {
    const { workflowId, runId } = end;
    const events = eventsOf(shown, runId);
    const wrong = end.closeOnly ? closeFault(end, events.at(-1)) : pagesFault(end, events);
    const late = lateFault(end, known.get(runId) ?? Number.POSITIVE_INFINITY, ledger);
    return [wrong, late].flatMap((fault) =>
      fault === null ? [] : [`J29: ${workflowId} ${runId}: ${fault}`],
    );
  });
};

function pagesFault({ pages }: EndSeen, events: readonly HistoryEvent[]): string | null {
  const told = pages.flat();
  if (told.length !== events.length) return `${told.length} of ${events.length} events were told`;
  const at = told.findIndex((event, index) => !isEvent(event, events[index]));
  return at < 0 ? null : `event ${at + 1} was told as another`;
}

function closeFault({ pages }: EndSeen, last: HistoryEvent | undefined): string | null {
  const told = pages.flat();
  if (told.length !== 1) return `${told.length} closing events were told`;
  const [bytes] = told as [Uint8Array];
  if (isEvent(bytes, last)) return null;
  // Of a run that is tried again clients are told that it continued as new.
  const continued = historyEventCodec.decode(bytes).workflowExecutionContinuedAsNewEventAttributes;
  const failed =
    last?.workflowExecutionFailedEventAttributes ?? last?.workflowExecutionTimedOutEventAttributes;
  return continued !== null && continued.newExecutionRunId === failed?.newExecutionRunId
    ? null
    : 'another end was told';
}

function isEvent(bytes: Uint8Array, event: HistoryEvent | undefined): boolean {
  return event !== undefined && Buffer.compare(bytes, historyEventCodec.encode(event)) === 0;
}

function lateFault({ askedUs, endedUs }: EndSeen, knownUs: number, ledger: Ledger): string | null {
  const dueUs = Math.max(askedUs, knownUs) + wayUs;
  return isLate(ledger, dueUs, endedUs) ? `told ${endedUs - dueUs} µs late` : null;
}
