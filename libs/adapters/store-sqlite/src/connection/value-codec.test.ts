import { InvariantError } from '@perdure/kernel';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ValueReader } from './value-reader.ts';
import { tag, ValueWriter } from './value-writer.ts';

const value = fc.oneof(
  fc.constant(null),
  fc.maxSafeInteger(),
  fc.uint8Array({ maxLength: 50 }),
  fc.uint8Array({ minLength: 8000, maxLength: 9000 }),
);

test('values come back in their order, from a buffer that had to grow', () => {
  fc.assert(
    fc.property(fc.array(value), fc.integer({ min: 1, max: 100 }), (values, capacity) => {
      const writer = new ValueWriter(capacity);
      for (const it of values) writer.value(it);
      expect(new ValueReader(writer.finish()).values()).toEqual(values);
    }),
  );
});

test('text of any length and script comes back', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 100 })), (texts) => {
      const writer = new ValueWriter(1);
      for (const text of texts) writer.text(text);
      const reader = new ValueReader(writer.finish());
      expect(texts.map(() => reader.text())).toEqual(texts);
    }),
  );
});

test('calls keep their statements and values apart', () => {
  const writer = new ValueWriter(1);
  writer.call(3);
  writer.intOrNone(null);
  writer.bytesOrNone(null);
  writer.call(70_000);
  writer.intOrNone(-1);
  writer.bytesOrNone(Uint8Array.of(1));
  const reader = new ValueReader(writer.finish());
  expect([reader.take(tag.call), reader.statement(), reader.values()]).toEqual([
    true,
    3,
    [null, null],
  ]);
  expect([reader.take(tag.call), reader.statement()]).toEqual([true, 70_000]);
  expect([reader.intOrNone(), reader.bytesOrNone()]).toEqual([-1, Uint8Array.of(1)]);
  expect([reader.take(tag.call), reader.take(tag.end)]).toEqual([false, true]);
});

test('rewind forgets what was written since', () => {
  const writer = new ValueWriter(1);
  writer.int(1);
  const { position } = writer;
  writer.text('half a call');
  writer.rewind(position);
  writer.int(2);
  expect(new ValueReader(writer.finish()).values()).toEqual([1, 2]);
});

test.each([Number.NaN, Infinity, 1.5, 2 ** 53])(
  '%d is refused: no integer column holds it',
  (odd) => {
    expect(() => new ValueWriter(1).int(odd)).toThrow(TypeError);
  },
);

test('a reader that expects another kind of value fails by an assertion', () => {
  const writer = new ValueWriter(1);
  writer.int(1);
  expect(() => new ValueReader(writer.finish()).bytes()).toThrow(InvariantError);
});

test('small bytes do not keep the message they came in; large ones are not copied', () => {
  for (const [length, kept] of [
    [8192, 8192],
    [8193, 20_000],
  ] as const) {
    const writer = new ValueWriter(20_000);
    writer.bytes(new Uint8Array(length));
    expect(new ValueReader(writer.finish()).bytes().buffer.byteLength).toBe(kept);
  }
});
