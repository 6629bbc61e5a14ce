import { expect, test } from 'vitest';
import { createNamespaces } from './namespaces.ts';

test('createNamespaces gives a name the same id for ever', () => {
  const { byName, byId, list } = createNamespaces(['b', 'default', 'b']);
  expect(list().map(({ name }) => name)).toEqual(['b', 'default']);
  expect(byName('default')?.id).toBe('aa529412-221d-5055-af53-015bbc04c5ad');
  expect(byName('b')?.id).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  expect(byId(byName('b')?.id ?? '')?.name).toBe('b');
  expect(byName('elsewhere')).toBeUndefined();
});
