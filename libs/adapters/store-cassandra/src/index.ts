// The store port and the metadata port on Cassandra.

export { type OpenedCassandra, openCassandra } from './open.ts';
export type { CassandraSettings } from './settings.ts';
