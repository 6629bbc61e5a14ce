import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type MetadataUnderTest,
  metadataContract,
} from '@perdure/ports/contract/metadata.contract';
import { afterAll, expect, test } from 'vitest';
import { SqliteThread } from '../connection/sqlite-thread.ts';
import { openSqliteStore } from './sqlite-store.ts';

const root = mkdtempSync(join(tmpdir(), 'perdure-metadata-'));
const thread = new SqliteThread();
// A connection that is never opened keeps the thread for the next test.
const held = thread.connect(root);
afterAll(async () => {
  await thread.release(held);
  rmSync(root, { recursive: true });
});

let count = 0;

async function open(path: string): Promise<MetadataUnderTest> {
  const store = await openSqliteStore(path, { writer: thread, readers: [thread] });
  return { metadata: store.metadata, close: () => store.close(), again: () => open(path) };
}

metadataContract('SQLite', () => open(join(root, `${count++}.db`)));

test('a change is synced before it is answered', async () => {
  const path = join(root, `${count++}.db`);
  const store = await openSqliteStore(path, { writer: thread, readers: [thread] });
  const before = (await store.stats()).syncs;
  const value = new Uint8Array(1);
  await store.metadata.change([{ kind: 'k', key: 'a', expectedVersion: 0, value }]);
  expect((await store.stats()).syncs).toBe(before + 1);
  await store.close();
});
