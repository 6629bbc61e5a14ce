// A directory that is only looked at: nothing is created, locked or written, whoever else uses it.

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { FileDirectory } from '@perdure/ports';
import { holderName } from './directory-lock.ts';
import { listFiles, openFile } from './node-directory.ts';

/** The files of the directory for reading; every call that would change something throws. */
export function readOnlyDirectory(path: string): FileDirectory {
  const absolute = resolve(path);
  const refuse = (): never => {
    throw new Error(`${absolute} is only read`);
  };
  return {
    list: () => listFiles(absolute),
    open: (name) => openFile(absolute, name, 'r'),
    create: refuse,
    rename: refuse,
    remove: refuse,
    syncDirectory: refuse,
    lock: refuse,
  };
}

/** Who says that it holds the directory's lock and is a process that lives; null: nobody. The lock is not touched. */
export function lockHolder(path: string): string | null {
  let text: string;
  try {
    text = readFileSync(join(path, holderName), 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const pid = Number(/^process (\d+)/.exec(text)?.[1] ?? 0);
  return pid > 0 && lives(pid) ? text : null;
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, but another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
