// The exclusive lock of a directory.
//
// Node has no flock, but it has SQLite, and SQLite takes a lock of the operating system: `begin immediate` on an empty
// database holds its RESERVED lock. The kernel drops it with the process, also after kill -9, so there is nothing stale
// to judge, no process id that may be in use again, and no moment between looking and taking.
//
// 1. The lock file is never written and never removed: a new file would be a new lock beside the old one.
// 2. Nobody takes more than RESERVED, so of several racing processes the first one wins; none has to give up for another.
// 3. Two connections of one process exclude each other too: SQLite counts the locks of a process itself.
// 4. The text beside it only tells who has it. It may name the one before for the moment in which the lock changes hands.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type FileDirectory, StorageFault } from '@perdure/ports';

const lockName = 'directory.lock';
export const holderName = 'directory.lock.holder';
const sqliteBusy = 5;

/** Keeps the connections alive: a collected one would be closed, and its lock gone. */
const held = new Set<DatabaseSync>();

export function isLockFile(name: string): boolean {
  return name === lockName || name === holderName;
}

export function lockDirectory(directory: string): ReturnType<FileDirectory['lock']> {
  const holderPath = join(directory, holderName);
  const connection = connect(directory);
  if (connection === null) return { ok: false, holder: readHolder(holderPath) };
  held.add(connection);
  writeFileSync(holderPath, `process ${process.pid}, since ${new Date().toISOString()}\n`);
  return {
    ok: true,
    release: () => {
      if (!held.delete(connection)) return;
      rmSync(holderPath, { force: true });
      connection.close();
    },
  };
}

function connect(directory: string): DatabaseSync | null {
  let connection: DatabaseSync | null = null;
  try {
    connection = new DatabaseSync(join(directory, lockName), { timeout: 0 });
    connection.exec('pragma journal_mode = memory; begin immediate');
    return connection;
  } catch (error) {
    connection?.close();
    if (isBusy(error)) return null;
    const reason = error instanceof Error ? error.message : String(error);
    throw new StorageFault(
      'io',
      `cannot lock the directory ${directory}: ${reason}. It must be writable, on a file system with POSIX locks.`,
      { cause: error },
    );
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy;
}

function readHolder(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    return `another process (${error instanceof Error ? error.message : String(error)})`;
  }
}
