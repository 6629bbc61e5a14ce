// What every VisibilityIndex does. An adapter calls `visibilityContract` from a test file of its own.

import { afterEach, describe, expect, test } from 'vitest';
import type { VisibilityIndex } from '../src/index.ts';
import { visibilityFilterContract } from './visibility-filter.contract.ts';
import {
  closedRow,
  feed,
  namespaceId,
  type OpenVisibility,
  openRow,
  put,
  where,
} from './visibility-fixture.ts';
import { visibilityGenerationContract } from './visibility-generation.contract.ts';
import { visibilityListContract } from './visibility-list.contract.ts';
import { visibilityModelContract } from './visibility-model.contract.ts';
import { visibilityOwnersContract } from './visibility-owners.contract.ts';

export interface VisibilityUnderTest {
  readonly index: VisibilityIndex;
  /** Opens what the closed index left behind; absent when it leaves nothing. */
  readonly again?: () => Promise<VisibilityIndex>;
}

export function visibilityContract(name: string, begin: () => Promise<VisibilityUnderTest>): void {
  describe(`VisibilityIndex contract: ${name}`, () => {
    const opened: VisibilityIndex[] = [];
    const keep = (index: VisibilityIndex): VisibilityIndex => {
      opened.push(index);
      return index;
    };
    const open: OpenVisibility = async () => keep((await begin()).index);
    afterEach(async () => {
      for (const index of opened.splice(0)) await index.close();
    });

    writeContract(open);
    visibilityListContract(open);
    visibilityFilterContract(open);
    visibilityOwnersContract(open);
    visibilityGenerationContract(open);
    visibilityModelContract(open);

    test('close may be called again; every other call is refused after it', async () => {
      const index = await open();
      await index.close();
      await index.close();
      await expect(put(index, [])).rejects.toThrow(/closed/);
      await expect(index.sync()).rejects.toThrow(/closed/);
      await expect(index.readCursor(0)).rejects.toThrow(/closed/);
      await expect(index.beginGeneration(0)).rejects.toThrow(/closed/);
      await expect(index.endGeneration(0, 1, 1)).rejects.toThrow(/closed/);
      await expect(index.closedBefore(0, namespaceId, 1, 1)).rejects.toThrow(/closed/);
      await expect(index.list(namespaceId, [], null, 1)).rejects.toThrow(/closed/);
      await expect(index.count(namespaceId, [])).rejects.toThrow(/closed/);
    });

    test('what was written is there after opening again, unless nothing outlives the index', async () => {
      const { index, again } = await begin();
      keep(index);
      if (again === undefined) return;
      await feed(index, 3, 77, { rows: [openRow(1), openRow(2), openRow(3)] });
      const generation = await index.beginGeneration(3);
      await put(index, [openRow(1), openRow(2)], [], 3);
      await index.sync();
      await index.close();
      const second = keep(await again());
      expect(await second.readCursor(3)).toBeNull();
      await second.endGeneration(3, generation, 78);
      expect(await second.readCursor(3)).toBe(78);
      await put(second, [closedRow(1)]);
      expect(await second.list(namespaceId, [], null, 10)).toEqual([openRow(2), closedRow(1)]);
      expect(await second.count(namespaceId, where({ status: 2 }))).toBe(1);
    });
  });
}

function writeContract(open: OpenVisibility): void {
  describe('write', () => {
    test('a row comes back with all it holds', async () => {
      const index = await open();
      const row = closedRow(1, {
        run: { namespaceId, workflowId: 'ü\0🙂', runId: 'not a uuid' },
        workflowType: 'Bestellung ä\0',
        taskQueue: '',
        status: 7,
        startTimeUs: 0,
        executionTimeUs: 1_799_999_999_999_999,
        closeTimeUs: 0,
        historySizeBytes: 2 ** 40,
        memo: Uint8Array.of(0, 1, 255),
        searchAttributes: new Uint8Array(100_000).fill(3),
      });
      await put(index, [row]);
      expect(await index.list(namespaceId, [], null, 10)).toEqual([row]);
    });

    test('the higher version wins, whichever comes first; an equal one changes nothing', async () => {
      const index = await open();
      const version = (n: number, taskQueue: string) => openRow(1, { version: n, taskQueue });
      await put(index, [version(5, 'a'), version(4, 'b')]);
      await put(index, [version(3, 'c'), version(5, 'd')]);
      expect(await index.list(namespaceId, [], null, 10)).toEqual([version(5, 'a')]);
      await put(index, [version(6, 'e'), version(7, 'f')]);
      expect(await index.list(namespaceId, [], null, 10)).toEqual([version(7, 'f')]);
      expect(await index.count(namespaceId, [])).toBe(1);
      expect(await index.count(namespaceId, where({ taskQueue: 'f' }))).toBe(1);
      expect(await index.count(namespaceId, where({ taskQueue: 'a' }))).toBe(0);
    });

    test('the cursor moves with the rows; each LogPartition has its own', async () => {
      const index = await open();
      expect(await index.readCursor(0)).toBeNull();
      await feed(index, 0, 0, { rows: [openRow(1)] });
      await feed(index, 1, 2 ** 50);
      await put(index, [openRow(2)]);
      expect([await index.readCursor(0), await index.readCursor(1)]).toEqual([0, 2 ** 50]);
      await feed(index, 0, 9, { rows: [openRow(3)] });
      expect([await index.readCursor(0), await index.readCursor(2)]).toEqual([9, null]);
    });

    test('a write with a number that is none leaves nothing', async () => {
      const index = await open();
      const broken = openRow(2, { startTimeUs: 1.5 });
      const rows = [openRow(1), broken];
      await expect(feed(index, 0, 5, { rows })).rejects.toThrow(TypeError);
      await expect(feed(index, 0, 0.5, { rows: [openRow(1)] })).rejects.toThrow(TypeError);
      expect(await index.readCursor(0)).toBeNull();
      expect(await index.count(namespaceId, [])).toBe(0);
      expect(await index.list(namespaceId, [], null, 10)).toEqual([]);
    });

    test('a removed run is gone from lists and counts, alone; removing it again is nothing', async () => {
      const index = await open();
      await put(index, [openRow(1), closedRow(2), closedRow(3)]);
      await put(index, [], [closedRow(2).run]);
      const elsewhere = { ...openRow(1).run, namespaceId: 'another' };
      await put(index, [], [closedRow(2).run, elsewhere]);
      expect(await index.list(namespaceId, [], null, 10)).toEqual([openRow(1), closedRow(3)]);
      const counts = new Map([
        [1, 1],
        [2, 1],
      ]);
      expect(await index.countByStatus(namespaceId, [])).toEqual(counts);
    });

    test('a run written and removed at once is gone; the cursor moves with it', async () => {
      const index = await open();
      await feed(index, 0, 3, { rows: [openRow(1), openRow(2)], removed: [openRow(1).run] });
      expect(await index.list(namespaceId, [], null, 10)).toEqual([openRow(2)]);
      expect(await index.readCursor(0)).toBe(3);
    });
  });
}
