import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ValueReader } from './value-reader.ts';
import { ValueWriter } from './value-writer.ts';

const canonical = fc.uuid();
const nearly = fc
  .tuple(canonical, fc.nat({ max: 35 }), fc.constantFrom('A', 'g', '-', '0', 'é', '\0', ''))
  .map(([id, at, change]) => id.slice(0, at) + change + id.slice(at + 1));
const id = fc.oneof(
  canonical,
  nearly,
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'binary', minLength: 15, maxLength: 17 }),
);

function keyOf(text: string): Uint8Array {
  const writer = new ValueWriter(1);
  writer.id(text);
  return new ValueReader(writer.finish()).bytes();
}

test('an id comes back from its key as it was', () => {
  fc.assert(
    fc.property(id, (text) => {
      const writer = new ValueWriter(1);
      writer.id(text);
      expect(new ValueReader(writer.finish()).id()).toBe(text);
    }),
  );
});

test('different ids have different keys', () => {
  fc.assert(
    fc.property(id, id, (a, b) => {
      expect(Buffer.compare(keyOf(a), keyOf(b)) === 0).toBe(a === b);
    }),
  );
});

test('a canonical UUID takes 17 bytes, and UUIDs sort as their texts', () => {
  fc.assert(
    fc.property(canonical, canonical, (a, b) => {
      expect(keyOf(a)).toHaveLength(17);
      expect(Math.sign(Buffer.compare(keyOf(a), keyOf(b)))).toBe(a < b ? -1 : Number(a > b));
    }),
  );
  expect(keyOf('A1B2C3D4-0000-4FFF-8ABC-0123456789AB')).toHaveLength(36);
});

test('the key of a UUID is the UTF-8 of no text', () => {
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  fc.assert(
    fc.property(canonical, (text) => {
      expect(() => utf8.decode(keyOf(text))).toThrow(TypeError);
    }),
  );
});
