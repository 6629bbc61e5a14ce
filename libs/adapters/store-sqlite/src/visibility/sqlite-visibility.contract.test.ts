import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { visibilityContract } from '@perdure/ports/contract/visibility.contract';
import {
  closedRow,
  feed,
  namespaceId,
  openRow,
  put,
} from '@perdure/ports/contract/visibility-fixture';
import { afterAll, expect, test } from 'vitest';
import { SqliteThread } from '../connection/sqlite-thread.ts';
import { openSqliteVisibility } from './sqlite-visibility.ts';

const root = mkdtempSync(join(tmpdir(), 'perdure-visibility-'));
const thread = new SqliteThread();
// A connection that is never opened keeps the thread for the next test.
const held = thread.connect(root);
afterAll(async () => {
  await thread.release(held);
  rmSync(root, { recursive: true });
});

let count = 0;

visibilityContract('SQLite', async () => {
  const path = join(root, `${count++}.db`);
  const options = { writer: thread, readers: [thread] };
  return {
    index: await openSqliteVisibility(path, options),
    again: () => openSqliteVisibility(path, options),
  };
});

test('a file of format 2 is taken over with its rows and its cursor, and can be built anew', async () => {
  const path = join(root, 'format-2.db');
  const options = { writer: thread, readers: [thread] };
  const attributes = [{ name: 'K', values: ['k'] }];
  const before = await openSqliteVisibility(path, options);
  await feed(before, 0, 7, { rows: [openRow(1, { attributes }), closedRow(2)] });
  await before.close();
  const file = new DatabaseSync(path);
  file.exec(`
    ALTER TABLE runs DROP COLUMN log_partition; ALTER TABLE runs DROP COLUMN generation;
    ALTER TABLE cursors DROP COLUMN begun; ALTER TABLE cursors DROP COLUMN ended;
    DROP TRIGGER unindexed_update;
    CREATE TRIGGER unindexed_update AFTER UPDATE ON runs
      BEGIN DELETE FROM attributes WHERE run = old.run AND wf = old.wf AND ns = old.ns; END;
    UPDATE meta SET value = 2 WHERE name = 'format'`);
  file.close();
  const index = await openSqliteVisibility(path, options);
  expect(await index.readCursor(0)).toBe(7);
  expect(await index.list(namespaceId, [], null, 10)).toEqual([openRow(1), closedRow(2)]);
  const generation = await index.beginGeneration(0);
  await put(index, [openRow(1)]);
  await index.endGeneration(0, generation, 8);
  expect(await index.list(namespaceId, [], null, 10)).toEqual([openRow(1)]);
  const byAttribute = {
    kind: 'attribute',
    name: 'K',
    many: false,
    sign: '=',
    values: ['k'],
  } as const;
  expect(await index.count(namespaceId, [byAttribute])).toBe(1);
  await index.close();
});
