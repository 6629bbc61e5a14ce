import { expect, test } from 'vitest';
import { crc32c } from './crc32c.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

test('crc32c gives the published values (RFC 3720, B.4)', () => {
  expect(crc32c(text('123456789'))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(0))).toBe(0);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => 31 - i))).toBe(0x113fdb5c);
});

test('crc32c of a range is that of its bytes alone, at every alignment and length', () => {
  const bytes = Uint8Array.from({ length: 60 }, (_, i) => (i * 37) & 255);
  for (let start = 0; start < 10; start++) {
    for (let end = start; end < 60; end++) {
      expect(crc32c(bytes, start, end)).toBe(crc32c(bytes.slice(start, end)));
    }
  }
});
