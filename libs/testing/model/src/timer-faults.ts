// Timers by the times of their own run.

import type { HistoryEvent } from '@perdure/wire';

interface Time {
  readonly seconds: number;
  readonly nanos: number;
}

const us = (time: Time | null): number =>
  time === null ? 0 : time.seconds * 1e6 + Math.floor(time.nanos / 1e3);

/** What does not hold of the timers in a history. */
export function timerFaults(events: readonly HistoryEvent[]): string[] {
  const faults: string[] = [];
  const fired = new Set<number>();
  for (const event of events) {
    const attributes = event.timerFiredEventAttributes;
    if (attributes === null) continue;
    const { startedEventId, timerId } = attributes;
    const start = events.find(({ eventId }) => eventId === startedEventId);
    const duration = start?.timerStartedEventAttributes?.startToFireTimeout ?? null;
    if (start === undefined) faults.push(`timer ${timerId} fired without a start`);
    else if (us(event.eventTime) < us(start.eventTime) + us(duration)) {
      faults.push(
        `timer ${timerId} fired ${us(start.eventTime) + us(duration) - us(event.eventTime)} µs early`,
      );
    }
    if (fired.has(startedEventId)) faults.push(`timer ${timerId} fired twice`);
    fired.add(startedEventId);
  }
  return faults;
}
