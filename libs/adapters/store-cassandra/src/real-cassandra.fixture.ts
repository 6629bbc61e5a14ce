// A real Cassandra for contract tests: the run's own, a keyspace for each test file, emptied for each test.

import { cassandraPart, sharedPart } from '@perdure/parts';
import type { FoldBatch } from '@perdure/ports';
import { Client } from 'cassandra-driver';
import { afterAll } from 'vitest';
import type { CassandraSettings } from './settings.ts';
import type { CassandraStore } from './store/cassandra-store.ts';

const found = await sharedPart(cassandraPart);

/** Why there is none; null: there is one. */
export const missing = found.kind === 'missing' ? found.reason : null;

const address = found.kind === 'ready' ? `${found.host}:${found.port}` : '';
const dataCenter =
  found.kind === 'ready' ? (found.details['dataCenter'] ?? 'datacenter1') : 'datacenter1';

/** Of a keyspace that is not there yet. It goes when the tests of the file have ended. */
export function freshSettings(): CassandraSettings {
  const keyspace = `test_${process.pid}_${Date.now().toString(36)}_${count++}`;
  made.push(keyspace);
  return {
    contactPoints: [address],
    localDataCenter: dataCenter,
    keyspace,
    replication: { [dataCenter]: 1 },
    create: true,
    requestTimeoutMs: 30_000,
  };
}

let count = 0;
const made: string[] = [];

/** CQL past the adapter. */
export async function execute(cql: string): Promise<void> {
  client ??= new Client({
    contactPoints: [address],
    localDataCenter: dataCenter,
    socketOptions: { readTimeout: 60_000 },
  });
  await client.execute(cql);
}

let client: Client | null = null;

afterAll(async () => {
  if (missing !== null) return;
  for (const keyspace of made) await execute(`DROP KEYSPACE IF EXISTS ${keyspace}`);
  await client?.shutdown();
}, 120_000);

const tablesOf: Readonly<Record<keyof FoldBatch, readonly string[]>> = {
  history: ['history'],
  wake: ['wake', 'wake_bucket', 'wake_of_run'],
  quarantine: ['quarantine'],
  workflows: ['run_state'],
  runStates: ['run_state', 'run_state_part'],
  runsRemoved: ['run_state', 'run_state_part', 'history', 'wake', 'wake_of_run'],
  workflowsRemoved: ['run_state'],
  quarantineReleased: ['quarantine'],
  wakeBucketsDropped: ['wake', 'wake_bucket'],
  applied: ['applied'],
};

/** Empties what earlier tests wrote: a truncation costs up to a tenth of a second, also of an empty table. */
export class DirtyTables {
  readonly #keyspace: string;
  readonly #dirty = new Set<string>();

  constructor(keyspace: string) {
    this.#keyspace = keyspace;
  }

  watch(store: CassandraStore): CassandraStore {
    const write = store.write.bind(store);
    store.write = (batch) => {
      for (const [kind, rows] of Object.entries(batch)) {
        if (rows === null || (rows as { length?: number }).length === 0) continue;
        for (const table of tablesOf[kind as keyof FoldBatch]) this.#dirty.add(table);
      }
      return write(batch);
    };
    return store;
  }

  async empty(): Promise<void> {
    const tables = [...this.#dirty];
    this.#dirty.clear();
    await Promise.all(tables.map((table) => execute(`TRUNCATE ${this.#keyspace}.${table}`)));
  }
}
