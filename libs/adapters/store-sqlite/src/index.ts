// The store port, the metadata port and the visibility port on SQLite.

export type { SqliteOptions } from './connection/sqlite-file.ts';
export { SqliteThread } from './connection/sqlite-thread.ts';
export type { FileStats } from './connection/thread-protocol.ts';
export { copySqliteStore } from './store/copy-store.ts';
export { storeFormat } from './store/definition.ts';
export { inspectStore } from './store/inspect-store.ts';
export { openSqliteStore, type SqliteStore } from './store/sqlite-store.ts';
export { openSqliteVisibility, type SqliteVisibility } from './visibility/sqlite-visibility.ts';
