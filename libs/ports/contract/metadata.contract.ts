// What every MetadataStore does. An adapter calls `metadataContract` from a test file of its own.

import { afterEach, describe, expect, test } from 'vitest';
import type { MetadataChange, MetadataStore } from '../src/index.ts';

export interface MetadataUnderTest {
  readonly metadata: MetadataStore;
  readonly close: () => Promise<void>;
  /** Opens what the closed store left behind; absent when it leaves nothing. */
  readonly again?: () => Promise<MetadataUnderTest>;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function change(
  key: string,
  expectedVersion: number,
  value: string | null,
  kind = 'namespace',
): MetadataChange {
  return { kind, key, expectedVersion, value: value === null ? null : bytes(value) };
}

const record = (key: string, version: number, value: string, kind = 'namespace') => ({
  kind,
  key,
  version,
  value: bytes(value),
});

export function metadataContract(name: string, begin: () => Promise<MetadataUnderTest>): void {
  describe(`MetadataStore contract: ${name}`, () => {
    const opened: MetadataUnderTest[] = [];
    const keep = (under: MetadataUnderTest): MetadataUnderTest => {
      opened.push(under);
      return under;
    };
    const open = async (): Promise<MetadataStore> => keep(await begin()).metadata;
    afterEach(async () => {
      for (const { close } of opened.splice(0)) await close();
    });

    test('a record comes back with all it holds; kinds are kept apart and keys in order', async () => {
      const metadata = await open();
      const changes = [
        change('z', 0, 'last'),
        change('ü\0🙂', 0, ''),
        change('a', 0, 'first'),
        change('a', 0, 'other', 'name'),
      ];
      expect(await metadata.change(changes)).toBe(true);
      expect(await metadata.list('namespace')).toEqual([
        record('a', 1, 'first'),
        record('z', 1, 'last'),
        record('ü\0🙂', 1, ''),
      ]);
      expect(await metadata.list('name')).toEqual([record('a', 1, 'other', 'name')]);
      expect(await metadata.list('none')).toEqual([]);
    });

    test('a change counts only against the version that is there', async () => {
      const metadata = await open();
      expect(await metadata.change([change('a', 1, 'too early')])).toBe(false);
      expect(await metadata.change([change('a', 0, 'one')])).toBe(true);
      expect(await metadata.change([change('a', 0, 'again')])).toBe(false);
      expect(await metadata.change([change('a', 1, 'two')])).toBe(true);
      expect(await metadata.change([change('a', 1, 'late')])).toBe(false);
      expect(await metadata.list('namespace')).toEqual([record('a', 2, 'two')]);
    });

    test('all changes of a call, or none', async () => {
      const metadata = await open();
      await metadata.change([change('a', 0, 'one')]);
      expect(await metadata.change([change('b', 0, 'new'), change('a', 7, 'wrong')])).toBe(false);
      expect(await metadata.list('namespace')).toEqual([record('a', 1, 'one')]);
      expect(await metadata.change([change('b', 0, 'new'), change('a', 1, null)])).toBe(true);
      expect(await metadata.list('namespace')).toEqual([record('b', 1, 'new')]);
    });

    test('a removed record may be made anew', async () => {
      const metadata = await open();
      await metadata.change([change('a', 0, 'one')]);
      expect(await metadata.change([change('a', 1, null)])).toBe(true);
      expect(await metadata.change([change('a', 1, 'ghost')])).toBe(false);
      expect(await metadata.change([change('a', 0, 'anew')])).toBe(true);
      expect(await metadata.list('namespace')).toEqual([record('a', 1, 'anew')]);
    });

    test('of many changes at once against one version, one counts', async () => {
      const metadata = await open();
      const wanted = Array.from({ length: 20 }, (_, n) =>
        metadata.change([change('a', 0, `${n}`)]),
      );
      const counted = (await Promise.all(wanted)).flatMap((did, n) => (did ? [n] : []));
      expect(counted).toHaveLength(1);
      expect(await metadata.list('namespace')).toEqual([record('a', 1, `${counted[0]}`)]);
    });

    test('bytes are copied both ways', async () => {
      const metadata = await open();
      const value = bytes('one');
      const done = metadata.change([{ kind: 'k', key: 'a', expectedVersion: 0, value }]);
      value.fill(0);
      await done;
      (await metadata.list('k'))[0]?.value.fill(0);
      expect(await metadata.list('k')).toEqual([record('a', 1, 'one', 'k')]);
    });

    test('two changes of one record in one call are refused', async () => {
      const metadata = await open();
      const twice = metadata.change([change('a', 0, 'one'), change('a', 1, 'two')]);
      await expect(twice).rejects.toThrow(TypeError);
      expect(await metadata.list('namespace')).toEqual([]);
    });

    test('what was changed is there after opening again, unless nothing outlives the store', async () => {
      const first = keep(await begin());
      if (first.again === undefined) return;
      await first.metadata.change([change('a', 0, 'one'), change('b', 0, 'gone')]);
      await first.metadata.change([change('a', 1, 'two'), change('b', 1, null)]);
      await first.close();
      const second = keep(await first.again());
      expect(await second.metadata.list('namespace')).toEqual([record('a', 2, 'two')]);
    });
  });
}
