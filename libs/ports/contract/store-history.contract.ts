// Part of the contract of the store: history rows.

import { describe, expect, test } from 'vitest';
import type { HistoryRow, Store } from '../src/index.ts';
import { foldOf, historyRow, type OpenStore, runKey } from './store-fixture.ts';

const run = runKey('w');
const all = 1_000_000;

export function historyContract(open: OpenStore): void {
  describe('history', () => {
    test('rows come ascending by first event id, from the row that holds the event asked for', async () => {
      const store = await open();
      const rows = [
        spanning(1, 3, 13),
        spanning(4, 9, 12),
        spanning(10, 10, 11),
        spanning(11, 300),
      ];
      await store.write(foldOf({ history: [rows[2], rows[0]] as HistoryRow[] }));
      await store.write(foldOf({ history: [rows[3], rows[1]] as HistoryRow[] }));
      expect(await store.readHistory(run, 0, 1, all)).toEqual(rows);
      expect(await store.readHistory(run, 0, 3, all)).toEqual(rows);
      expect(await store.readHistory(run, 0, 4, all)).toEqual(rows.slice(1));
      expect(await store.readHistory(run, 0, 10, all)).toEqual(rows.slice(2));
      expect(await store.readHistory(run, 0, 300, all)).toEqual(rows.slice(3));
      expect(await store.readHistory(run, 0, 301, all)).toEqual([]);
    });

    test('rows that overlap are all given, also one that begins long before the event', async () => {
      const store = await open();
      const rows = [spanning(1, 20, 10), spanning(5, 8, 11), spanning(9, 12, 12)];
      await store.write(foldOf({ history: rows }));
      expect(await spans(store, 1)).toEqual(['1-20', '5-8', '9-12']);
      expect(await spans(store, 9)).toEqual(['1-20', '9-12']);
      expect(await spans(store, 13)).toEqual(['1-20']);
    });

    test('of one first event id the higher clock wins, longer or shorter; an equal one changes nothing', async () => {
      const store = await open();
      await store.write(foldOf({ history: [spanning(1, 5, 10)] }));
      await store.write(foldOf({ history: [spanning(1, 2, 9)] }));
      expect(await spans(store, 1)).toEqual(['1-5']);
      await store.write(foldOf({ history: [spanning(1, 3, 11)] }));
      expect(await store.readHistory(run, 0, 1, all)).toEqual([spanning(1, 3, 11)]);
      expect(await spans(store, 4)).toEqual([]);
      await store.write(foldOf({ history: [spanning(1, 3, 11), spanning(1, 9, 10)] }));
      expect(await spans(store, 1)).toEqual(['1-3']);
    });

    test('branches and runs are kept apart', async () => {
      const store = await open();
      const rows = [
        historyRow({ run }),
        historyRow({ run, branch: 1 }),
        historyRow({ run: runKey('w', 'another run') }),
        historyRow({ run: runKey('v') }),
        historyRow({ run: { ...run, namespaceId: 'another' } }),
      ];
      await store.write(foldOf({ history: rows }));
      for (const row of rows) {
        expect(await store.readHistory(row.run, row.branch, 1, all)).toEqual([row]);
      }
    });

    test('maxBytes: at least one row, then while the sum of the events stays within it', async () => {
      const store = await open();
      const rows = [10, 20, 30, 40].map((length, i) =>
        historyRow({
          run,
          firstEventId: i + 1,
          lastEventId: i + 1,
          events: new Uint8Array(length),
        }),
      );
      await store.write(foldOf({ history: rows }));
      const lengths = async (from: number, maxBytes: number): Promise<number[]> =>
        (await store.readHistory(run, 0, from, maxBytes)).map(({ events }) => events.length);
      expect(await lengths(1, 0)).toEqual([10]);
      expect(await lengths(1, 29)).toEqual([10]);
      expect(await lengths(1, 30)).toEqual([10, 20]);
      expect(await lengths(1, 59)).toEqual([10, 20]);
      expect(await lengths(1, 60)).toEqual([10, 20, 30]);
      expect(await lengths(1, 100)).toEqual([10, 20, 30, 40]);
      expect(await lengths(3, 1)).toEqual([30]);
    });

    test('a read that stopped early does not hold later ones back', async () => {
      const store = await open();
      for (let id = 1; id <= 30; id++) {
        await store.write(foldOf({ history: [spanning(id, id)] }));
        expect(await store.readHistory(run, 0, 1, 1)).toEqual([spanning(1, 1)]);
        expect(await store.readHistory(run, 0, id, 1)).toEqual([spanning(id, id)]);
      }
      expect(await store.readHistory(run, 0, 1, all)).toHaveLength(30);
    });

    test('many reads asked at once are answered each with its own rows', async () => {
      const store = await open();
      const rows = Array.from({ length: 200 }, (_, i) =>
        historyRow({ run: runKey(`w${i}`), clock: i + 1, events: new Uint8Array(i * 100).fill(i) }),
      );
      await store.write(foldOf({ history: rows }));
      const read = await Promise.all(rows.map((row) => store.readHistory(row.run, 0, 1, all)));
      expect(read).toEqual(rows.map((row) => [row]));
    });
  });
}

function spanning(firstEventId: number, lastEventId: number, clock = 10): HistoryRow {
  const events = new Uint8Array(lastEventId - firstEventId + 1).fill(clock);
  return historyRow({ run, firstEventId, lastEventId, clock, events });
}

async function spans(store: Store, from: number): Promise<string[]> {
  const rows = await store.readHistory(run, 0, from, all);
  return rows.map(({ firstEventId, lastEventId }) => `${firstEventId}-${lastEventId}`);
}
