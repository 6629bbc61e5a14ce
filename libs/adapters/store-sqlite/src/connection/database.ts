// Opens a file of ours inside a thread: settings, their check, format.
//
// D1. WAL with synchronous=NORMAL: a commit survives the end of the process; `powerSafe` makes all commits so far
//     survive power loss as well. The log makes up for what a power loss takes between two of those (L8).
// D2. `powerSafe` is a commit under synchronous=FULL. It fsyncs the WAL, and with it every earlier commit: those are
//     in the same WAL, or in the database file, which SQLite fsyncs before it starts the WAL over. A checkpoint would
//     do too, but writes every page to its place first. The commit must change a page, or SQLite skips the fsync.
//     SQLite also fsyncs the directory with the first fsync of a new file.
// D3. Nothing is written to a file before it is known to be ours, or new.
// D4. Pages of 8 KiB: a history row of 2 KiB fills them with little waste, and a random insert is still one page.
// D5. A file of an older format is brought to this one when it is opened, whole or not at all.

import { DatabaseSync } from 'node:sqlite';
import { assert } from '@perdure/kernel';
import { StorageFault } from '@perdure/ports';

export interface FileDefinition {
  readonly kind: 'store' | 'visibility';
  readonly format: number;
  /** SQL that makes this format of an older one, by the older one. A file of any other format is refused. */
  readonly upgrades: Readonly<Record<number, string>>;
  readonly schema: string;
  readonly statements: readonly string[];
  /** What the operator does with a damaged file. */
  readonly cureOfCorruption: string;
}

const applicationId = 0x50657264;
const pageBytes = 8192;
/** WAL pages at which a commit also checkpoints; 32 MiB. Idle writers checkpoint earlier. */
const walPagesMax = 4000;
const busyTimeoutMs = 5000;
const synchronousNormal = 1;
const synchronousFull = 2;

export function openWriter(
  path: string,
  definition: FileDefinition,
  pragmas: readonly string[],
): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: busyTimeoutMs });
  try {
    const isNew = checkOwnership(database, path, definition);
    if (isNew) database.exec(`PRAGMA page_size=${pageBytes}`);
    database.exec(
      `PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;
       PRAGMA wal_autocheckpoint=${walPagesMax}; PRAGMA cache_size=-16000`,
    );
    for (const pragma of pragmas) database.exec(pragma);
    checkSettings(database, path);
    if (isNew) create(database, path, definition);
    else upgrade(database, definition);
    checkFormat(database, path, definition);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** The writer of the file has been opened before. */
export function openReader(path: string, pragmas: readonly string[]): DatabaseSync {
  const database = new DatabaseSync(path, { readOnly: true, timeout: busyTimeoutMs });
  for (const pragma of pragmas) database.exec(pragma);
  return database;
}

export function powerSafe(database: DatabaseSync): void {
  const level = pragma(database, 'synchronous') as number;
  database.exec(`PRAGMA synchronous=${Math.max(level, synchronousFull)}`);
  try {
    database.exec(`UPDATE meta SET value = value + 1 WHERE name = 'syncs'`);
  } finally {
    database.exec(`PRAGMA synchronous=${level}`);
  }
}

export function pragma(database: DatabaseSync, name: string): unknown {
  const row = database.prepare(`PRAGMA ${name}`).get();
  return row === undefined ? undefined : Object.values(row)[0];
}

/** True for a file without content. */
export function checkOwnership(
  database: DatabaseSync,
  path: string,
  definition: FileDefinition,
): boolean {
  const tables = database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.['n'];
  if (tables === 0) return true;
  const kind =
    pragma(database, 'application_id') === applicationId
      ? database.prepare(`SELECT value FROM meta WHERE name = 'kind'`).get()?.['value']
      : 'a database of another program';
  if (kind === definition.kind) return false;
  throw new StorageFault(
    'mismatch',
    `${path} is not the ${definition.kind} of a Perdure server but ${String(kind)}; name another file or move this one away`,
  );
}

function create(database: DatabaseSync, path: string, definition: FileDefinition): void {
  database.exec(`
    BEGIN IMMEDIATE;
    PRAGMA application_id=${applicationId};
    CREATE TABLE meta (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
    INSERT INTO meta VALUES ('kind', '${definition.kind}'), ('format', ${definition.format}), ('syncs', 0);
    ${definition.schema}
    COMMIT;`);
  powerSafe(database);
}

/** D5. One transaction, safe from power loss before anything else is written. */
function upgrade(database: DatabaseSync, definition: FileDefinition): void {
  const steps = definition.upgrades[Number(formatOf(database))];
  if (steps === undefined) return;
  database.exec(`
    BEGIN IMMEDIATE;
    ${steps}
    UPDATE meta SET value = ${definition.format} WHERE name = 'format';
    COMMIT;`);
  powerSafe(database);
}

function formatOf(database: DatabaseSync): unknown {
  return database.prepare(`SELECT value FROM meta WHERE name = 'format'`).get()?.['value'];
}

/** For who only reads: an older format that this version can bring to its own will do. */
export function checkReadable(
  database: DatabaseSync,
  path: string,
  definition: FileDefinition,
): void {
  if (definition.upgrades[Number(formatOf(database))] === undefined)
    checkFormat(database, path, definition);
}

function checkFormat(database: DatabaseSync, path: string, definition: FileDefinition): void {
  const format = formatOf(database);
  if (format === definition.format) return;
  throw new StorageFault(
    'mismatch',
    `${path} has format ${String(format)}, this server reads format ${definition.format}; run the server version that wrote it, or a newer one`,
  );
}

function checkSettings(database: DatabaseSync, path: string): void {
  const journalMode = pragma(database, 'journal_mode');
  if (journalMode !== 'wal') {
    throw new StorageFault(
      'io',
      `${path}: SQLite uses journal mode ${String(journalMode)} instead of WAL here; put the directory on a local disk`,
    );
  }
  const synchronous = pragma(database, 'synchronous');
  assert(
    typeof synchronous === 'number' && synchronous >= synchronousNormal,
    `${path}: synchronous is ${String(synchronous)}`,
  );
}
