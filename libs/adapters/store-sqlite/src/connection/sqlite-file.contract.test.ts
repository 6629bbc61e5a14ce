import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StorageFault } from '@perdure/ports';
import {
  appliedRow,
  foldOf,
  runKey,
  stateRow,
  wakeRow,
} from '@perdure/ports/contract/store-fixture';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { inspectStore } from '../store/inspect-store.ts';
import { openSqliteStore, type SqliteStore } from '../store/sqlite-store.ts';
import { openSqliteVisibility } from '../visibility/sqlite-visibility.ts';
import { SqliteThread } from './sqlite-thread.ts';

const root = mkdtempSync(join(tmpdir(), 'perdure-sqlite-'));
const thread = new SqliteThread();
const held = thread.connect(root);
afterAll(async () => {
  await thread.release(held);
  rmSync(root, { recursive: true });
});

let count = 0;
let path = '';
beforeEach(() => {
  path = join(root, `${count++}.db`);
});

const open = (sqlitePragmas: Record<string, string> = {}): Promise<SqliteStore> =>
  openSqliteStore(path, { writer: thread, readers: [thread], sqlitePragmas });

const row = (workflowId: string, bytes: number) =>
  stateRow({ run: runKey(workflowId), state: new Uint8Array(bytes).fill(7) });

test('commits run under NORMAL in WAL; sync makes one under FULL and goes back', async () => {
  const store = await open();
  const before = await store.stats();
  expect(before).toMatchObject({ journalMode: 'wal', synchronous: 1, pageBytes: 8192 });
  await store.write(foldOf({ runStates: [row('w', 100)] }));
  await store.sync();
  expect(await store.stats()).toMatchObject({ synchronous: 1, syncs: before.syncs + 1 });
  await store.close();
});

test('pragmas of the user hold on both sides of a sync', async () => {
  const store = await open({ synchronous: 'FULL', cache_size: '-4000' });
  await store.sync();
  expect(await store.stats()).toMatchObject({ synchronous: 2 });
  await store.close();
  await expect(open({ synchronous: 'OFF' })).rejects.toThrow(/refused/);
});

test('a closed store leaves one file', async () => {
  const store = await open();
  await store.write(foldOf({ runStates: [row('w', 100)] }));
  await store.close();
  expect(() => readFileSync(`${path}-wal`)).toThrow(/ENOENT/);
  expect(readFileSync(path).toString('latin1', 0, 15)).toBe('SQLite format 3');
});

test('a newer format is refused in a line with both versions, the file and the cure', async () => {
  await (await open()).close();
  const database = new DatabaseSync(path);
  database.exec(`UPDATE meta SET value = 99 WHERE name = 'format'`);
  database.close();
  await expectFault(open(), 'mismatch', /format 99.*format 3;.*run the server/);
});

const olderFormats = {
  2: `ALTER TABLE wake DROP COLUMN clock; ALTER TABLE applied DROP COLUMN map_version;`,
  get 1() {
    return `${this[2]} DROP TABLE metadata;`;
  },
};

test.each([1, 2] as const)(
  'a file of format %i becomes one of format 3 with what it holds',
  async (format) => {
    const first = await open();
    const wake = wakeRow({ run: runKey('w'), clock: 7 });
    const applied = appliedRow({ mapVersion: 7 });
    await first.write(foldOf({ runStates: [row('w', 100)], wake: [wake], applied }));
    await first.close();
    const database = new DatabaseSync(path);
    database.exec(
      `${olderFormats[format]} UPDATE meta SET value = ${format} WHERE name = 'format'`,
    );
    database.close();
    const inspected = inspectStore(path);
    expect([...inspected.wake()]).toEqual([{ ...wake, clock: 0 }]);
    expect(inspected.applied).toEqual({ ...applied, mapVersion: 1 });
    inspected.close();
    const store = await open();
    expect(await store.readRunState(runKey('w'))).toEqual(row('w', 100));
    expect(await store.metadata.list('namespace')).toEqual([]);
    expect(await store.readWake(3, 500_000, null, 10)).toEqual([{ ...wake, clock: 0 }]);
    expect(await store.readApplied(0)).toEqual({ ...applied, mapVersion: 1 });
    await store.close();
    const upgraded = new DatabaseSync(path, { readOnly: true });
    expect(upgraded.prepare(`SELECT value FROM meta WHERE name = 'format'`).get()).toMatchObject({
      value: 3,
    });
    upgraded.close();
  },
);

