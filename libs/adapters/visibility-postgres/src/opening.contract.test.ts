// How an index is opened: migrations once, settings checked, and what the operator is told when it cannot be.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { postgresPart, sharedPart } from '@perdure/parts';
import { openRow, put } from '@perdure/ports/contract/visibility-fixture';
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FreshDatabases } from '../fixtures/fresh-databases.ts';
import { migrate, readMigrations } from './migrations.ts';
import { openPostgresVisibility } from './postgres-visibility.ts';

const found = await sharedPart(postgresPart);

test('readMigrations: those of the repository, numbered from 1; a gap is refused', () => {
  expect(readMigrations()[0]).toMatchObject({ number: 1, name: '0001-visibility.sql' });
  const folder = mkdtempSync(join(tmpdir(), 'perdure-migrations-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, '0002-second.sql'), '');
  expect(() => readMigrations(folder)).toThrow('migration 1 is missing');
});

describe.skipIf(found.kind === 'missing')('opening', () => {
  const databases = new FreshDatabases(found);

  async function client(url: string): Promise<pg.Client> {
    const made = new pg.Client({ connectionString: url });
    await made.connect();
    onTestFinished(() => made.end());
    return made;
  }

  const open = async (connectionString: string) => {
    const index = await openPostgresVisibility({ connectionString });
    await index.close();
  };

  test('many nodes at once: every migration is applied once', async () => {
    const url = await databases.create();
    await Promise.all(Array.from({ length: 6 }, () => open(url)));
    const rows = await databases.query(url, 'SELECT number, name FROM perdure.migrations');
    expect(rows).toEqual(readMigrations().map(({ number, name }) => ({ number, name })));
    expect(await migrate(await client(url), 'here', readMigrations())).toBe(0);
  });

  test('a migration that fails leaves nothing of it, and what was applied before stays', async () => {
    const url = await databases.create();
    await open(url);
    const broken = {
      number: 2,
      name: '0002-broken.sql',
      sha256: 'x',
      sql: 'CREATE TABLE perdure.half (n int); SELECT 1 / 0',
    };
    const session = await client(url);
    await expect(migrate(session, 'here', [...readMigrations(), broken])).rejects.toThrow(
      'division by zero',
    );
    const fixed = { ...broken, sql: 'CREATE TABLE perdure.half (n int)' };
    expect(await migrate(session, 'here', [...readMigrations(), fixed])).toBe(1);
    await expect(open(url)).rejects.toThrow(
      /was brought to migration 0002-broken.sql by a newer version; start that version or a newer one$/,
    );
  });

  test('a migration that is not the one that was applied is refused', async () => {
    const url = await databases.create();
    await open(url);
    await databases.query(url, `UPDATE perdure.migrations SET sha256 = 'another'`);
    await expect(open(url)).rejects.toThrow(/holds another migration 0001-visibility.sql/);
  });

  test.for([
    ['synchronous_commit', 'off', /has synchronous_commit = off; set synchronous_commit = on/],
    ['bytea_output', 'escape', /has bytea_output = escape; set bytea_output = hex/],
    ['default_transaction_read_only', 'on', /connect to the primary, with a role that may write/],
  ] as const)('%s = %s is named, with its cure', async ([setting, value, message]) => {
    const url = await databases.create({ [setting]: value });
    await expect(open(url)).rejects.toThrow(message);
  });

  test('a role that may not create is told so; once the tables are there it needs no more than to use them', async () => {
    const url = await databases.create();
    const role = `perdure_reader_${Date.now()}`;
    await databases.query(url, `CREATE ROLE ${role} LOGIN PASSWORD 'p'`);
    onTestFinished(async () => {
      await databases.query(url, `DROP OWNED BY ${role}; DROP ROLE ${role}`);
    });
    const at = new URL(url);
    at.username = role;
    at.password = 'p';
    await expect(open(at.href)).rejects.toThrow(/grant it CREATE on the database/);
    await open(url);
    await databases.query(
      url,
      `GRANT USAGE ON SCHEMA perdure TO ${role}; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA perdure TO ${role}`,
    );
    const index = await openPostgresVisibility({ connectionString: at.href });
    onTestFinished(() => index.close());
    await put(index, [openRow(1)]);
    expect(await index.count(openRow(1).run.namespaceId, [])).toBe(1);
  });

  test('no server: a fault that names the place', async () => {
    await expect(open('postgres://nobody@127.0.0.1:1/none')).rejects.toMatchObject({
      name: 'StorageFault',
      message: expect.stringMatching(/^PostgreSQL at 127.0.0.1:1\/none failed: .*ECONNREFUSED/),
    });
  });
});
