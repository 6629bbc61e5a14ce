// Opens the Cassandra of a cluster: the store, and the records of the server beside it, on one session.

import { CassandraMetadata } from './metadata/cassandra-metadata.ts';
import { openKeyspace } from './schema/keyspace.ts';
import type { CassandraSettings } from './settings.ts';
import { CassandraStore } from './store/cassandra-store.ts';

export interface OpenedCassandra {
  /** To be closed at the end: `metadata` ends with it. */
  readonly store: CassandraStore;
  readonly metadata: CassandraMetadata;
  /** What the operator should know of the cluster's settings. */
  readonly warnings: readonly string[];
}

/**
 * Rejects with StorageFault 'mismatch', in one line with the cure, when the keyspace is not as the settings say, and with
 * StoreUnavailable when no node answers.
 */
export async function openCassandra(settings: CassandraSettings): Promise<OpenedCassandra> {
  const { session, warnings } = await openKeyspace(settings);
  return {
    store: new CassandraStore(session),
    metadata: new CassandraMetadata(session),
    warnings,
  };
}
