// What a backup says of itself. It is written last: a folder without it is no backup.

import { createHash } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  fsyncSync,
  openSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { stateFormat } from '@perdure/core-execution';
import { recordFormat } from '@perdure/core-log';
import { StorageFault } from '@perdure/ports';

export const manifestName = 'manifest.json';
const manifestFormat = 1;

export interface BackupFile {
  /** Below the backup's folder. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface Manifest {
  readonly kind: 'perdure backup';
  readonly format: number;
  readonly createdAt: string;
  /** Formats of what is in the files, as their writer had them. */
  readonly formats: Readonly<Record<string, number>>;
  /** The store holds everything up to here; null: nothing was applied. */
  readonly appliedOffset: number | null;
  /** The log ends here. */
  readonly endOffset: number;
  readonly files: readonly BackupFile[];
}

/** `storage`: the formats of the adapters' files. */
export function formatsWith(
  storage: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  return { record: recordFormat, state: stateFormat, ...storage };
}

export function writeManifest(
  folder: string,
  content: Omit<Manifest, 'kind' | 'format' | 'createdAt'>,
): void {
  const createdAt = new Date().toISOString();
  const manifest: Manifest = {
    kind: 'perdure backup',
    format: manifestFormat,
    createdAt,
    ...content,
  };
  const path = join(folder, manifestName);
  writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`);
  syncPath(path);
}

/** Throws StorageFault of one line when the folder is no whole backup, or one of a newer version. */
export function readManifest(folder: string, known: Readonly<Record<string, number>>): Manifest {
  const path = join(folder, manifestName);
  let manifest: Manifest;
  try {
    manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest;
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const why = missing
      ? 'has no manifest.json: it is no backup, or one that was not finished'
      : `has a manifest.json that cannot be read: ${(cause as Error).message}`;
    throw new StorageFault('mismatch', `${folder} ${why}`, { cause });
  }
  if (manifest.kind !== 'perdure backup' || !Array.isArray(manifest.files)) {
    throw new StorageFault('mismatch', `${path} is not that of a backup of Perdure`);
  }
  const formats = { ...manifest.formats, manifest: manifest.format };
  for (const [name, format] of Object.entries(formats)) {
    const newest = name === 'manifest' ? manifestFormat : (known[name] ?? 0);
    if (format > newest) {
      const message = `${folder} has ${name} format ${format}, this version reads up to ${newest}: restore it with the version that made it, or a newer one`;
      throw new StorageFault('mismatch', message);
    }
  }
  return manifest;
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(path)) hash.update(part as Buffer);
  return hash.digest('hex');
}

/** fsync of a file or of a directory. */
export function syncPath(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
