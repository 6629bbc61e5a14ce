// The file port on node:fs, with synchronous calls: it runs in threads that have nothing else to do.
//
// 1. A directory that had to be created is durable when `openNodeDirectory` returns: its parents were synced.
// 2. Writes and reads are complete or throw; the platform may do them in parts.
// 3. The files of the lock are out of reach: closing one of them elsewhere in the process would drop the lock.

import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type FileDirectory, FileNotFound, type OpenFile } from '@perdure/ports';
import { isLockFile, lockDirectory } from './directory-lock.ts';

/** Opens the directory, after creating it (and its parents) if it is not there. */
export function openNodeDirectory(path: string): FileDirectory {
  const absolute = resolve(path);
  const firstCreated = mkdirSync(absolute, { recursive: true });
  if (firstCreated !== undefined) syncParents(absolute, dirname(firstCreated));
  return new NodeDirectory(absolute);
}

class NodeDirectory implements FileDirectory {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  list(): readonly string[] {
    return listFiles(this.#path);
  }

  create(name: string): OpenFile {
    return new NodeFile(openSync(pathOf(this.#path, name), 'wx+'));
  }

  open(name: string): OpenFile {
    return openFile(this.#path, name, 'r+');
  }

  rename(from: string, to: string): void {
    orNotFound(from, () => renameSync(pathOf(this.#path, from), pathOf(this.#path, to)));
  }

  remove(name: string): void {
    orNotFound(name, () => rmSync(pathOf(this.#path, name)));
  }

  syncDirectory(): void {
    syncDirectoryAt(this.#path);
  }

  lock(): ReturnType<FileDirectory['lock']> {
    return lockDirectory(this.#path);
  }
}

/** Names of the files, without those of the lock. */
export function listFiles(directory: string): readonly string[] {
  return readdirSync(directory).filter((name) => !isLockFile(name));
}

export function openFile(directory: string, name: string, mode: 'r' | 'r+'): OpenFile {
  return new NodeFile(orNotFound(name, () => openSync(pathOf(directory, name), mode)));
}

function pathOf(directory: string, name: string): string {
  if (name === '' || name.includes('/') || isLockFile(name)) {
    throw new Error(`"${name}" is not a name for a file of ${directory}`);
  }
  return join(directory, name);
}

class NodeFile implements OpenFile {
  readonly #descriptor: number;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  size(): number {
    return fstatSync(this.#descriptor).size;
  }

  read(position: number, length: number): Uint8Array {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.size() - position)));
    let done = 0;
    while (done < bytes.length) {
      const got = readSync(this.#descriptor, bytes, done, bytes.length - done, position + done);
      if (got === 0) break;
      done += got;
    }
    return bytes.subarray(0, done);
  }

  write(position: number, bytes: Uint8Array): void {
    let done = 0;
    while (done < bytes.length) {
      done += writeSync(this.#descriptor, bytes, done, bytes.length - done, position + done);
    }
  }

  sync(): void {
    fdatasyncSync(this.#descriptor);
  }

  truncate(length: number): void {
    ftruncateSync(this.#descriptor, length);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

function syncDirectoryAt(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Syncs every directory from the parent of `path` up to `top`: each got a new entry. */
function syncParents(path: string, top: string): void {
  let at = path;
  do {
    at = dirname(at);
    syncDirectoryAt(at);
  } while (at !== top);
}

function orNotFound<T>(name: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'ENOENT') throw error;
    throw new FileNotFound(`there is no file "${name}"`, { cause: error });
  }
}
