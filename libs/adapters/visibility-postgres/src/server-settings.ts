// The settings of the server and the session that the index depends on, checked when it is opened: a wrong one is named, with
// its cure. With them a write that has resolved survives power loss, so `sync` has nothing to do.

import { StorageFault } from '@perdure/ports';
import type pg from 'pg';

const oldest = 150_000;

interface Wanted {
  readonly name: string;
  readonly holds: (value: string) => boolean;
  readonly cure: string;
}

const wanted: readonly Wanted[] = [
  {
    name: 'fsync',
    holds: (value) => value === 'on',
    cure: 'set fsync = on in postgresql.conf and reload',
  },
  {
    name: 'full_page_writes',
    holds: (value) => value === 'on',
    cure: 'set full_page_writes = on in postgresql.conf and reload',
  },
  {
    name: 'synchronous_commit',
    holds: (value) => value !== 'off',
    cure: 'set synchronous_commit = on for the server, the database and the role',
  },
  {
    name: 'bytea_output',
    holds: (value) => value === 'hex',
    cure: 'set bytea_output = hex for the server, the database and the role',
  },
  {
    name: 'default_transaction_read_only',
    holds: (value) => value === 'off',
    cure: 'connect to the primary, with a role that may write',
  },
  {
    name: 'transaction_read_only',
    holds: (value) => value === 'off',
    cure: 'connect to the primary: this is a standby',
  },
];

/** Throws a StorageFault that names the first setting that will not do. */
export async function checkSettings(client: pg.ClientBase, place: string): Promise<void> {
  const version = Number(await setting(client, 'server_version_num'));
  if (version < oldest) {
    throw new StorageFault(
      'mismatch',
      `${place} is version ${Math.floor(version / 10_000)}; the visibility index needs PostgreSQL ${oldest / 10_000} or newer`,
    );
  }
  for (const { name, holds, cure } of wanted) {
    const value = await setting(client, name);
    if (!holds(value)) {
      throw new StorageFault('mismatch', `${place} has ${name} = ${value}; ${cure}`);
    }
  }
}

async function setting(client: pg.ClientBase, name: string): Promise<string> {
  const { rows } = await client.query<{ value: string }>('SELECT current_setting($1) AS value', [
    name,
  ]);
  return rows[0]?.value ?? '';
}
