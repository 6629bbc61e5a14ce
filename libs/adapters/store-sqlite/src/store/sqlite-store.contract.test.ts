import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyFold, type FoldBatch, type RunKey } from '@perdure/ports';
import { type StoreUnderTest, storeContract } from '@perdure/ports/contract/store.contract';
import { afterAll, expect, test } from 'vitest';
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

test('the space of removed runs is used again: the file does not grow with what has gone', async () => {
  const store = await openSqliteStore(join(root, 'space.db'), { writer, readers });
  const perRound = 200;
  const runs = (round: number): RunKey[] =>
    Array.from({ length: perRound }, (_, n) => {
      const name = `${round}-${n}`;
      return { namespaceId: 'n', workflowId: name, runId: name };
    });
  const fold = (round: number): FoldBatch => ({
    ...emptyFold,
    history: runs(round).map((run) => ({
      run,
      branch: 0,
      firstEventId: 1,
      lastEventId: 9,
      events: new Uint8Array(2_000).fill(round),
      clock: round + 1,
    })),
    runStates: runs(round).map((run) => ({
      run,
      version: 1,
      state: new Uint8Array(700).fill(round),
      clock: round + 1,
    })),
    runsRemoved: runs(round - 1).map((run) => ({
      run,
      block: 0,
      logPartition: 0,
      clock: round + 1,
    })),
  });
  for (let round = 0; round < 2; round++) await store.write(fold(round));
  const { pages } = await store.stats();
  for (let round = 2; round < 12; round++) await store.write(fold(round));
  expect((await store.stats()).pages).toBeLessThan(pages * 1.1);
  await store.close();
});
