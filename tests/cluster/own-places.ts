// Places of a test's own on servers that it may share: a keyspace and a database. On servers that are not ours they go when the
// test is over; ours go whole.

import { randomUUID } from 'node:crypto';
import { cassandraPart, type PartFound, postgresPart, sharedPart } from '@perdure/parts';
import type { openCassandra } from '@perdure/store-cassandra';
import { Client } from 'cassandra-driver';
import pg from 'pg';

const cassandra = await sharedPart(cassandraPart);
const postgres = await sharedPart(postgresPart);

/** A part is not there. */
export const noPlaces = cassandra.kind === 'missing' || postgres.kind === 'missing';

export interface OwnPlaces {
  readonly cassandra: Parameters<typeof openCassandra>[0];
  /** Connection string. */
  readonly postgres: string;
  remove(): Promise<void>;
}

export async function ownPlaces(): Promise<OwnPlaces> {
  const name = `perdure_test_${randomUUID().replaceAll('-', '')}`;
  const localDataCenter =
    (cassandra.kind === 'ready' && cassandra.details['dataCenter']) || 'datacenter1';
  const contactPoints = [addressOf(cassandra)];
  await onPostgres(`CREATE DATABASE ${name}`);
  return {
    cassandra: {
      contactPoints,
      localDataCenter,
      keyspace: name,
      replication: { [localDataCenter]: 1 },
      create: true,
    },
    postgres: urlOf(name),
    remove: async () => {
      if (isGiven(postgres)) await onPostgres(`DROP DATABASE ${name} WITH (FORCE)`);
      if (!isGiven(cassandra)) return;
      const client = new Client({ contactPoints, localDataCenter });
      await client.execute(`DROP KEYSPACE IF EXISTS ${name}`);
      await client.shutdown();
    },
  };
}

const isGiven = (found: PartFound): boolean => found.kind === 'ready' && found.origin === 'given';

function addressOf(found: PartFound): string {
  if (found.kind === 'missing') throw new Error(found.reason);
  return `${found.host}:${found.port}`;
}

function urlOf(database: string): string {
  const credentials = [process.env['PGUSER'] ?? 'postgres', process.env['PGPASSWORD'] ?? ''];
  const shown = credentials.filter((part) => part !== '').map(encodeURIComponent);
  return `postgres://${shown.join(':')}@${addressOf(postgres)}/${database}`;
}

async function onPostgres(text: string): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf('postgres') });
  await client.connect();
  await client.query(text);
  await client.end();
}
