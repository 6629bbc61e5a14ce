// Reads the history rows of a run's branch.
//
// H1. A fold of which a part is missing is not there: its writer has not been told that it stands, or it was hidden in part.
// H2. Of the folds that begin with one event, the whole one with the highest clock counts.
// H3. A fold that begins before the event asked for may hold it (M2), however long before: the keys of all of them are
//     looked at, their events only of those that do.

import type { HistoryRow, RunKey } from '@perdure/ports';
import type { types } from 'cassandra-driver';
import type { Session } from '../connection/session.ts';
import { bytesOf, numberOf } from './columns.ts';
import { keyOf } from './fold-requests.ts';
import { joined } from './parts.ts';
import { cql } from './statements.ts';

interface Fold {
  readonly firstEventId: number;
  readonly lastEventId: number;
  readonly clock: number;
  readonly rows: readonly types.Row[];
}

export async function readHistoryRows(
  session: Session,
  run: RunKey,
  branch: number,
  fromEventId: number,
  maxBytes: number,
): Promise<HistoryRow[]> {
  const place = [...keyOf(run), branch, fromEventId];
  const found: HistoryRow[] = [];
  let bytes = 0;
  /** False: it is one too many. */
  const take = ({ firstEventId, lastEventId, clock, rows }: Fold): boolean => {
    bytes += rows.reduce((sum, row) => sum + sizeOf(row), 0);
    if (bytes > maxBytes && found.length > 0) return false;
    const events = joined(rows.map((row) => bytesOf(row, 'events')));
    found.push({ run, branch, firstEventId, lastEventId, events, clock });
    return true;
  };
  const earlier = session.rows({ cql: cql.readEarlierHistory, values: place });
  for await (const { firstEventId, lastEventId, clock } of foldsOf(earlier)) {
    if (lastEventId < fromEventId) continue;
    const values = [...keyOf(run), branch, firstEventId, clock];
    const rows = session.rows({ cql: cql.readOneFold, values }, sizeOf);
    for await (const fold of foldsOf(rows)) if (!take(fold)) return found;
  }
  const later = session.rows({ cql: cql.readHistory, values: place }, sizeOf);
  for await (const fold of foldsOf(later)) {
    if (fold.lastEventId >= fromEventId && !take(fold)) return found;
  }
  return found;
}

function sizeOf(row: types.Row): number {
  return bytesOf(row, 'events').length;
}

/** H1, H2. The rows come by first event id, clock from high to low, part. */
async function* foldsOf(rows: AsyncIterable<types.Row>): AsyncGenerator<Fold> {
  let taken = -1;
  let parts: types.Row[] = [];
  for await (const row of rows) {
    const firstEventId = numberOf(row, 'first_event_id');
    if (firstEventId === taken) continue;
    const clock = numberOf(row, 'clock');
    const [head] = parts;
    const goesOn =
      head !== undefined &&
      numberOf(head, 'first_event_id') === firstEventId &&
      numberOf(head, 'clock') === clock;
    if (!goesOn) parts = [];
    if (numberOf(row, 'part') !== parts.length) continue;
    parts.push(row);
    if (parts.length < numberOf(row, 'parts')) continue;
    taken = firstEventId;
    yield { firstEventId, lastEventId: numberOf(row, 'last_event_id'), clock, rows: parts };
    parts = [];
  }
}
