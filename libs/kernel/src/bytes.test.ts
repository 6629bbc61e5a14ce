import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concatBytes, equalBytes, noBytes, utf8Bytes, utf8Length, utf8Prefix } from './bytes.ts';

/** Any string of UTF-16 units: lone surrogates, and pairs that chance makes, are among them. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom('a', '\0', 'é', '€', '😀', '\ud83d', '\ude00', '\uffff'))
    .map((parts) => parts.join('')),
);
const reference = new TextEncoder();

describe('utf8', () => {
  test('utf8Bytes encodes as every encoder does', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(utf8Bytes(text)).toEqual(reference.encode(text));
      }),
    );
  });

  test('utf8Length is the length of the encoding', () => {
    fc.assert(fc.property(anyText, (text) => utf8Length(text) === reference.encode(text).length));
  });

  test('utf8Prefix is the longest beginning that fits and ends between two characters', () => {
    fc.assert(
      fc.property(anyText, fc.nat({ max: 20 }), (text, bytesMax) => {
        const prefix = utf8Prefix(text, bytesMax);
        expect(text.startsWith(prefix)).toBe(true);
        expect(utf8Length(prefix)).toBeLessThanOrEqual(bytesMax);
        const [next] = text.slice(prefix.length);
        if (next !== undefined) expect(utf8Length(prefix + next)).toBeGreaterThan(bytesMax);
        const splitsPair =
          /[\ud800-\udbff]$/.test(prefix) && /^[\udc00-\udfff]/.test(text.slice(prefix.length));
        expect(splitsPair).toBe(false);
      }),
    );
  });
});

const bytes = fc.uint8Array({ maxLength: 5 });

test('concatBytes puts the parts in order; a single one is not copied', () => {
  fc.assert(
    fc.property(fc.array(bytes), (parts) => {
      expect([...concatBytes(parts)]).toEqual(parts.flatMap((part) => [...part]));
    }),
  );
  const one = Uint8Array.of(1);
  expect(concatBytes([one])).toBe(one);
  expect(concatBytes([])).toEqual(noBytes);
});

test('equalBytes compares contents', () => {
  fc.assert(
    fc.property(bytes, bytes, (a, b) => equalBytes(a, b) === ([...a].join() === [...b].join())),
  );
  expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2))).toBe(true);
});
