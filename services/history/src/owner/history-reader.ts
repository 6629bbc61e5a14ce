// Reads the history of a run: rows of the store, then what the store lacks, as one sequence of encoded events.

import { concatBytes } from '@perdure/kernel';
import type { Store } from '@perdure/ports';
import { countEvents, skipEvents } from '@perdure/wire';
import type { RunHandle } from './run-handle.ts';

export interface HistoryPage {
  /** Events as fields of a History. */
  readonly events: Uint8Array;
  /** Id behind the last event of the page. */
  readonly nextEventId: number;
}

const readBytes = 1024 * 1024;

/** Events of a slice from `from` (inclusive) to `to` (exclusive); the slice begins with event `first`. */
function cut(
  events: Uint8Array,
  first: number,
  last: number,
  from: number,
  to: number,
): Uint8Array {
  const start = from <= first ? 0 : skipEvents(events, from - first);
  const end = to > last ? events.length : skipEvents(events, to - first);
  return events.subarray(start, end);
}

/**
 * Events `from` up to `to` (exclusive), at most `maxEvents` and about `maxBytes` (at least one event). The answer holds
 * head: a caller outside waits until it is durable.
 */
export async function readHistory(
  store: Store,
  handle: RunHandle,
  range: { from: number; to: number; maxEvents: number; maxBytes: number },
): Promise<HistoryPage> {
  const to = Math.min(range.to, range.from + range.maxEvents);
  const parts: Uint8Array[] = [];
  let next = range.from;
  let bytes = 0;
  // What is unapplied now is taken before the await: a fold may move it to the store meanwhile.
  const memory = handle.unapplied.filter(({ lastEventId }) => lastEventId >= range.from);
  const storedTo = memory[0]?.firstEventId ?? handle.storedEventId + 1;
  while (next < Math.min(to, storedTo) && bytes < range.maxBytes) {
    const rows = await store.readHistory(
      handle.state.run,
      0,
      next,
      Math.min(readBytes, range.maxBytes),
    );
    if (rows.length === 0) break;
    for (const row of rows) {
      if (row.lastEventId < next || next >= to || bytes >= range.maxBytes) continue;
      const part = cut(row.events, row.firstEventId, row.lastEventId, next, to);
      parts.push(part);
      bytes += part.length;
      next = Math.min(row.lastEventId + 1, to);
    }
  }
  for (const { firstEventId, lastEventId, events } of memory) {
    if (
      lastEventId < next ||
      next >= to ||
      firstEventId > next ||
      (bytes >= range.maxBytes && bytes > 0)
    )
      continue;
    const part = cut(events, firstEventId, lastEventId, next, to);
    parts.push(part);
    bytes += part.length;
    next = Math.min(lastEventId + 1, to);
  }
  return limitBytes(concatBytes(parts), range.from, next, range.maxBytes);
}

/** Cuts a page that grew over its bound at an event. */
function limitBytes(events: Uint8Array, from: number, next: number, maxBytes: number): HistoryPage {
  if (events.length <= maxBytes) return { events, nextEventId: next };
  let end = skipEvents(events, 1);
  let count = 1;
  const total = countEvents(events);
  while (count < total) {
    const following = end + skipEvents(events.subarray(end), 1);
    if (following > maxBytes) break;
    end = following;
    count += 1;
  }
  return { events: events.subarray(0, end), nextEventId: from + count };
}
