// Tools that look at the files of an embedded server without opening them: nothing is locked, written or repaired, and a
// server may go on beside them.

import { setImmediate } from 'node:timers/promises';
import { lockHolder, readOnlyDirectory } from '@perdure/file-node';
import { inspectLog, segmentFormat } from '@perdure/log-local';
import { FileNotFound, type LogInspection, StorageFault } from '@perdure/ports';
import { inspectStore, storeFormat } from '@perdure/store-sqlite';
import { formatsWith } from './backup/manifest.ts';
import { type Restored, restoreBackup } from './backup/restore.ts';
import type { DataDirectory } from './data-directory.ts';
import { type DumpEntry, type DumpFilter, dump } from './offline/dump.ts';
import { findDirectory } from './offline/find-directory.ts';
import { type Verification, verify } from './offline/verify.ts';

export type { DumpEntry, DumpedTransition, DumpFilter } from './offline/dump.ts';
export type { Finding } from './offline/findings.ts';
export type { Verification } from './offline/verify.ts';

export interface FoundDirectory {
  readonly paths: DataDirectory;
  /** Who has it open, as far as one can see; null: nobody. */
  readonly holder: string | null;
}

/** A server that trims its log meanwhile makes an inspection begin anew, this often. */
const triesMax = 3;
const entriesPerPause = 200;

/** Throws StorageFault of one line. */
export function openDirectory(given: string): FoundDirectory {
  const paths = findDirectory(given);
  return { paths, holder: lockHolder(paths.log) };
}

export async function verifyDirectory(found: FoundDirectory): Promise<Verification> {
  for (let tries = 1; ; tries++) {
    const verification = await verifyOnce(found);
    // A log that was trimmed between two looks seems to lack its beginning.
    if (verification.faultCount === 0 || found.holder === null || tries === triesMax)
      return verification;
  }
}

function verifyOnce({ paths }: FoundDirectory): Promise<Verification> {
  return retrying(() => {
    // The store first: the log holds everything from its checkpoint on, unless it is trimmed meanwhile.
    let store: ReturnType<typeof inspectStore> | StorageFault;
    try {
      store = inspectStore(paths.store);
    } catch (error) {
      if (!(error instanceof StorageFault)) throw error;
      store = error;
    }
    return withLog(paths, (log) =>
      verify({
        log,
        openStore: () => {
          if (store instanceof StorageFault) throw store;
          return store;
        },
        nowUs: Date.now() * 1_000,
        pause: setImmediate,
      }),
    );
  });
}

/** Gives every entry to `show`, in order; lets others run now and then. */
export async function dumpDirectory(
  { paths }: FoundDirectory,
  filter: DumpFilter,
  show: (entry: DumpEntry) => void,
): Promise<void> {
  await withLog(paths, async (log) => {
    let shown = 0;
    for (const entry of dump(log, appliedOf(paths), filter)) {
      show(entry);
      shown += 1;
      if (shown % entriesPerPause === 0) await setImmediate();
    }
  });
}

/** Brings a backup back under the path of a new directory. Throws StorageFault of one line. */
export function restore(source: string, dbFilename: string): Promise<Restored> {
  const known = formatsWith({ segment: segmentFormat, store: storeFormat });
  return restoreBackup(source, dbFilename, known);
}

/** The checkpoint, when there is a store that can say; a dump of the log needs none. */
function appliedOf(paths: DataDirectory): ReturnType<typeof inspectStore>['applied'] {
  try {
    const store = inspectStore(paths.store);
    store.close();
    return store.applied;
  } catch (error) {
    if (error instanceof StorageFault) return null;
    throw error;
  }
}

async function withLog<T>(
  paths: DataDirectory,
  use: (log: LogInspection) => Promise<T>,
): Promise<T> {
  const log = inspectLog(readOnlyDirectory(paths.log));
  try {
    return await use(log);
  } finally {
    log.close();
  }
}

async function retrying<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      const trimmed =
        error instanceof FileNotFound || (error as Error).cause instanceof FileNotFound;
      if (!trimmed || tries === triesMax) throw error;
    }
  }
}
