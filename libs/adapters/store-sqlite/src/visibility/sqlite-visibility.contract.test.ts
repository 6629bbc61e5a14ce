import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { visibilityContract } from '@perdure/ports/contract/visibility.contract';
import { afterAll } from 'vitest';
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
