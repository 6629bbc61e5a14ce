// A lock between processes: a folder that only one of them can make, with the holder's identity in it. One left by a process
// that ended is taken over.

import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, type ProcessIdentity, processIdentity } from './process-identity.ts';

/** A holder has this long to write its identity. */
const namelessMs = 5_000;

/** Runs `work` while no other process has the lock. Rejects after `timeoutMs` of waiting. */
export async function withFolderLock<T>(
  path: string,
  timeoutMs: number,
  work: () => Promise<T>,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  while (!take(path)) {
    if (Date.now() > deadline) throw new Error(`${path} was held for more than ${timeoutMs} ms`);
    await sleep(100);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

function take(path: string): boolean {
  try {
    mkdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if (isAbandoned(path)) setAside(path);
    return false;
  }
  writeFileSync(join(path, 'holder.json'), JSON.stringify(processIdentity(process.pid)));
  return true;
}

function isAbandoned(path: string): boolean {
  try {
    return !isAlive(JSON.parse(readFileSync(join(path, 'holder.json'), 'utf8')) as ProcessIdentity);
  } catch {
    const made = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    return Date.now() - made > namelessMs;
  }
}

/** Of several that see the lock abandoned one moves it away; the others then find none, or the lock of a new holder. */
function setAside(path: string): void {
  const aside = `${path}.abandoned-${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return;
  }
  rmSync(aside, { recursive: true, force: true });
}
