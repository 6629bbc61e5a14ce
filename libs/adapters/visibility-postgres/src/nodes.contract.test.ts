// What only an index that several nodes share, on a server that may fail them, can be asked.

import { postgresPart, sharedPart } from '@perdure/parts';
import { type IndexedRow, StorageFault, type VisibilityIndex } from '@perdure/ports';
import {
  closedRow,
  feed,
  namespaceId,
  openRow,
  put,
  where,
} from '@perdure/ports/contract/visibility-fixture';
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FreshDatabases } from '../fixtures/fresh-databases.ts';
import { openPostgresVisibility } from './postgres-visibility.ts';

const found = await sharedPart(postgresPart);

describe.skipIf(found.kind === 'missing')('nodes of one index', () => {
  const databases = new FreshDatabases(found);

  async function open(connectionString: string, statementTimeoutMs = 15_000) {
    const index = await openPostgresVisibility({ connectionString, statementTimeoutMs });
    onTestFinished(() => index.close());
    return index;
  }

  async function nodes(count: number): Promise<{ url: string; indexes: VisibilityIndex[] }> {
    const url = await databases.create();
    return { url, indexes: await Promise.all(Array.from({ length: count }, () => open(url))) };
  }

  test('a removal by the successor outlives the session of either: the zombie does not bring the run back', async () => {
    const { url, indexes } = await nodes(2);
    const [zombie, successor] = indexes as [VisibilityIndex, VisibilityIndex];
    await feed(zombie, 0, 5, { rows: [closedRow(1), closedRow(2)] });
    await feed(successor, 0, 9, { known: 5, removed: [closedRow(1).run] });
    await successor.close();
    await feed(zombie, 0, 7, { known: 5, rows: [closedRow(1, { version: 50 })] });
    const later = await open(url);
    expect(await later.list(namespaceId, [], null, 10)).toEqual([closedRow(2)]);
    expect(await later.readCursor(0)).toBe(9);
  });

  test('nodes that write the same runs for different LogPartitions, in opposite orders, all get through', async () => {
    const { indexes } = await nodes(4);
    const numbers = Array.from({ length: 150 }, (_none, n) => n);
    await Promise.all(
      indexes.map(async (index, node) => {
        for (let round = 1; round <= 12; round++) {
          const rows = numbers.map((n) =>
            openRow(n, { version: round * 4 + node, taskQueue: `q${(n + round) % 3}` }),
          );
          await put(index, node % 2 === 0 ? rows : rows.toReversed(), [], node);
        }
      }),
    );
    const [index] = indexes as [VisibilityIndex];
    const listed = await index.list(namespaceId, [], null, 1000);
    expect(listed).toHaveLength(150);
    expect(new Set(listed.map(({ version }) => version))).toEqual(new Set([51]));
    expect(await index.count(namespaceId, [])).toBe(150);
    const queues = await Promise.all(
      [0, 1, 2].map((q) => index.count(namespaceId, where({ taskQueue: `q${q}` }))),
    );
    expect(queues.reduce((a, b) => a + b)).toBe(150);
  });

  test('removals are forgotten two hours later, a thousand with each write', async () => {
    const { url, indexes } = await nodes(1);
    const [index] = indexes as [VisibilityIndex];
    const held = async (): Promise<number> =>
      Number(
        (await databases.query(url, 'SELECT count(*) FROM perdure.visibility_removed'))[0]?.[
          'count'
        ],
      );
    const many = Array.from({ length: 1500 }, (_none, n) => closedRow(n).run);
    await put(index, [], many);
    await databases.query(
      url,
      `UPDATE perdure.visibility_removed SET removed_at = removed_at - interval '119 minutes'`,
    );
    await put(index, [], [closedRow(2000).run]);
    expect(await held()).toBe(1501);
    await databases.query(
      url,
      `UPDATE perdure.visibility_removed SET removed_at = removed_at - interval '2 minutes'`,
    );
    await put(index, []);
    expect(await held()).toBe(501);
    await put(index, []);
    expect(await held()).toBe(1);
    await put(index, [closedRow(2000)]);
    expect(await index.count(namespaceId, [])).toBe(0);
  });

  test('texts at the limits of the API are stored, found and told apart', async () => {
    const { indexes } = await nodes(1);
    const [index] = indexes as [VisibilityIndex];
    const text = (bytes: number, seed: number): string => {
      let state = seed;
      const letters = Array.from({ length: bytes }, () => {
        state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
        return String.fromCharCode(33 + (state % 94));
      });
      return letters.join('');
    };
    const head = text(2000, 1);
    const row = (n: number): IndexedRow =>
      closedRow(n, {
        run: { namespaceId, workflowId: text(1000, n), runId: closedRow(n).run.runId },
        workflowType: text(1000, 100 + n),
        taskQueue: text(1000, 200 + n),
        attributes: [{ name: text(1000, 7), values: [`${head}${n}`] }],
      });
    await put(index, [row(1), row(2)]);
    const named = (value: string) =>
      ({
        kind: 'attribute',
        name: text(1000, 7),
        many: false,
        sign: '=',
        values: [value],
      }) as const;
    expect(await index.count(namespaceId, [named(`${head}2`)])).toBe(1);
    expect(await index.count(namespaceId, [named(head)])).toBe(0);
    const found = await index.list(
      namespaceId,
      where({ workflowId: row(2).run.workflowId }),
      null,
      9,
    );
    expect(found.map(({ run }) => run.runId)).toEqual([row(2).run.runId]);
    await put(index, [], [row(1).run]);
    expect(await index.count(namespaceId, where({ workflowType: row(1).workflowType }))).toBe(0);
  });

  test('a write that a deadlock undid is tried again', async () => {
    const url = await databases.create();
    const index = await open(url);
    await feed(index, 0, 1, { rows: [openRow(1)] });
    const other = new pg.Client({ connectionString: url });
    await other.connect();
    onTestFinished(() => other.end());
    await other.query('BEGIN; SELECT id FROM perdure.visibility_runs FOR UPDATE');
    const written = feed(index, 0, 2, { rows: [closedRow(1)] });
    const waiting = `SELECT FROM pg_stat_activity
      WHERE datname = current_database() AND query LIKE '%visibility_write%' AND wait_event_type = 'Lock'`;
    await expect.poll(async () => (await databases.query(url, waiting)).length).toBe(1);
    // The write has its LogPartition and waits for the run: now the circle is closed, and PostgreSQL breaks it.
    await other.query('SELECT position FROM perdure.visibility_feeds FOR UPDATE');
    await other.query('ROLLBACK');
    await written;
    const deadlocks = 'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()';
    await expect
      .poll(async () => (await databases.query(url, deadlocks))[0]?.['deadlocks'], {
        timeout: 9000,
      })
      .toBe('1');
    expect(await index.list(namespaceId, [], null, 10)).toEqual([closedRow(1)]);
    expect(await index.readCursor(0)).toBe(2);
  });

  test('a write that waits for a lock too long is a fault, and so is one whose connection is cut; the next one goes through', async () => {
    const url = await databases.create();
    const index = await open(url, 400);
    await feed(index, 0, 1, { rows: [openRow(1)] });
    const blocker = new pg.Client({ connectionString: url });
    await blocker.connect();
    await blocker.query('BEGIN');
    await blocker.query('SELECT * FROM perdure.visibility_feeds FOR UPDATE');
    await expect(feed(index, 0, 2)).rejects.toThrow(StorageFault);
    await feed(index, 1, 7);
    const waiting = feed(index, 0, 3);
    const cut = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND query LIKE '%visibility_write%' AND state = 'active' AND pid <> pg_backend_pid()`;
    await Promise.all([
      expect(waiting).rejects.toMatchObject({ name: 'StorageFault', kind: 'io' }),
      blocker.query(cut),
    ]);
    await blocker.query('ROLLBACK');
    await blocker.end();
    await feed(index, 0, 4, { known: 1, rows: [closedRow(1)] });
    expect(await index.readCursor(0)).toBe(4);
    expect(await index.list(namespaceId, [], null, 10)).toEqual([closedRow(1)]);
  });
});
