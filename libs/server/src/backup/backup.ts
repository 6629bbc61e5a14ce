// A backup of a directory while its server goes on.
//
// K1. The log is pinned first: from then on nothing is trimmed, so everything above the store's checkpoint stays.
// K2. The store is copied next, as one read transaction; then the log is, up to its durable end at that time. What a fold
//     put into the store was durable in the log before (M3), so the copied log holds every transition that the copied
//     store knows, and goes on from its checkpoint without a gap. The other order would need a log that is older than the
//     store: the owner's replay refuses that (L8).
// K3. So everything that was acknowledged before the backup began is in it, and of what came after a prefix.
// K4. Records up to a durable end are never written again: their bytes are copied as they are, and nothing behind them,
//     where a frame may be half written while it is read.
// K5. All is copied into a folder of another name and synced; the manifest with the checksums comes last, then the
//     folder gets its name. A backup that is cut off has no manifest and not the name.

import {
  copyFileSync,
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { RejectionError, reject } from '@perdure/kernel';
import type { LogExtent } from '@perdure/ports';
import type { BackupAnswer } from '@perdure/wire/operator';
import type { DataDirectory } from '../data-directory.ts';
import { type BackupFile, sha256Of, syncPath, writeManifest } from './manifest.ts';
import type { PinnableLog } from './pinned-log.ts';

export const backupStore = 'perdure.db';
export const backupLog = `${backupStore}.log`;
const keyName = 'token.key';

export interface BackupSource {
  readonly paths: DataDirectory;
  readonly log: PinnableLog;
  /** Copies the store to a path. */
  readonly copyStore: (to: string) => Promise<void>;
  /** The checkpoint of a copied store; null: it has none. */
  readonly appliedOf: (storePath: string) => { readonly offset: number } | null;
  readonly formats: Readonly<Record<string, number>>;
}

/** One at a time. */
export function backupOf(source: BackupSource): (destination: string) => Promise<BackupAnswer> {
  let busy = false;
  return async (destination) => {
    if (busy) throw refused('another backup is being made: try again when it is done');
    checkDestination(destination);
    busy = true;
    const partial = `${destination}.partial`;
    try {
      return await backUp(source, destination, partial);
    } catch (error) {
      rmSync(partial, { recursive: true, force: true });
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
      throw refused(`${destination} could not be written: ${(error as Error).message}`);
    } finally {
      busy = false;
    }
  };
}

function checkDestination(destination: string): void {
  if (!isAbsolute(destination)) {
    throw new RejectionError(reject('INVALID_ARGUMENT', `${destination} is not an absolute path`));
  }
  if (existsSync(destination)) throw refused(`${destination} exists: nothing is overwritten`);
}

async function backUp(
  source: BackupSource,
  destination: string,
  partial: string,
): Promise<BackupAnswer> {
  // What a backup that was cut off has left.
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { mode: 0o700 });
  mkdirSync(join(partial, backupLog), { mode: 0o700 });
  const unpin = source.log.pin();
  let extent: LogExtent;
  try {
    await source.copyStore(join(partial, backupStore));
    extent = await source.log.extent();
    await copyLog(source.paths.log, join(partial, backupLog), extent);
  } finally {
    await unpin();
  }
  const appliedOffset = source.appliedOf(join(partial, backupStore))?.offset ?? null;
  const names = [
    backupStore,
    `${backupLog}/${keyName}`,
    ...extent.segments.map(({ name }) => `${backupLog}/${name}`),
  ];
  const files: BackupFile[] = [];
  for (const path of names) files.push(await checked(partial, path));
  const { endOffset } = extent;
  writeManifest(partial, { formats: source.formats, appliedOffset, endOffset, files });
  syncPath(join(partial, backupLog));
  syncPath(partial);
  renameSync(partial, destination);
  syncPath(dirname(destination));
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return { destination, bytes, files: files.length, appliedOffset: appliedOffset ?? -1, endOffset };
}

async function copyLog(from: string, to: string, { segments }: LogExtent): Promise<void> {
  copyFileSync(join(from, keyName), join(to, keyName));
  for (const { name, recordBytes, fileBytes } of segments) {
    const target = join(to, name);
    if (recordBytes === 0) writeFileSync(target, '', { mode: 0o600 });
    else {
      const records = createReadStream(join(from, name), { end: recordBytes - 1 });
      await pipeline(records, createWriteStream(target, { mode: 0o600 }));
    }
    // Zeros up to where the next segment begins.
    truncateSync(target, fileBytes);
  }
}

/** Syncs the file and says what it holds. */
async function checked(folder: string, path: string): Promise<BackupFile> {
  const absolute = join(folder, path);
  syncPath(absolute);
  let bytes = 0;
  for await (const part of createReadStream(absolute)) bytes += (part as Buffer).length;
  return { path, bytes, sha256: await sha256Of(absolute) };
}

function refused(message: string): RejectionError {
  return new RejectionError(reject('FAILED_PRECONDITION', message));
}
