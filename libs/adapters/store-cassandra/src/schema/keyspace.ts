// The keyspace of a server: made when told to, and looked at before it is served from.

import { StorageFault } from '@perdure/ports';
import { Session } from '../connection/session.ts';
import type { CassandraSettings } from '../settings.ts';
import { type Migration, readMigrations } from './migration-files.ts';
import { checkMigrated, defineAgreed, migrate } from './migrations.ts';

export interface OpenedKeyspace {
  readonly session: Session;
  /** Settings of the cluster under which an acknowledgement says less than it could: for the log of the process. */
  readonly warnings: readonly string[];
}

/** Rejects with StorageFault 'mismatch' and the cure, or StoreUnavailable. */
export async function openKeyspace(
  settings: CassandraSettings,
  migrations: readonly Migration[] = readMigrations(),
): Promise<OpenedKeyspace> {
  const { keyspace, create } = settings;
  if (!/^[a-z][a-z0-9_]{0,47}$/.test(keyspace)) {
    throw mismatch(
      `"${keyspace}" is no name of a keyspace; use small letters, digits and _, at most 48`,
    );
  }
  const session = await connect(settings);
  try {
    checkReplication(settings, await replicationOf(session, keyspace));
    if (create) await migrate(session, keyspace, migrations);
    else await checkMigrated(session, keyspace, migrations);
    return { session, warnings: await warningsOf(session) };
  } catch (error) {
    await session.close();
    throw error;
  }
}

async function connect(settings: CassandraSettings): Promise<Session> {
  const { keyspace, create } = settings;
  try {
    return await Session.connect(settings, keyspace);
  } catch (error) {
    if (!(error instanceof StorageFault) || !/does not exist/.test(error.message)) throw error;
  }
  const making = `CREATE KEYSPACE IF NOT EXISTS ${keyspace} WITH replication = ${replicationText(settings)}`;
  if (!create) {
    throw mismatch(
      `keyspace ${keyspace} does not exist; start one server that may make it, or run: ${making}`,
    );
  }
  const outside = await Session.connect(settings, null);
  try {
    await defineAgreed(outside, making);
  } finally {
    await outside.close();
  }
  return Session.connect(settings, keyspace);
}

type Replication = Readonly<Record<string, string>>;

async function replicationOf(session: Session, keyspace: string): Promise<Replication> {
  const cql = 'SELECT replication FROM system_schema.keyspaces WHERE keyspace_name = ?';
  const [row] = await session.look(cql, [keyspace]);
  return (row?.get('replication') ?? {}) as Replication;
}

function replicationText({ replication }: CassandraSettings): string {
  const copies = Object.entries(replication).map(([name, count]) => `'${name}': ${count}`);
  return `{${["'class': 'NetworkTopologyStrategy'", ...copies].join(', ')}}`;
}

function checkReplication(settings: CassandraSettings, found: Replication): void {
  const { keyspace, localDataCenter, replication } = settings;
  const { class: strategy = '', ...copies } = found;
  const wanted = Object.entries(replication);
  const same =
    strategy.endsWith('NetworkTopologyStrategy') &&
    wanted.length === Object.keys(copies).length &&
    wanted.every(([name, count]) => copies[name] === String(count));
  if (!same) {
    throw mismatch(
      `keyspace ${keyspace} has replication ${JSON.stringify(found)}; run: ALTER KEYSPACE ${keyspace} WITH replication = ${replicationText(settings)}, then a full repair, or change the settings of this server`,
    );
  }
  if (replication[localDataCenter] === undefined) {
    throw mismatch(
      `keyspace ${keyspace} has no copies in the local datacenter ${localDataCenter}; add it to the replication`,
    );
  }
}

/** Of the node that answers: the others are expected to be like it. */
async function warningsOf(session: Session): Promise<string[]> {
  const cql = `SELECT value FROM system_views.settings WHERE name = 'commitlog_sync'`;
  const [row] = await session.look(cql);
  if (row?.get('value') !== 'periodic') return [];
  return [
    'Cassandra acknowledges before its commit log is synced (commitlog_sync: periodic): a power loss of all copies at once loses up to 10 s; set commitlog_sync: group',
  ];
}

function mismatch(message: string): StorageFault {
  return new StorageFault('mismatch', message);
}
