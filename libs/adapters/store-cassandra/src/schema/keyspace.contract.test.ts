import { StorageFault, StoreUnavailable } from '@perdure/ports';
import { foldOf, runKey, stateRow } from '@perdure/ports/contract/store-fixture';
import { describe, expect, test } from 'vitest';
import { execute, freshSettings, missing } from '../../fixtures/real-cassandra.ts';
import { openCassandra } from '../open.ts';
import { openKeyspace } from './keyspace.ts';
import { type Migration, readMigrations } from './migration-files.ts';

/** Of two tables, so that it is quickly made. */
const small: readonly Migration[] = [
  {
    name: '0001-small.cql',
    checksum: 'c1',
    statements: ['CREATE TABLE IF NOT EXISTS a (k int PRIMARY KEY)'],
  },
  {
    name: '0002-more.cql',
    checksum: 'c2',
    statements: ['CREATE TABLE IF NOT EXISTS b (k int PRIMARY KEY)'],
  },
];

const settings = freshSettings();

async function open(
  migrations: readonly Migration[],
  change: Partial<typeof settings> = {},
): Promise<void> {
  const { session } = await openKeyspace({ ...settings, ...change }, migrations);
  await session.close();
}

async function refused(opening: Promise<unknown>): Promise<string> {
  const fault = await opening.then(
    () => null,
    (error: unknown) => error,
  );
  expect(fault).toBeInstanceOf(StorageFault);
  expect(fault).toMatchObject({ kind: 'mismatch' });
  const { message } = fault as StorageFault;
  expect(message).not.toContain('\n');
  return message;
}

describe.skipIf(missing !== null)('keyspace', () => {
  test('one that is not there is made when told to, by several at once; else the line says how', async () => {
    const message = await refused(open(small, { create: false }));
    expect(message).toContain(
      `CREATE KEYSPACE IF NOT EXISTS ${settings.keyspace} WITH replication`,
    );
    await Promise.all([1, 2, 3, 4].map(() => open(small)));
    await open(small, { create: false });
    await execute(`INSERT INTO ${settings.keyspace}.b (k) VALUES (1)`);
  }, 120_000);

  test('a table that is lacking is named, and made when told to; a migration broken off is taken up', async () => {
    const third = {
      name: '0003-c.cql',
      checksum: 'c3',
      statements: ['CREATE TABLE IF NOT EXISTS c (k int PRIMARY KEY)'],
    };
    expect(await refused(open([...small, third], { create: false }))).toContain('lacks 0003-c.cql');
    await execute(`CREATE TABLE ${settings.keyspace}.c (k int PRIMARY KEY)`);
    await open([...small, third]);
    await open([...small, third], { create: false });
    await execute(
      `DELETE FROM ${settings.keyspace}.schema_migration WHERE part = 'applied' AND name = '0003-c.cql' IF EXISTS`,
    );
    await open(small, { create: false });
  });

  test('a newer migration, and one that is another than ours, are refused', async () => {
    expect(await refused(open(small.slice(0, 1)))).toMatch(/0002-more.cql.*does not know/);
    const changed = small.map((migration) => ({ ...migration, checksum: 'other' }));
    expect(await refused(open(changed))).toMatch(/another 0001-small.cql/);
  });

  test('replication that is not as the settings say is refused with both, and the cure', async () => {
    const { localDataCenter } = settings;
    const message = await refused(open(small, { replication: { [localDataCenter]: 3 } }));
    expect(message).toContain(`ALTER KEYSPACE ${settings.keyspace} WITH replication`);
    expect(message).toContain(`'${localDataCenter}': 3`);
    expect(message).toContain(`"${localDataCenter}":"1"`);
  });

  test('a name that is none is refused before anything is asked', async () => {
    const nowhere = { contactPoints: ['127.0.0.1:1'] };
    expect(await refused(open(small, { ...nowhere, keyspace: 'a-b' }))).toContain('"a-b"');
    await expect(open(small, nowhere)).rejects.toThrow(StoreUnavailable);
  });

  test('a cluster without the local datacenter is refused', async () => {
    expect(await refused(open(small, { localDataCenter: 'elsewhere' }))).toContain('elsewhere');
  });

  test('the tables of the product: read by one server while another made them', async () => {
    const own = freshSettings();
    const made = await openCassandra(own);
    const seen = await openCassandra({ ...own, create: false });
    const row = stateRow({ run: runKey('w') });
    await made.store.write(foldOf({ runStates: [row] }));
    expect(await seen.store.readRunState(row.run)).toEqual(row);
    await Promise.all([made.store.close(), seen.store.close()]);
    expect(readMigrations().map(({ name }) => name)).toContain('0001-tables.cql');
  }, 120_000);
});
