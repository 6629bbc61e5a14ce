// Part of the contract of the store: single rows, ids, bytes, atomicity.

import { describe, expect, test } from 'vitest';
import type { RunStateRow, Store } from '../src/index.ts';
import {
  appliedRow,
  bytesOf,
  foldOf,
  namespaceId,
  type OpenStore,
  quarantineRow,
  runKey,
  stateRow,
  unlikeRuns,
  workflowRow,
} from './store-fixture.ts';

export function rowsContract(open: OpenStore): void {
  describe('rows', () => {
    test('what is not there reads as null or nothing', async () => {
      const store = await open();
      const run = runKey('w');
      expect(await store.readApplied(0)).toBeNull();
      expect(await store.readWorkflow(namespaceId, 'w')).toBeNull();
      expect(await store.readRunState(run)).toBeNull();
      expect(await store.readHistory(run, 0, 1, 1000)).toEqual([]);
      expect(await store.readQuarantine(10)).toEqual([]);
    });

    test.each([
      ['a later clock wins', [10, 11], 11],
      ['an earlier clock loses', [11, 10], 11],
      [
        'clocks of today, a microsecond apart',
        [1_799_999_999_999_998, 1_799_999_999_999_999],
        1_799_999_999_999_999,
      ],
    ])('%s', async (_, clocks, expected) => {
      const store = await open();
      const run = runKey('w');
      for (const clock of clocks) await store.write(foldOf(rowsAt(clock, clock % 251)));
      await expectRowsAt(store, expected, expected % 251);
      expect(await store.readRunState(run)).toEqual(
        stateRow({ run, clock: expected, version: expected, state: bytesOf(expected % 251) }),
      );
    });

    test('a row with the clock already stored is the same row: it changes nothing', async () => {
      const store = await open();
      await store.write(foldOf(rowsAt(10, 1)));
      await store.write(foldOf({ ...rowsAt(10, 1), applied: appliedRow({ clock: 9, offset: 0 }) }));
      await expectRowsAt(store, 10, 1);
    });

    test('within a fold the higher clock wins, in whichever order its rows stand', async () => {
      const store = await open();
      const run = runKey('w');
      const rows = [5, 9, 7].map((clock) => stateRow({ run, clock, version: clock }));
      await store.write(foldOf({ runStates: rows }));
      expect(await store.readRunState(run)).toEqual(rows[1]);
    });

    test('an empty fold is accepted, and a fold may be sent again', async () => {
      const store = await open();
      await store.write(foldOf({}));
      const fold = foldOf(rowsAt(10, 1));
      await Promise.all([store.write(fold), store.write(fold)]);
      await store.write(fold);
      await expectRowsAt(store, 10, 1);
    });

    test('a read asked after a write resolved sees it, whatever was read before', async () => {
      const store = await open();
      for (let clock = 1; clock <= 20; clock++) {
        await store.write(foldOf(rowsAt(clock, clock)));
        await expectRowsAt(store, clock, clock);
      }
    });

    test('LogPartitions have rows of their own', async () => {
      const store = await open();
      const first = appliedRow({ logPartition: 1, nonce: 'ä\0b', offset: 0, number: 0, epoch: 0 });
      const second = appliedRow({ logPartition: 2, offset: 2 ** 50, nonce: '', mapVersion: 7 });
      await store.write(foldOf({ applied: first }));
      await store.write(foldOf({ applied: second }));
      expect(await store.readApplied(1)).toEqual(first);
      expect(await store.readApplied(2)).toEqual(second);
    });

    test.each([1, 4, 100])('a scan in pages of %i gives every run state once', async (limit) => {
      const store = await open();
      expect(await store.scanRunStates(null, limit)).toEqual([]);
      const rows = unlikeRuns().map((run, i) => stateRow({ run, version: i + 1 }));
      await store.write(foldOf({ runStates: rows.toReversed() }));
      const scanned: RunStateRow[] = [];
      for (;;) {
        const page = await store.scanRunStates(scanned.at(-1)?.run ?? null, limit);
        if (page.length === 0) break;
        expect(page.length).toBeLessThanOrEqual(limit);
        scanned.push(...page);
      }
      expect(scanned.toSorted((a, b) => a.version - b.version)).toEqual(rows);
    });

    test('quarantine rows: one per run and version, read by clock up to the limit', async () => {
      const store = await open();
      const rows = [
        quarantineRow({ run: runKey('b'), clock: 1 }),
        quarantineRow({ run: runKey('a'), clock: 2, reason: 'grün' }),
        quarantineRow({ run: runKey('a'), clock: 3, version: 5, transition: bytesOf() }),
      ];
      await store.write(foldOf({ quarantine: rows.toReversed() }));
      await store.write(foldOf({ quarantine: rows }));
      expect(await store.readQuarantine(10)).toEqual(rows);
      expect(await store.readQuarantine(2)).toEqual(rows.slice(0, 2));
    });

    test('a run that is released has no quarantine rows but younger ones', async () => {
      const store = await open();
      const [run, other] = [runKey('a'), runKey('b')];
      const rows = [1, 2].map((version) => quarantineRow({ run, version, clock: version }));
      const kept = quarantineRow({ run: other, clock: 9 });
      await store.write(foldOf({ quarantine: [...rows, kept] }));
      await store.write(foldOf({ quarantineReleased: [{ run, clock: 1 }] }));
      expect(await store.readQuarantine(10)).toEqual([rows[1], kept]);
      await store.write(foldOf({ quarantineReleased: [{ run, clock: 2 }] }));
      expect(await store.readQuarantine(10)).toEqual([kept]);
      const again = quarantineRow({ run, version: 2, clock: 3, reason: 'again' });
      const release = { quarantineReleased: [{ run, clock: 2 }], quarantine: [again] };
      await store.write(foldOf(release));
      expect(await store.readQuarantine(10)).toEqual([again, kept]);
    });

    test('unusual ids are told apart and come back as they were', async () => {
      const store = await open();
      const ids = unusualIds();
      const rows = ids.map((id, i) => stateRow({ run: runKey(id, id), version: i }));
      const workflows = ids.map((id, i) => workflowRow({ workflowId: id, state: bytesOf(i) }));
      const other = ids.map((id) => quarantineRow({ run: { ...runKey(id, id), namespaceId: id } }));
      await store.write(foldOf({ runStates: rows, workflows, quarantine: other }));
      for (const row of rows) expect(await store.readRunState(row.run)).toEqual(row);
      for (const row of workflows) {
        expect(await store.readWorkflow(namespaceId, row.workflowId)).toEqual(row);
      }
      const read = (await store.readQuarantine(100)).map(({ run }) => run.workflowId);
      expect(read.toSorted()).toEqual(ids.toSorted());
      for (const { run } of await store.readQuarantine(100)) {
        expect([run.namespaceId, run.runId]).toEqual([run.workflowId, run.workflowId]);
      }
    });

    test('bytes: none, zeros, and 2 MiB', async () => {
      const store = await open();
      const large = Uint8Array.from({ length: 2 * 1024 * 1024 }, (_, i) => (i * 31) >> 3);
      for (const [i, state] of [bytesOf(), bytesOf(0, 0), large].entries()) {
        const row = stateRow({ run: runKey(`w${i}`), state });
        await store.write(foldOf({ runStates: [row] }));
        const read = await store.readRunState(row.run);
        expect(Buffer.compare(read?.state ?? bytesOf(1), state)).toBe(0);
      }
    });

    test('bytes written and read belong to nobody else', async () => {
      const store = await open();
      const state = bytesOf(1, 2, 3, 4).subarray(1, 3);
      const run = runKey('w');
      const written = store.write(foldOf({ runStates: [stateRow({ run, state })] }));
      state[0] = 99;
      await written;
      expect((await store.readRunState(run))?.state).toEqual(bytesOf(2, 3));
    });

    test('a fold with a number that is none leaves nothing', async () => {
      const store = await open();
      const rows = rowsAt(10, 1);
      const broken = stateRow({ run: runKey('x'), clock: Number.NaN });
      await expect(
        store.write(foldOf({ ...rows, runStates: [...rows.runStates, broken] })),
      ).rejects.toThrow(TypeError);
      expect(await store.readApplied(0)).toBeNull();
      expect(await store.readRunState(runKey('w'))).toBeNull();
      expect(await store.readWorkflow(namespaceId, 'w')).toBeNull();
      await store.write(foldOf(rows));
      await expectRowsAt(store, 10, 1);
    });
  });
}