test('a file that is no database is corrupt, and stays as it was', async () => {
  writeFileSync(path, 'x'.repeat(100_000));
  await expectFault(open(), 'corrupt', /not a database.*restore/);
  expect(readFileSync(path, 'utf8')).toBe('x'.repeat(100_000));
});

test('a database of another program is refused, and stays as it was', async () => {
  const database = new DatabaseSync(path);
  database.exec('CREATE TABLE songs (title TEXT)');
  database.close();
  const before = readFileSync(path);
  await expectFault(open(), 'mismatch', /another program/);
  expect(Buffer.compare(readFileSync(path), before)).toBe(0);
});

test('the file of visibility is not taken for the store', async () => {
  await (await openSqliteVisibility(path, { writer: thread, readers: [thread] })).close();
  await expectFault(open(), 'mismatch', /not the store.*visibility/);
});

test('a directory that is not there is an io fault', async () => {
  path = join(root, 'absent', 'store.db');
  await expectFault(open(), 'io', /directory exists/);
});

test('a full disk rejects the fold whole; what came before stands, reads go on, and it heals', async () => {
  const store = await open({ max_page_count: '40' });
  await store.write(foldOf({ runStates: [row('before', 100)] }));
  const tooMuch = foldOf({ runStates: [row('small', 100), row('large', 1_000_000)] });
  await expectFault(store.write(tooMuch), 'io', /full.*free space/);
  expect(await store.readRunState(runKey('small'))).toBeNull();
  expect(await store.readRunState(runKey('before'))).toEqual(row('before', 100));
  await store.write(foldOf({ runStates: [row('after', 100)] }));
  await store.close();
  const healed = await open();
  await healed.write(tooMuch);
  for (const written of [...tooMuch.runStates, row('before', 100), row('after', 100)]) {
    expect(await healed.readRunState(written.run)).toEqual(written);
  }
  await healed.close();
});

test('a damaged page fails the reads that meet it, not the others of their turn', async () => {
  const first = await open();
  await first.write(foldOf({ runStates: [row('whole', 100), row('damaged', 400_000)] }));
  await first.close();
  const bytes = readFileSync(path);
  bytes.fill(0xff, bytes.length - 20 * 8192);
  writeFileSync(path, bytes);
  const store = await open();
  const damaged = store.readRunState(runKey('damaged'));
  const whole = store.readRunState(runKey('whole'));
  await expectFault(damaged, 'corrupt', /restore/);
  expect(await whole).toEqual(row('whole', 100));
  await store.close();
});

test('a read that cannot be asked does not touch the others of its turn', async () => {
  const store = await open();
  await store.write(foldOf({ runStates: [row('w', 100)] }));
  const first = store.readRunState(runKey('w'));
  const odd = store.readHistory(runKey('w'), 0, Number.NaN, 10);
  const last = store.readRunState(runKey('w'));
  await expect(odd).rejects.toThrow(TypeError);
  expect([await first, await last]).toEqual([row('w', 100), row('w', 100)]);
  await store.close();
});

async function expectFault(
  refused: Promise<unknown>,
  kind: StorageFault['kind'],
  message: RegExp,
): Promise<void> {
  const fault = await refused.then(
    () => null,
    (error: unknown) => error,
  );
  expect(fault).toBeInstanceOf(StorageFault);
  expect(fault).toMatchObject({ kind, message: expect.stringMatching(message) });
  expect((fault as StorageFault).message).toContain(path);
}
