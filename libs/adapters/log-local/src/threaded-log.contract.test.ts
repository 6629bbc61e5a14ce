// What only the form with a thread and a process of its own can show.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StorageFault } from '@perdure/ports';
import { afterAll, expect, test } from 'vitest';
import { openThreadedLog } from './threaded-log.ts';

const root = mkdtempSync(join(tmpdir(), 'perdure-threaded-'));
const started: ChildProcess[] = [];
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(root, { recursive: true });
});
let count = 0;
const newPath = (): string => join(root, String(count++));

function start(path: string, program: string) {
  const open = `
    import { openThreadedLog } from '${new URL('./threaded-log.ts', import.meta.url).href}';
    const log = await openThreadedLog(process.argv[1], { segmentBytes: 65536, fillBytes: 8192 });
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', open + program, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.push(child);
  return child;
}

test('kill -9 in the middle of appends loses nothing that was acknowledged and frees the lock', async () => {
  const path = newPath();
  for (let round = 0; round < 3; round++) {
    const child = start(
      path,
      `for (;;) {
        const offset = await log.endOffset();
        await log.append([new Uint8Array(offset % 3000).fill(offset % 256), new Uint8Array(7)]);
        process.stdout.write(offset + 2 + '\\n');
      }`,
    );
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.split('\n').length > 100) child.kill('SIGKILL');
    });
    await once(child, 'close');
    const acknowledged = Number(said.split('\n').at(-2));
    const log = await openThreadedLog(path);
    const end = await log.endOffset();
    expect([0, 1, 2]).toContain(end - acknowledged);
    const records = await log.read(0, 1 << 30);
    expect(records).toHaveLength(end);
    for (const { offset, bytes } of records.filter(({ bytes: { length } }) => length !== 7)) {
      expect([bytes.length, bytes.every((byte) => byte === offset % 256)]).toEqual([
        offset % 3000,
        true,
      ]);
    }
    if (end % 2 === 1) await log.append([new Uint8Array(7)]);
    await log.close();
  }
});

test('an idle log does not keep a finished process alive; an append under way does', async () => {
  const child = start(
    newPath(),
    `log.append([new Uint8Array(100)]).then((offset) => process.stdout.write('at ' + offset));`,
  );
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const [code] = await once(child, 'close');
  expect([said, code]).toEqual(['at 0', 0]);
});

test('a directory in use is refused with the name of its holder', async () => {
  const path = newPath();
  const log = await openThreadedLog(path);
  const second = openThreadedLog(path);
  await expect(second).rejects.toThrow(StorageFault);
  await expect(second).rejects.toThrow(`in use by process ${process.pid}, since `);
  await log.close();
  await (await openThreadedLog(path)).close();
});

test('a directory that cannot be made is refused with the reason of the platform', async () => {
  const path = newPath();
  writeFileSync(path, 'a file');
  const faults: Error[] = [];
  const opening = openThreadedLog(join(path, 'inner'), { onFault: (fault) => faults.push(fault) });
  await expect(opening).rejects.toThrow(/ENOTDIR|EEXIST/);
  // Only a log that was open can fail.
  expect(faults).toEqual([]);
});

test('a failure is told to onFault once and refuses every later call', async () => {
  const path = newPath();
  const faults: Error[] = [];
  const log = await openThreadedLog(path, { onFault: (fault) => faults.push(fault) });
  await log.append([new Uint8Array(5000)]);
  const [segment = ''] = readdirSync(path).filter((name) => name.endsWith('.segment'));
  truncateSync(join(path, segment), 100);
  await expect(log.read(0, 1)).rejects.toThrow('record 0 at position 0');
  const [fault] = faults;
  expect(fault).toBeInstanceOf(StorageFault);
  await expect(log.append([new Uint8Array(1)])).rejects.toBe(fault);
  await expect(log.endOffset()).rejects.toBe(fault);
  await log.close();
  expect(faults).toHaveLength(1);
});

test('a second append while one is under way is a bug of the caller, and harmless', async () => {
  const log = await openThreadedLog(newPath());
  const first = log.append([new Uint8Array(1)]);
  await expect(log.append([new Uint8Array(1)])).rejects.toThrow('never two in flight');
  expect(await first).toBe(0);
  expect(await log.append([new Uint8Array(1)])).toBe(1);
  expect(await log.stats()).toMatchObject({ appends: 2, records: 2, syncs: 2 });
  await log.close();
});

test('close ends after the append under way', async () => {
  const path = newPath();
  const log = await openThreadedLog(path);
  const append = log.append([new Uint8Array(100_000)]);
  const closed = log.close();
  expect(await append).toBe(0);
  await closed;
  const again = await openThreadedLog(path);
  expect(await again.endOffset()).toBe(1);
  await again.close();
});

test('a close is no fault: nobody is told of one, and later calls hear that the log is closed', async () => {
  const faults: Error[] = [];
  const log = await openThreadedLog(newPath(), { onFault: (fault) => faults.push(fault) });
  const closed = log.close();
  await expect(log.endOffset()).rejects.toThrow('the log is closed');
  await closed;
  await expect(log.endOffset()).rejects.toThrow('the log is closed');
  expect(faults).toEqual([]);
});