/** A row of each kind that has one cell per key. */
function rowsAt(clock: number, content: number) {
  return {
    runStates: [stateRow({ run: runKey('w'), clock, version: clock, state: bytesOf(content) })],
    workflows: [workflowRow({ clock, state: bytesOf(content, content) })],
    quarantine: [quarantineRow({ run: runKey('w'), clock, reason: `${content}` })],
    applied: appliedRow({ clock, offset: content }),
  };
}

async function expectRowsAt(store: Store, clock: number, content: number): Promise<void> {
  const expected = rowsAt(clock, content);
  const read = await Promise.all([
    store.readRunState(runKey('w')),
    store.readWorkflow(namespaceId, 'w'),
    store.readQuarantine(10),
    store.readApplied(0),
  ]);
  expect(read).toEqual([
    expected.runStates[0],
    expected.workflows[0],
    expected.quarantine,
    expected.applied,
  ]);
}

function unusualIds(): string[] {
  const uuid = 'a1b2c3d4-0000-4fff-8abc-0123456789ab';
  return [
    '',
    '\0',
    '\0\0',
    'a\0b',
    'a',
    'ab',
    'ÿ',
    '\u{10ffff}',
    '工作流-🙂',
    '=?%_*"\'`;--',
    'x'.repeat(1000),
    'ü'.repeat(500),
    '0123456789abcdef',
    '0123456789abcdefg',
    uuid,
    uuid.toUpperCase(),
    uuid.replaceAll('-', ''),
    uuid.replaceAll('-', '+'),
    `${uuid.slice(0, -1)}g`,
    `${uuid.slice(0, -1)}é`,
    `{${uuid}}`,
    `${uuid} `,
  ];
}
