// A history against its table (libs/testing golden/event-table), with what must hold for every history.

import { historyFaults, historyRows, tableRows } from '@perdure/testing/golden';
import type { HistoryEvent } from '@perdure/wire';
import { expect } from 'vitest';

export function expectHistory(events: readonly HistoryEvent[], table: string): void {
  expect(historyRows(events, table)).toEqual(tableRows(table));
  expect(historyFaults(events)).toEqual([]);
}

/** Events shipped with a task or a page: the same, but ids may start later. */
export function expectEvents(events: readonly HistoryEvent[], table: string): void {
  expect(historyRows(events, table)).toEqual(tableRows(table));
  expect(historyFaults(events, events[0]?.eventId ?? 1)).toEqual([]);
}
