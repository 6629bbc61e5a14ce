import { expect, test } from 'vitest';
import { startNamespace } from './fixed.ts';

test('startNamespace gives a name the same id for ever', () => {
  expect(startNamespace('default').id).toBe('aa529412-221d-5055-af53-015bbc04c5ad');
  expect(startNamespace('b').id).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  expect(startNamespace('b')).toEqual(startNamespace('b'));
});
