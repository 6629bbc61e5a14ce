import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type StoreUnderTest, storeContract } from '@perdure/ports/contract/store.contract';
import { afterAll } from 'vitest';
import type { SqliteOptions } from '../connection/sqlite-file.ts';
import { SqliteThread } from '../connection/sqlite-thread.ts';
import { openSqliteStore } from './sqlite-store.ts';

const root = mkdtempSync(join(tmpdir(), 'perdure-store-'));
const threads = [0, 1, 2].map(() => new SqliteThread());
// A connection that is never opened keeps its thread for the next test.
const held = threads.map((thread) => ({ thread, connection: thread.connect(root) }));
afterAll(async () => {
  for (const { thread, connection } of held) await thread.release(connection);
  rmSync(root, { recursive: true });
});

const [writer, ...readers] = threads as [SqliteThread, ...SqliteThread[]];
let count = 0;

storeContract('SQLite, a writer and a reader', () => begin({ writer, readers: [readers[0]!] }));
storeContract('SQLite, a writer and two readers', () => begin({ writer, readers }));
storeContract('SQLite, one thread', () => begin({ writer, readers: [writer] }));

async function begin(options: SqliteOptions): Promise<StoreUnderTest> {
  const path = join(root, `${count++}.db`);
  return {
    store: await openSqliteStore(path, options),
    again: () => openSqliteStore(path, options),
  };
}
