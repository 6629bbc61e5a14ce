import { RejectionError } from '@perdure/kernel';
import type { Namespace } from '@perdure/ports';
import { beforeEach, describe, expect, test } from 'vitest';
import { type ScriptedMetadata, scriptedMetadata } from '../../fixtures/scripted-metadata.ts';
import { type NamespaceRegistry, openNamespaces } from './registry.ts';

const wanted = (name: string) => ({
  name,
  description: 'of a test',
  ownerEmail: 'a@b',
  data: { team: 'x' },
  retentionUs: 3_600_000_000,
});

let metadata: ScriptedMetadata;
let ids: number;
const open = (...names: string[]): Promise<NamespaceRegistry> =>
  openNamespaces({ metadata, newId: () => `id-${++ids}-of-many` }, { names });

beforeEach(() => {
  metadata = scriptedMetadata();
  ids = 0;
});

async function refusalOf(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.catch((thrown: unknown) => thrown);
  if (!(error instanceof RejectionError)) throw new Error('not refused', { cause: error });
  return `${error.rejection.code}: ${error.rejection.message} (${error.rejection.detail?.kind})`;
}

test('N4: a namespace of the start has the id of its name, and keeps what was changed', async () => {
  const first = await open('default');
  expect(first.byName('default')?.id).toBe('aa529412-221d-5055-af53-015bbc04c5ad');
  await first.update('default', (now) => ({ ...now, description: 'changed' }));
  const again = await open('default', 'default', 'more');
  expect(again.byName('default')?.description).toBe('changed');
  expect(again.list().map(({ name }) => name)).toEqual(['default', 'more']);
});

test('search attributes of the start are added to every namespace of the start', async () => {
  const options = { metadata, newId: () => 'id' };
  const names = ['default', 'orders'];
  await openNamespaces(options, { names, searchAttributes: { Customer: 2 } });
  const again = await openNamespaces(options, { names, searchAttributes: { Total: 3 } });
  for (const name of names) {
    expect(again.byName(name)?.searchAttributes).toEqual(
      new Map([
        ['Customer', 2],
        ['Total', 3],
      ]),
    );
  }
  const reserved = openNamespaces(options, { names, searchAttributes: { RunId: 2 } });
  expect(await refusalOf(reserved)).toContain('Search attribute RunId is reserved by system.');
});

test('a registered namespace is found at once and after opening again, with all it holds', async () => {
  const registry = await open();
  const namespace = await registry.register(wanted('orders'));
  expect(namespace).toMatchObject({ ...wanted('orders'), state: 1 });
  const attributes = new Map([['Customer', 2]]);
  await registry.update('orders', (now) => ({ ...now, searchAttributes: attributes }));
  for (const held of [registry, await open()]) {
    const expected = { ...namespace, searchAttributes: attributes };
    expect(held.byName('orders')).toEqual(expected);
    expect(held.byId(namespace.id)).toEqual(expected);
  }
});

test('N3: a name that is in use is refused, also between two registries', async () => {
  const [one, other] = [await open(), await open()];
  await one.register(wanted('orders'));
  const refused = 'ALREADY_EXISTS: Namespace "orders" already exists (namespaceAlreadyExists)';
  expect(await refusalOf(one.register(wanted('orders')))).toBe(refused);
  expect(await refusalOf(other.register(wanted('orders')))).toBe(refused);
  const both = [one.register(wanted('twice')), one.register(wanted('twice'))];
  expect((await Promise.allSettled(both)).map(({ status }) => status).sort()).toEqual([
    'fulfilled',
    'rejected',
  ]);
});

test('N2: updates of two registries both count', async () => {
  const [one, other] = [await open('default'), await open('default')];
  const add = (key: string) => (now: Namespace) => ({ ...now, data: { ...now.data, [key]: key } });
  await Promise.all(['a', 'b', 'c'].map((key) => one.update('default', add(key))));
  await other.update('default', add('d'));
  expect(other.byName('default')?.data).toEqual({ a: 'a', b: 'b', c: 'c', d: 'd' });
});

test('an update that changes nothing writes nothing', async () => {
  const registry = await open('default');
  metadata.next = () => Promise.reject(new Error('written'));
  await registry.update('default', (now) => now);
});

test('an update of a namespace that is not there is refused', async () => {
  const registry = await open();
  expect(await refusalOf(registry.update('nope', (now) => now))).toBe(
    'NOT_FOUND: Namespace nope is not found. (namespaceNotFound)',
  );
});

describe('markDeleted', () => {
  test('renames, so that the name is free and gets another id', async () => {
    const registry = await open('default');
    const before = registry.byName('default');
    const deleted = await registry.markDeleted({ name: 'default' });
    expect(deleted).toEqual({ ...before, name: 'default-deleted-aa529', state: 3 });
    expect(registry.byName('default')).toBeUndefined();
    expect(registry.byName(deleted.name)).toEqual(deleted);
    const again = await open('default');
    expect(again.byName('default')?.id).not.toBe(before?.id);
    expect(again.byName('default')?.state).toBe(1);
    expect(again.byId(before?.id ?? '')).toEqual(deleted);
  });

  test('takes more of the id when the new name is in use', async () => {
    const registry = await open();
    const { id } = await registry.register(wanted('orders'));
    await registry.register(wanted('orders-deleted-id-1-'));
    expect((await registry.markDeleted({ id })).name).toBe('orders-deleted-id-1-o');
  });
});

test('after a change of unknown outcome memory follows what is there', async () => {
  const registry = await open('default');
  const other = await open('default');
  metadata.next = async () => {
    await other.update('default', (now) => ({ ...now, description: 'landed' }));
    throw new Error('disk');
  };
  const lost = registry.update('default', (now) => ({ ...now, description: 'landed' }));
  await expect(lost).rejects.toThrow('disk');
  expect(registry.byName('default')?.description).toBe('landed');
});

test('a forgotten namespace leaves no record, and only a deleted one can be forgotten', async () => {
  const registry = await open('default');
  const { id, name } = await registry.markDeleted({ name: 'default' });
  await registry.forget(id);
  await registry.forget(id);
  expect([registry.byId(id), registry.byName(name), registry.list()]).toEqual([
    undefined,
    undefined,
    [],
  ]);
  const again = await open('default');
  expect(again.list()).toHaveLength(1);
  expect(again.byName('default')?.id).toBe(id);
  await expect(again.forget(id)).rejects.toThrow('only a deleted namespace');
});
