// A data directory as files that can be kept: each compressed by itself, so that a segment of zeros takes some bytes.
//
// Left out: the lock, which belongs to a process, and SQLite's -shm, which it makes anew from the -wal.

import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

const suffix = '.gz';
const leftOut = /directory\.lock(\.holder)?$|-shm$/;

/** Compresses every file of the folder into another folder. Returns the bytes that they take there. */
export function packDirectory(from: string, to: string): number {
  let bytes = 0;
  for (const name of filesOf(from).filter((file) => !leftOut.test(file))) {
    const packed = gzipSync(readFileSync(join(from, name)), { level: 9 });
    mkdirSync(dirname(join(to, name)), { recursive: true });
    writeFileSync(join(to, `${name}${suffix}`), packed);
    bytes += packed.length;
  }
  return bytes;
}

/** Brings the files back, in a folder of the caller's. */
export function unpackDirectory(from: string, to: string): void {
  for (const name of filesOf(from)) {
    const target = join(to, name.slice(0, -suffix.length));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, gunzipSync(readFileSync(join(from, name))));
  }
}

/** Paths of the files below the folder, sorted. */
export function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .toSorted();
}
