// The files of one embedded server: F (the store), F.log/ (the log and the token key), F.visibility (an index that can be
// rebuilt). The first two belong together: one without the other is refused, with the cures.

import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type LogPartition, StorageFault } from '@perdure/ports';

export interface DataDirectory {
  readonly store: string;
  readonly log: string;
  readonly visibility: string;
}

const tokenKeyBytes = 32;

/** The paths for `--db-filename`. Creates missing parent folders; throws StorageFault `mismatch` when the log is missing. */
export function dataDirectory(dbFilename: string): DataDirectory {
  const store = resolve(dbFilename);
  const log = `${store}.log`;
  if (existsSync(store) && !existsSync(log)) throw mismatch(store, log);
  mkdirSync(dirname(store), { recursive: true });
  return { store, log, visibility: `${store}.visibility` };
}

/**
 * Refuses a log without its store. The log is made first and gets its first record after the store is there, so a log
 * without records is that of a server which was killed in its first moments.
 */
export async function checkStoreIsThere(paths: DataDirectory, log: LogPartition): Promise<void> {
  if (existsSync(paths.store) || (await log.endOffset()) === 0) return;
  throw mismatch(paths.log, paths.store);
}

function mismatch(there: string, missing: string): StorageFault {
  return new StorageFault(
    'mismatch',
    `${there} is there but ${missing} is missing: they belong together. ` +
      `Restore ${missing} from the same backup, or start with another --db-filename, or move ${there} away to begin anew`,
  );
}

/** The key that signs task tokens (D4): as old as the directory, so that tokens outlive restarts. */
export function tokenKey(logDirectory: string): Uint8Array {
  const path = join(logDirectory, 'token.key');
  if (existsSync(path)) {
    const key = readFileSync(path);
    if (key.length === tokenKeyBytes) return key;
    throw new StorageFault(
      'corrupt',
      `${path} holds ${key.length} bytes in place of ${tokenKeyBytes}: restore it, or delete it and let running tasks time out`,
    );
  }
  const key = randomBytes(tokenKeyBytes);
  writeDurably(path, key);
  return key;
}

function writeDurably(path: string, bytes: Uint8Array): void {
  const file = openSync(`${path}.new`, 'w', 0o600);
  try {
    writeSync(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.new`, path);
  const directory = openSync(dirname(path), 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
