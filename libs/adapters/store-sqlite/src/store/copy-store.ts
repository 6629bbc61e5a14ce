// A copy of the store while it is written to: one read transaction, in a thread of its own, so that nobody waits for it.
// What is committed while it runs is not in the copy.

import { SqliteThread } from '../connection/sqlite-thread.ts';
import { storeDefinition } from './definition.ts';

/** Copies the store at `path`, which a server has open, to `to`, where nothing is yet. Not synced. */
export async function copySqliteStore(path: string, to: string): Promise<void> {
  const thread = new SqliteThread();
  const connection = thread.connect(path);
  try {
    await connection.ask({
      kind: 'open',
      role: 'reader',
      path,
      definition: storeDefinition,
      pragmas: [],
    });
    await connection.ask({ kind: 'copy', to });
    await connection.ask({ kind: 'close' });
  } finally {
    await thread.release(connection);
  }
}
