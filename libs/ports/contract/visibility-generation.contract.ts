// Part of the contract of the visibility index: the rows of one LogPartition are built anew (M9, V5).

import { describe, expect, test } from 'vitest';
import type { VisibilityIndex } from '../src/index.ts';
import {
  closedRow,
  feed,
  namespaceId,
  type OpenVisibility,
  openRow,
  put,
  where,
} from './visibility-fixture.ts';

async function runsOf(index: VisibilityIndex): Promise<string[]> {
  return (await index.list(namespaceId, [], null, 100)).map(({ run }) => run.workflowId).toSorted();
}

export function visibilityGenerationContract(open: OpenVisibility): void {
  describe('a generation', () => {
    test('takes the rows that nobody wrote since it began: of its LogPartition alone, counts and attributes with them', async () => {
      const index = await open();
      const attributes = [{ name: 'K', values: ['k'] }];
      await put(index, [openRow(1), closedRow(2), closedRow(3, { attributes }), openRow(4)]);
      await put(index, [openRow(5), closedRow(6)], [], 1);
      const generation = await index.beginGeneration(0);
      expect(await runsOf(index)).toEqual(['w1', 'w2', 'w3', 'w4', 'w5', 'w6']);
      // One that changes nothing, one with an older version, one that is new, one with a newer version.
      await put(index, [openRow(1), openRow(2), openRow(7), closedRow(4)]);
      await index.endGeneration(0, generation, 30);
      expect(await runsOf(index)).toEqual(['w1', 'w2', 'w4', 'w5', 'w6', 'w7']);
      expect(await index.list(namespaceId, where({ workflowId: 'w2' }), null, 10)).toEqual([
        closedRow(2),
      ]);
      expect(await index.count(namespaceId, [])).toBe(6);
      expect(await index.countByStatus(namespaceId, [])).toEqual(
        new Map([
          [1, 3],
          [2, 3],
        ]),
      );
      const byAttribute = { kind: 'attribute', name: 'K', many: false, sign: '=', values: ['k'] };
      expect(await index.count(namespaceId, [byAttribute as never])).toBe(0);
      expect([await index.readCursor(0), await index.readCursor(1)]).toEqual([30, null]);
    });

    test('what it takes may come back with a later write: it was not removed', async () => {
      const index = await open();
      await put(index, [closedRow(1)]);
      await index.endGeneration(0, await index.beginGeneration(0), 1);
      expect(await runsOf(index)).toEqual([]);
      await put(index, [openRow(1)]);
      expect(await index.list(namespaceId, [], null, 10)).toEqual([openRow(1)]);
    });

    test('a run that was removed before or meanwhile does not come back with it', async () => {
      const index = await open();
      await put(index, [closedRow(1), closedRow(2), closedRow(3)]);
      await put(index, [], [closedRow(1).run]);
      const generation = await index.beginGeneration(0);
      await put(index, [], [closedRow(2).run]);
      await put(index, [closedRow(1), closedRow(2), closedRow(3)]);
      await index.endGeneration(0, generation, 1);
      expect(await runsOf(index)).toEqual(['w3']);
    });

    test('while it is under way there is no cursor; then there is the highest that was written', async () => {
      const index = await open();
      await feed(index, 0, 10);
      await feed(index, 1, 11);
      const first = await index.beginGeneration(0);
      expect([await index.readCursor(0), await index.readCursor(1)]).toEqual([null, 11]);
      await feed(index, 0, 40, { known: 10 });
      expect(await index.readCursor(0)).toBeNull();
      await index.endGeneration(0, first, 20);
      expect(await index.readCursor(0)).toBe(40);
      await index.endGeneration(0, await index.beginGeneration(0), 50);
      expect(await index.readCursor(0)).toBe(50);
    });

    test('a newer one takes its place: the end of the older one does nothing', async () => {
      const index = await open();
      await feed(index, 0, 1, { rows: [openRow(1), openRow(2)] });
      const older = await index.beginGeneration(0);
      await put(index, [openRow(1)]);
      const newer = await index.beginGeneration(0);
      expect(newer).toBeGreaterThan(older);
      await index.endGeneration(0, older, 5);
      expect(await index.readCursor(0)).toBeNull();
      expect(await runsOf(index)).toEqual(['w1', 'w2']);
      await put(index, [openRow(2)]);
      await index.endGeneration(0, newer, 6);
      await index.endGeneration(0, newer, 6);
      expect(await runsOf(index)).toEqual(['w2']);
      expect(await index.readCursor(0)).toBe(6);
    });
  });
}
