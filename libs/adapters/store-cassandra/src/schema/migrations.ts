// Brings the tables of a keyspace up to date, or checks that somebody has.
//
// G1. One process at a time: it holds a row that goes by itself when the process is gone. Without that, two nodes that make
//     one table through two coordinators give it two ids, and the cluster never agrees on it.
// G2. The table of that row is made with an id that all give it alike, so that making it may race.
// G3. A migration counts as applied when every statement of it was agreed upon. One that was broken off is applied again.
// G4. What was applied is not changed: a file with another checksum is refused, and so is a migration that this version
//     does not know.

import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { StorageFault, StoreUnavailable } from '@perdure/ports';
import type { Session } from '../connection/session.ts';
import type { Migration } from './migration-files.ts';

const lockSeconds = 60;
const waitMs = 120_000;
const pollMs = 100;
/** A coordinator may not know yet what another one has just made. */
const retryMs = 20_000;

const statements = {
  list: `SELECT name, checksum FROM schema_migration WHERE part = 'applied'`,
  note: `INSERT INTO schema_migration (part, name, checksum) VALUES ('applied', ?, ?) IF NOT EXISTS`,
  lock: `INSERT INTO schema_migration (part, name, holder) VALUES ('lock', 'migrations', ?)
    IF NOT EXISTS USING TTL ${lockSeconds}`,
  extend: `UPDATE schema_migration USING TTL ${lockSeconds} SET holder = ?
    WHERE part = 'lock' AND name = 'migrations' IF holder = ?`,
  unlock: `DELETE FROM schema_migration WHERE part = 'lock' AND name = 'migrations' IF holder = ?`,
} as const;

/** Rejects with StorageFault when the keyspace is of another version, and says which. */
export async function migrate(
  session: Session,
  keyspace: string,
  migrations: readonly Migration[],
): Promise<void> {
  const table = `schema_migration (part text, name text, checksum text, holder text,
    PRIMARY KEY (part, name)) WITH id = ${tableId(keyspace)}`;
  await defineAgreed(session, `CREATE TABLE IF NOT EXISTS ${table}`);
  const holder = randomUUID();
  for (const deadline = Date.now() + waitMs; ; ) {
    if ((await missingOf(session, keyspace, migrations)).length === 0) return;
    if (await session.change([{ cql: statements.lock, values: [holder] }])) break;
    if (Date.now() > deadline) {
      throw new StoreUnavailable(`another process has been changing ${keyspace} for ${waitMs} ms`);
    }
    await sleep(pollMs);
  }
  try {
    for (const migration of await missingOf(session, keyspace, migrations)) {
      await apply(session, holder, migration);
    }
  } finally {
    await session.change([{ cql: statements.unlock, values: [holder] }]);
  }
}

/** The same check, without changing anything. */
export async function checkMigrated(
  session: Session,
  keyspace: string,
  migrations: readonly Migration[],
): Promise<void> {
  const tables = `SELECT table_name FROM system_schema.tables WHERE keyspace_name = ?`;
  const known = (await session.look(tables, [keyspace])).some(
    (row) => row.get('table_name') === 'schema_migration',
  );
  const missing = known ? await missingOf(session, keyspace, migrations) : migrations;
  if (missing.length === 0) return;
  throw new StorageFault(
    'mismatch',
    `keyspace ${keyspace} lacks ${missing.map(({ name }) => name).join(', ')}; start one server that may change the schema`,
  );
}

async function missingOf(
  session: Session,
  keyspace: string,
  migrations: readonly Migration[],
): Promise<Migration[]> {
  const applied = new Map<string, string>();
  for (const row of await session.serialRows({ cql: statements.list, values: [] })) {
    applied.set(row.get('name') as string, row.get('checksum') as string);
  }
  const newer = [...applied.keys()].find((name) => !migrations.some((one) => one.name === name));
  if (newer !== undefined) {
    throw new StorageFault(
      'mismatch',
      `keyspace ${keyspace} has migration ${newer}, which this server does not know; run the server version that made it, or a newer one`,
    );
  }
  const changed = migrations.find(
    ({ name, checksum }) => (applied.get(name) ?? checksum) !== checksum,
  );
  if (changed !== undefined) {
    throw new StorageFault(
      'mismatch',
      `keyspace ${keyspace} was made by another ${changed.name} than this server has; run the server version that made it, or use another keyspace`,
    );
  }
  return migrations.filter(({ name }) => !applied.has(name));
}

/** G3. */
async function apply(session: Session, holder: string, migration: Migration): Promise<void> {
  for (const statement of migration.statements) {
    if (!(await session.change([{ cql: statements.extend, values: [holder, holder] }]))) {
      throw new StoreUnavailable(`another process took over ${migration.name}`);
    }
    await defineAgreed(session, statement);
  }
  const { name, checksum } = migration;
  await session.change([{ cql: statements.note, values: [name, checksum] }]);
}

/** Every statement may be sent again. */
export async function defineAgreed(session: Session, cql: string): Promise<void> {
  for (const deadline = Date.now() + retryMs; ; ) {
    try {
      await session.define(cql);
      return;
    } catch (error) {
      const passing = error instanceof StoreUnavailable || isNotThereYet(error);
      if (!passing || Date.now() > deadline) throw error;
      await sleep(pollMs);
    }
  }
}

function isNotThereYet(error: unknown): boolean {
  return error instanceof StorageFault && /doesn't exist|does not exist/.test(error.message);
}

/** G2. */
function tableId(keyspace: string): string {
  const hash = createHash('sha256').update(`perdure schema_migration of ${keyspace}`).digest('hex');
  const parts = [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `5${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
  ];
  return [...parts, hash.slice(20, 32)].join('-');
}
