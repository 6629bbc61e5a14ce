import { expect, test } from 'vitest';
import { pragmaStatements } from './pragmas.ts';

test('known pragmas with plain values become statements', () => {
  expect(
    pragmaStatements({ cache_size: '-32000', Synchronous: 'FULL', journal_mode: 'wal' }),
  ).toEqual(['PRAGMA cache_size=-32000', 'PRAGMA synchronous=FULL', 'PRAGMA journal_mode=wal']);
  expect(pragmaStatements({})).toEqual([]);
});

test.each([
  [{ synchronous: 'OFF' }, /synchronous=OFF is refused.*normal, full, extra/],
  [{ synchronous: '0' }, /refused/],
  [{ journal_mode: 'DELETE' }, /journal_mode=DELETE is refused.*allowed are wal/],
  [{ locking_mode: 'EXCLUSIVE' }, /"locking_mode" is not supported; supported are .*cache_size/],
  [{ 'cache_size; DROP TABLE history': '1' }, /not supported/],
  [{ constructor: '1' }, /not supported/],
  [{ cache_size: '1; DROP TABLE history' }, /not a word or number/],
  [{ cache_size: '' }, /not a word or number/],
])('%j is refused in words', (pragmas, message) => {
  expect(() => pragmaStatements(pragmas as Record<string, string>)).toThrow(message);
});
