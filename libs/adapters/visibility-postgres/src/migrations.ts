// The numbered migrations of deploy/postgres: each applied once, in order, whole or not at all.
//
// M1. Many servers may start at once: who applies holds an advisory lock to the end of the transaction, and looks again what
//     is there after it got the lock.
// M2. A migration that was applied is never another: its hash is kept, and a difference is refused.
// M3. When nothing is to be applied, nothing is locked or created: a role without the right to will do.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StorageFault } from '@perdure/ports';
import type pg from 'pg';

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sha256: string;
  readonly sql: string;
}

type Applied = Pick<Migration, 'number' | 'name' | 'sha256'>;

const folder = join(import.meta.dirname, '../../../../deploy/postgres');
/** "Perdure" as a number, for everybody who migrates. */
const lockKey = 0x5065_7264_7572_65n;
const insufficientPrivilege = '42501';

/** Those of this version, ascending from 1. */
export function readMigrations(from: string = folder): Migration[] {
  return readdirSync(from)
    .filter((name) => /^\d{4}-.+\.sql$/.test(name))
    .toSorted()
    .map((name, i) => {
      const number = Number(name.slice(0, 4));
      if (number !== i + 1) throw new Error(`${join(from, name)}: migration ${i + 1} is missing`);
      const sql = readFileSync(join(from, name), 'utf8');
      return { number, name, sha256: createHash('sha256').update(sql).digest('hex'), sql };
    });
}

/** Brings the database to this version; resolves with how many were applied. */
export async function migrate(
  client: pg.ClientBase,
  place: string,
  migrations: readonly Migration[],
): Promise<number> {
  if (missing(await applied(client), migrations, place).length === 0) return 0;
  await client.query('BEGIN');
  try {
    await client.query('SELECT pg_advisory_xact_lock($1)', [lockKey.toString()]);
    await client.query('CREATE SCHEMA IF NOT EXISTS perdure');
    await client.query(`CREATE TABLE IF NOT EXISTS perdure.migrations (
      number integer PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT now()
    )`);
    const left = missing(await applied(client), migrations, place);
    for (const { number, name, sha256, sql } of left) {
      await client.query(sql);
      await client.query('INSERT INTO perdure.migrations VALUES ($1, $2, $3)', [
        number,
        name,
        sha256,
      ]);
    }
    await client.query('COMMIT');
    return left.length;
  } catch (error) {
    await client.query('ROLLBACK');
    if ((error as { code?: string }).code !== insufficientPrivilege) throw error;
    throw new StorageFault(
      'mismatch',
      `${place} lets this role not make the tables of Perdure (${(error as Error).message}); grant it CREATE on the database, or start one server with a role that has it`,
      { cause: error },
    );
  }
}

async function applied(client: pg.ClientBase): Promise<Applied[]> {
  const table = await client.query<{ found: string | null }>(
    `SELECT to_regclass('perdure.migrations')::text AS found`,
  );
  if (table.rows[0]?.found === null) return [];
  const { rows } = await client.query<Applied>(
    'SELECT number, name, sha256 FROM perdure.migrations ORDER BY number',
  );
  return rows;
}

/** M2. */
function missing(
  present: readonly Applied[],
  migrations: readonly Migration[],
  place: string,
): Migration[] {
  for (const { number, name, sha256 } of present) {
    const ours = migrations[number - 1];
    if (ours === undefined) {
      throw new StorageFault(
        'mismatch',
        `${place} was brought to migration ${name} by a newer version; start that version or a newer one`,
      );
    }
    if (ours.sha256 !== sha256) {
      throw new StorageFault(
        'mismatch',
        `${place} holds another migration ${name} than this version; restore deploy/postgres/${ours.name} as it was released`,
      );
    }
  }
  return migrations.slice(present.length);
}
