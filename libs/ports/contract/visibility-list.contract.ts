// Part of the contract of the visibility index: order, pages, filters, counts.

import { describe, expect, test } from 'vitest';
import type { ListFilter, VisibilityRow } from '../src/index.ts';
import {
  closedRow,
  inOrder,
  listAll,
  matches,
  namespaceId,
  type OpenVisibility,
  openRow,
  positionOf,
  put,
  where,
} from './visibility-fixture.ts';

export function visibilityListContract(open: OpenVisibility): void {
  describe('list', () => {
    test('open runs first, then by close time, start time, both descending, then run id', async () => {
      const index = await open();
      const rows = [
        openRow(2, { startTimeUs: 50 }),
        openRow(1, { startTimeUs: 40 }),
        openRow(3, { startTimeUs: 40 }),
        closedRow(4, { closeTimeUs: 90, startTimeUs: 10 }),
        closedRow(5, { closeTimeUs: 80, startTimeUs: 30 }),
        closedRow(6, { closeTimeUs: 80, startTimeUs: 20 }),
        closedRow(7, { closeTimeUs: 80, startTimeUs: 20 }),
        closedRow(8, { closeTimeUs: 0, startTimeUs: 99 }),
      ];
      await put(index, rows.toReversed());
      expect(await index.list(namespaceId, [], null, 100)).toEqual(rows);
      expect(await index.list(namespaceId, [], null, 3)).toEqual(rows.slice(0, 3));
      for (const [i, row] of rows.entries()) {
        const after = await index.list(namespaceId, [], positionOf(row), 100);
        expect(after).toEqual(rows.slice(i + 1));
      }
    });

    test.each([1, 2, 7, 1000])(
      'pages of %i together are the whole list, for every filter',
      async (limit) => {
        const index = await open();
        const rows = manyRows();
        await put(index, rows);
        for (const filter of filters()) {
          const expected = inOrder(rows.filter((row) => matches(row, filter)));
          expect(await listAll(index, filter, limit)).toEqual(expected);
        }
      },
    );

    test('count and countByStatus agree with the list, for every filter', async () => {
      const index = await open();
      const rows = manyRows();
      await put(
        index,
        rows.map((row) => openRow(0, { ...row, version: 0 })),
      );
      await put(index, rows);
      for (const filter of filters()) {
        const expected = new Map<number, number>();
        for (const { status } of rows.filter((row) => matches(row, filter))) {
          expected.set(status, (expected.get(status) ?? 0) + 1);
        }
        const counted = await index.countByStatus(namespaceId, filter);
        expect(counted).toEqual(expected);
        const total = rows.filter((row) => matches(row, filter)).length;
        expect(await index.count(namespaceId, filter)).toBe(total);
      }
    });

    test('a page goes on behind a run that has closed or gone since', async () => {
      const index = await open();
      const rows = [1, 2, 3, 4].map((n) => openRow(n, { startTimeUs: 100 - n }));
      await put(index, rows);
      const after = positionOf(rows[1] as VisibilityRow);
      await put(index, [closedRow(2)], [(rows[2] as VisibilityRow).run]);
      const page = await index.list(namespaceId, [], after, 10);
      expect(page).toEqual([rows[3], closedRow(2)]);
    });

    test('closedBefore: closed before that time, the first to close first, of that namespace and LogPartition', async () => {
      const index = await open();
      const closedAt = (n: number, closeTimeUs: number): VisibilityRow =>
        closedRow(n, { closeTimeUs });
      const elsewhere = { ...closedRow(9).run, namespaceId: 'other' };
      const rows = [
        closedAt(1, 30),
        closedAt(2, 10),
        openRow(3),
        closedAt(4, 20),
        closedRow(9, { closeTimeUs: 5, run: elsewhere }),
      ];
      await put(index, rows);
      const due = async (timeUs: number, limit = 10): Promise<string[]> =>
        (await index.closedBefore(0, namespaceId, timeUs, limit)).map(({ runId }) => runId);
      const ids = rows.map(({ run }) => run.runId);
      expect(await due(10)).toEqual([]);
      expect(await due(11)).toEqual([ids[1]]);
      expect(await due(31)).toEqual([ids[1], ids[3], ids[0]]);
      expect(await due(31, 2)).toEqual([ids[1], ids[3]]);
      const skipped = await index.closedBefore(0, namespaceId, 31, 2, 1);
      expect(skipped.map(({ runId }) => runId)).toEqual([ids[3], ids[0]]);
      expect(await index.closedBefore(0, 'other', 31, 10)).toEqual([elsewhere]);
      expect(await index.closedBefore(1, namespaceId, 31, 10)).toEqual([]);
    });

    test('namespaces are kept apart', async () => {
      const index = await open();
      const elsewhere = openRow(1, { run: { ...openRow(1).run, namespaceId: 'other' } });
      await put(index, [openRow(1), elsewhere, closedRow(2)]);
      expect(await index.list('other', [], null, 10)).toEqual([elsewhere]);
      expect(await index.count('other', where({ status: 1 }))).toBe(1);
      expect(await index.count(namespaceId, [])).toBe(2);
      expect(await index.list('none', [], null, 10)).toEqual([]);
      expect([...(await index.countByStatus('none', []))]).toEqual([]);
    });
  });
}

/** Runs of few workflows, types, queues and statuses, so that filters meet in all ways. */
function manyRows(): VisibilityRow[] {
  return Array.from({ length: 60 }, (_, n) => {
    const closed = n % 3 !== 0;
    const common = {
      run: { ...openRow(n).run, workflowId: `w${n % 7}` },
      workflowType: ['order', 'refund', 'ü'][n % 5] ?? 'order',
      taskQueue: n % 4 === 0 ? 'q' : 'r',
      startTimeUs: 1000 + (n % 11),
    };
    if (!closed) return openRow(n, { ...common, version: 1, status: n % 2 === 0 ? 1 : 8 });
    return closedRow(n, { ...common, closeTimeUs: 2000 + (n % 6), status: 2 + (n % 4) });
  });
}

/** Every subset of these conditions. */
function filters(): ListFilter[] {
  const choices: ListFilter[][] = [
    [[], where({ workflowId: 'w3' })],
    [[], where({ runId: openRow(17).run.runId })],
    [[], where({ workflowType: 'order' })],
    [[], where({ taskQueue: 'r' })],
    [[], where({ status: 3 })],
    [[], [{ kind: 'system', field: 'CloseTime', sign: '>', values: [2002] }]],
  ];
  return choices.reduce<ListFilter[]>(
    (sofar, options) => sofar.flatMap((a) => options.map((b) => [...a, ...b])),
    [[]],
  );
}
