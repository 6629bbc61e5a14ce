import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { afterAll, expect, test } from 'vitest';
import { openNodeDirectory } from './node-directory.ts';

type Racer = ChildProcessByStdio<Writable, Readable, null>;

const root = mkdtempSync(join(tmpdir(), 'perdure-lock-'));
const started: Racer[] = [];
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(root, { recursive: true });
});

/** Tries once for each byte it is sent, says how it went, and keeps the lock if it won. */
const contender = `
  import { readSync } from 'node:fs';
  import { openNodeDirectory } from '${new URL('./node-directory.ts', import.meta.url).href}';
  const directory = openNodeDirectory(process.argv[1]);
  console.log('ready');
  while (readSync(0, new Uint8Array(1)) === 1) {
    globalThis.lock = directory.lock();
    console.log(lock.ok ? 'won' : lock.holder);
  }
`;

test('of 20 racing processes exactly one gets the lock, again and again after kill -9 of the winner', async () => {
  const racers = Array.from({ length: 20 }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', contender, root], {
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  );
  started.push(...racers);
  await Promise.all(racers.map(said));
  while (racers.length > 15) {
    const winner = racers.splice(await race(racers), 1)[0] as Racer;
    expect(refusal()).toMatch(new RegExp(`^process ${winner.pid}, since `));
    winner.kill('SIGKILL');
    await once(winner, 'exit');
  }
  const lock = openNodeDirectory(root).lock();
  expect(lock.ok).toBe(true);
  if (lock.ok) lock.release();
});

/** Index of the one racer that won. */
async function race(racers: readonly Racer[]): Promise<number> {
  const answers = racers.map(said);
  for (const { stdin } of racers) stdin.write('.');
  const lines = await Promise.all(answers);
  expect(lines.filter((line) => line === 'won')).toHaveLength(1);
  return lines.indexOf('won');
}

async function said(racer: Racer): Promise<string> {
  const [chunk] = (await once(racer.stdout, 'data')) as [Buffer];
  return chunk.toString().trim();
}

function refusal(): string {
  const lock = openNodeDirectory(root).lock();
  if (!lock.ok) return lock.holder;
  lock.release();
  return 'nobody';
}
