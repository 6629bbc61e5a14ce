// Brings a backup back as the directory of a server that does not run yet.
//
// V1. Nothing is overwritten: a file of the directory that exists refuses the restore.
// V2. Every file is compared with its checksum as it is copied, and synced; only when all are there do they get their
//     names, the log before the store: a directory with one of them alone is refused by a server.

import { createHash } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { StorageFault } from '@perdure/ports';
import { backupLog, backupStore } from './backup.ts';
import { type BackupFile, type Manifest, readManifest, syncPath } from './manifest.ts';

export interface Restored {
  readonly store: string;
  readonly log: string;
  readonly manifest: Manifest;
}

/** Throws StorageFault of one line, having left nothing behind. */
export async function restoreBackup(
  source: string,
  dbFilename: string,
  knownFormats: Readonly<Record<string, number>>,
): Promise<Restored> {
  const folder = resolve(source);
  const manifest = readManifest(folder, knownFormats);
  const store = resolve(dbFilename);
  const log = `${store}.log`;
  for (const path of [store, `${store}-wal`, log, `${store}.visibility`]) {
    if (existsSync(path)) {
      throw new StorageFault(
        'mismatch',
        `${path} exists: nothing is overwritten; name another --db-filename, or move it away`,
      );
    }
  }
  mkdirSync(dirname(store), { recursive: true });
  const partial = { store: `${store}.restoring`, log: `${log}.restoring` };
  const clear = (): void => {
    for (const path of Object.values(partial)) rmSync(path, { recursive: true, force: true });
  };
  clear();
  try {
    mkdirSync(partial.log, { mode: 0o700 });
    for (const file of manifest.files) {
      await copyChecked(folder, file, targetOf(file, partial));
    }
    syncPath(partial.log);
    renameSync(partial.log, log);
    renameSync(partial.store, store);
    syncPath(dirname(store));
  } catch (error) {
    clear();
    if (error instanceof StorageFault) throw error;
    throw new StorageFault('io', `${store} could not be written: ${(error as Error).message}`, {
      cause: error,
    });
  }
  return { store, log, manifest };
}

function targetOf(
  { path }: BackupFile,
  partial: { readonly store: string; readonly log: string },
): string {
  if (path === backupStore) return partial.store;
  if (dirname(path) === backupLog) return join(partial.log, basename(path));
  throw new StorageFault(
    'mismatch',
    `the manifest names ${path}, which belongs to no directory of a server`,
  );
}

async function copyChecked(folder: string, file: BackupFile, target: string): Promise<void> {
  const source = join(folder, file.path);
  if (!existsSync(source))
    throw new StorageFault('corrupt', `${source} is missing: the backup is not whole`);
  const hash = createHash('sha256');
  const descriptor = openSync(target, 'wx', 0o600);
  try {
    for await (const part of createReadStream(source)) {
      hash.update(part as Buffer);
      writeSync(descriptor, part as Buffer);
    }
  } finally {
    closeSync(descriptor);
  }
  if (hash.digest('hex') !== file.sha256) {
    throw new StorageFault(
      'corrupt',
      `${source} is not what its checksum says: the backup is damaged, take another one`,
    );
  }
  syncPath(target);
}
