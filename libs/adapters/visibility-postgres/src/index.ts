// The visibility index on PostgreSQL. Read postgres-visibility.ts first.

export type { PostgresOptions } from './connection-pool.ts';
export { openPostgresVisibility } from './postgres-visibility.ts';
