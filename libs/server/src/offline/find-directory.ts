// Which files a command line means: the file of --db-filename, its log's directory, or a folder that holds one of them.

import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StorageFault } from '@perdure/ports';
import type { DataDirectory } from '../data-directory.ts';

const logSuffix = '.log';

/** Throws StorageFault of one line when there is no log. Nothing is created. */
export function findDirectory(given: string): DataDirectory {
  const path = resolve(given);
  if (existsSync(`${path}${logSuffix}`)) return filesOf(path);
  if (!existsSync(path)) throw notFound(`${given} does not exist`);
  if (!statSync(path).isDirectory()) throw notFound(`${path}${logSuffix} does not exist`);
  if (path.endsWith(logSuffix)) return filesOf(path.slice(0, -logSuffix.length));
  const logs = readdirSync(path).filter(
    (name) => name.endsWith(logSuffix) && isFolder(join(path, name)),
  );
  const [only] = logs;
  if (logs.length === 1 && only !== undefined) {
    return filesOf(join(path, only.slice(0, -logSuffix.length)));
  }
  const found = logs.length === 0 ? 'holds no log' : `holds several logs (${logs.join(', ')})`;
  throw notFound(`${given} ${found}`);
}

function filesOf(store: string): DataDirectory {
  return { store, log: `${store}${logSuffix}`, visibility: `${store}.visibility` };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function notFound(what: string): StorageFault {
  return new StorageFault(
    'mismatch',
    `${what}: name the file given as --db-filename, or its folder`,
  );
}
