// Part of the contract of the visibility index: several owners feed it, one of them late (V1-V4).

import { describe, expect, test } from 'vitest';
import { StorageFault } from '../src/index.ts';
import {
  closedRow,
  feed,
  namespaceId,
  type OpenVisibility,
  openRow,
  put,
} from './visibility-fixture.ts';

export function visibilityOwnersContract(open: OpenVisibility): void {
  describe('owners one after the other', () => {
    test('a late write of a lower cursor changes rows by their version, and no cursor', async () => {
      const index = await open();
      await feed(index, 0, 20, { rows: [closedRow(1), openRow(2)] });
      await feed(index, 0, 10, { rows: [openRow(1), closedRow(2), openRow(3)] });
      expect(await index.readCursor(0)).toBe(20);
      const listed = await index.list(namespaceId, [], null, 10);
      expect(listed).toEqual([openRow(3), closedRow(2), closedRow(1)]);
      expect(await index.count(namespaceId, [])).toBe(3);
    });

    test('a removed run does not come back, whatever version is late; other runs of its id do', async () => {
      const index = await open();
      const gone = closedRow(1, { attributes: [{ name: 'K', values: ['k'] }] });
      await feed(index, 0, 5, { rows: [gone, closedRow(2)] });
      await feed(index, 0, 9, { removed: [gone.run, closedRow(4).run] });
      const late = [openRow(1), gone, { ...gone, version: 99 }, closedRow(4)];
      await feed(index, 0, 7, { rows: late });
      const sibling = openRow(3, { run: { ...openRow(3).run, workflowId: gone.run.workflowId } });
      const elsewhere = { ...openRow(1), run: { ...openRow(1).run, namespaceId: 'other' } };
      await put(index, [sibling, elsewhere]);
      expect(await index.list(namespaceId, [], null, 10)).toEqual([sibling, closedRow(2)]);
      expect(await index.count(namespaceId, [])).toBe(2);
      expect(await index.list('other', [], null, 10)).toEqual([elsewhere]);
      const byAttribute = { kind: 'attribute', name: 'K', many: false, sign: '=', values: ['k'] };
      expect(await index.count(namespaceId, [byAttribute as never])).toBe(0);
    });

    test('two owners that write the same rows at once leave each row once, at its highest version', async () => {
      const index = await open();
      const numbers = Array.from({ length: 60 }, (_none, n) => n);
      const writes = Array.from({ length: 20 }, (_none, i) => {
        const rows = numbers.map((n) => openRow(n, { version: 1 + ((n + i * 7) % 20) }));
        return feed(index, 0, i, { rows: i % 2 === 0 ? rows : rows.toReversed() });
      });
      await Promise.all(writes);
      expect(await index.readCursor(0)).toBe(19);
      const listed = await index.list(namespaceId, [], null, 100);
      expect(listed.map(({ run, version }) => [run.runId, version])).toEqual(
        numbers.toReversed().map((n) => [openRow(n).run.runId, 20]),
      );
      expect(await index.count(namespaceId, [])).toBe(60);
    });

    test('an index that has lost writes refuses who knows of them, whole', async () => {
      const index = await open();
      await feed(index, 0, 10, { known: -1 });
      await feed(index, 0, 12, { known: 10, rows: [openRow(1)] });
      const refused = feed(index, 0, 15, {
        known: 13,
        rows: [openRow(2)],
        removed: [openRow(1).run],
      });
      await expect(refused).rejects.toThrow(StorageFault);
      await expect(refused).rejects.toMatchObject({ kind: 'mismatch' });
      await expect(feed(index, 1, 3, { known: 2 })).rejects.toMatchObject({ kind: 'mismatch' });
      expect(await index.readCursor(0)).toBe(12);
      expect(await index.list(namespaceId, [], null, 10)).toEqual([openRow(1)]);
    });

    test('closed runs are found by the LogPartition whose owner wrote them', async () => {
      const index = await open();
      await put(index, [closedRow(1), closedRow(2)], [], 0);
      await put(index, [closedRow(3), openRow(4)], [], 7);
      const due = async (logPartition: number): Promise<string[]> =>
        (await index.closedBefore(logPartition, namespaceId, 9000, 10)).map(({ runId }) => runId);
      expect(await due(0)).toEqual([closedRow(1), closedRow(2)].map(({ run }) => run.runId));
      expect(await due(7)).toEqual([closedRow(3).run.runId]);
      expect(await due(8)).toEqual([]);
    });
  });
}
