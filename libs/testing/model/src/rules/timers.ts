// J5. A timer fires once, never before its start plus its duration by the run's own times, and soon after that unless the
//     server could not.

import type { HistoryEvent } from '@perdure/wire';
import type { Ledger } from '../ledger.ts';
import type { Rule } from '../shown.ts';
import { eventUs, inUs } from './event-time.ts';
import { isLate } from './lateness.ts';

export const timers: Rule = (ledger, shown) =>
  shown.runs.flatMap(({ workflowId, events }) =>
    timerFaults(events, ledger).map((fault) => `J5: ${workflowId}: ${fault}`),
  );

function timerFaults(events: readonly HistoryEvent[], ledger: Ledger): string[] {
  const faults: string[] = [];
  const fired = new Set<number>();
  for (const event of events) {
    const attributes = event.timerFiredEventAttributes;
    if (attributes === null) continue;
    const { startedEventId, timerId } = attributes;
    const start = events.find(({ eventId }) => eventId === startedEventId);
    if (start === undefined) {
      faults.push(`timer ${timerId} fired without a start`);
      continue;
    }
    const durationUs = inUs(start.timerStartedEventAttributes?.startToFireTimeout ?? null);
    const dueUs = eventUs(start) + durationUs;
    const lateUs = eventUs(event) - dueUs;
    if (lateUs < 0) faults.push(`timer ${timerId} fired ${-lateUs} µs early`);
    if (isLate(ledger, dueUs, eventUs(event))) {
      faults.push(`timer ${timerId} fired ${lateUs} µs late`);
    }
    if (fired.has(startedEventId)) faults.push(`timer ${timerId} fired twice`);
    fired.add(startedEventId);
  }
  return faults;
}
