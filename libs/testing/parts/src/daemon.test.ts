import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@perdure/testing/free-port';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Daemon, portIsOpen } from './daemon.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'perdure-daemon-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const start = (script: string): Promise<Daemon> =>
  Daemon.start({
    command: process.execPath,
    args: ['-e', script],
    folder,
    logFile: join(folder, 'log'),
  });
const listener = (port: number): string =>
  `require('node:net').createServer().listen(${port}, '127.0.0.1')`;

test('listening resolves when the port is open; stop ends a stopped process too', async () => {
  const port = await freePort();
  const daemon = await start(listener(port));
  await daemon.listening('127.0.0.1', port, 10_000);
  process.kill(daemon.pid, 'SIGSTOP');
  await daemon.stop();
  expect(await portIsOpen('127.0.0.1', port)).toBe(false);
  await daemon.stop();
});

test('a process that ends while it is waited for fails the wait with what it printed', async () => {
  const port = await freePort();
  const daemon = await start('console.error("no such disk"); process.exit(3)');
  const waiting = daemon.listening('127.0.0.1', port, 10_000);
  await expect(waiting).rejects.toThrow(/ended with 3[^]*no such disk/);
});

test('a wait is bounded', async () => {
  const port = await freePort();
  const daemon = await start('setInterval(() => {}, 1000)');
  await expect(daemon.listening('127.0.0.1', port, 100)).rejects.toThrow(/did not listen/);
  await daemon.stop();
});

test('a command that is not there is refused', async () => {
  const missing = { command: join(folder, 'none'), args: [], folder, logFile: join(folder, 'log') };
  await expect(Daemon.start(missing)).rejects.toThrow(/ENOENT/);
});
