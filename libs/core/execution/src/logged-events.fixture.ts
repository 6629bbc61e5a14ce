// Events as the log holds them. User data that nobody gave is left out of an event: an SDK can tell an empty message from
// none (a result of nothing is no result). Every history that a test makes is held to that.

import { decodeEvents, type HistoryEvent } from '@perdure/wire';
import { typeName } from './event-table.fixture.ts';

/** The events in those bytes; fails when one of them holds an empty field. */
export function loggedEvents(bytes: Uint8Array): HistoryEvent[] {
  const events = decodeEvents(bytes);
  for (const event of events) {
    const groups = Object.values(event).filter((value) => value?.constructor !== Uint8Array);
    for (const fields of [event, ...groups]) requireNoneEmpty(typeName(event), fields);
  }
  return events;
}

/** What a decoded message has of its own was on the wire; the rest are its defaults. */
function requireNoneEmpty(event: string, message: unknown): void {
  if (typeof message !== 'object' || message === null) return;
  for (const [field, value] of Object.entries(message) as [string, unknown][]) {
    if (value instanceof Uint8Array && value.length === 0) {
      throw new Error(`${event} holds an empty ${field}; leave it out`);
    }
  }
}
