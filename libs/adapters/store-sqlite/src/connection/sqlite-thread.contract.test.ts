import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { StorageFault } from '@perdure/ports';
import { foldOf, workflowRow } from '@perdure/ports/contract/store-fixture';
import { afterAll, afterEach, expect, test } from 'vitest';
import { openSqliteStore } from '../store/sqlite-store.ts';
import { SqliteThread } from './sqlite-thread.ts';

const root = mkdtempSync(join(tmpdir(), 'perdure-thread-'));
afterAll(() => rmSync(root, { recursive: true }));

const children: ChildProcessByStdio<null, Readable, null>[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** Starts a program that opens a store at `path` and goes on with `body`. */
function start(path: string, body: string): ChildProcessByStdio<null, Readable, null> {
  const source = new URL('../index.ts', import.meta.url).href;
  const text = `
    import { openSqliteStore } from ${JSON.stringify(source)};
    const store = await openSqliteStore(${JSON.stringify(path)});
    const fold = (n) => ({
      history: [], wake: [], quarantine: [], runStates: [], runsRemoved: [], workflowsRemoved: [], quarantineReleased: [], wakeBucketsDropped: [], applied: null,
      workflows: [{ namespaceId: 'n', workflowId: 'w' + n, state: new Uint8Array(2000), clock: 1 }],
    });
    ${body}`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', text], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return child;
}

test('the end of a thread rejects what waits and every later call, and close ends the rest', async () => {
  const thread = new SqliteThread();
  const store = await openSqliteStore(join(root, 'ended.db'), { readers: [thread] });
  await store.write(foldOf({ workflows: [workflowRow({})] }));
  const stranger = thread.connect('stranger');
  // No file was opened on this connection: a broken assumption, which ends the thread.
  const waiting = [1, 2, 3].map(() => stranger.ask(new ArrayBuffer(8)));
  for (const refused of await Promise.allSettled(waiting)) {
    const reason = {
      kind: 'io',
      message: expect.stringMatching(/^stranger: .* has ended.*restart/),
    };
    expect(refused).toMatchObject({ status: 'rejected', reason });
  }
  await expect(stranger.ask({ kind: 'stats' })).rejects.toThrow(StorageFault);
  await expect(store.readApplied(0)).rejects.toThrow(StorageFault);
  await store.write(foldOf({ workflows: [workflowRow({ clock: 11 })] }));
  await expect(store.close()).rejects.toThrow(StorageFault);
});

test('a thread that ended with its last connection starts again for the next', async () => {
  const thread = new SqliteThread();
  const options = { writer: thread, readers: [thread] };
  const path = join(root, 'again.db');
  const first = await openSqliteStore(path, options);
  await first.write(foldOf({ workflows: [workflowRow({})] }));
  await first.close();
  const second = await openSqliteStore(path, options);
  expect(await second.readWorkflow(workflowRow({}).namespaceId, 'w')).toEqual(workflowRow({}));
  await second.close();
});

test('an open store does not keep a finished process alive, but what it waits for does', async () => {
  const child = start(
    join(root, 'finished.db'),
    `void store.write(fold(1)).then(() => store.readWorkflow('n', 'w1'))
         .then((row) => process.stdout.write(row.workflowId));`,
  );
  let said = '';
  child.stdout.on('data', (text: Buffer) => {
    said += text.toString();
  });
  const [code] = (await once(child, 'close')) as [number];
  expect([code, said]).toEqual([0, 'w1']);
});

test('what a write resolved for survives the kill of its process', async () => {
  const path = join(root, 'killed.db');
  const child = start(
    path,
    `for (let n = 0; ; n++) { await store.write(fold(n)); process.stdout.write(n + '\\n'); }`,
  );
  let said = '';
  child.stdout.on('data', (text: Buffer) => {
    said += text.toString();
    if (said.length > 2000) child.kill('SIGKILL');
  });
  await once(child, 'close');
  const written = said.split('\n').slice(0, -1).map(Number);
  expect(written.length).toBeGreaterThan(300);
  const store = await openSqliteStore(path);
  const read = await Promise.all(written.map((n) => store.readWorkflow('n', `w${n}`)));
  expect(read.filter((row) => row === null)).toEqual([]);
  await store.close();
});
