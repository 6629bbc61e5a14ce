import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withFolderLock } from './folder-lock.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'perdure-lock-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('one at a time has the lock, also after one of them failed', async () => {
  const lock = join(folder, 'lock');
  let inside = 0;
  let most = 0;
  const turns = Array.from({ length: 5 }, (_, i) =>
    withFolderLock(lock, 10_000, async () => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setTimeout(resolve, 5));
      inside -= 1;
      if (i === 0) throw new Error('first');
    }),
  );
  const outcomes = await Promise.allSettled(turns);
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual([
    'fulfilled',
    'fulfilled',
    'fulfilled',
    'fulfilled',
    'rejected',
  ]);
  expect([most, readdirSync(folder)]).toEqual([1, []]);
});

test('the lock of a process that is gone is taken over', async () => {
  const lock = join(folder, 'lock');
  mkdirSync(lock);
  writeFileSync(join(lock, 'holder.json'), JSON.stringify({ pid: process.pid, birth: 'another' }));
  expect(await withFolderLock(lock, 5_000, async () => 'mine')).toBe('mine');
});

test('waiting for a lock that is held is bounded', async () => {
  const lock = join(folder, 'lock');
  await withFolderLock(lock, 5_000, async () => {
    await expect(withFolderLock(lock, 50, async () => {})).rejects.toThrow(/was held/);
  });
});
