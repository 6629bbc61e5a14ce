import { publicCodec, searchAttributesCodec, IndexedValueType as Type } from '@perdure/wire';
import { expect, test } from 'vitest';
import { indexedAttributes } from './indexed.ts';

const payloads = publicCodec<{ data?: Uint8Array | null }>('temporal.api.common.v1.Payload');

function attributes(json: Readonly<Record<string, string>>): Uint8Array {
  const encode = (text: string) => payloads.encode({ data: new TextEncoder().encode(text) });
  const fields = Object.entries(json).map(([name, text]) => [name, encode(text)] as const);
  return searchAttributesCodec.encode({ indexedFields: Object.fromEntries(fields) });
}

test.each([
  ['Keyword', '"a b"', ['a b']],
  ['Keyword', '["a"]', ['a']],
  ['Keyword', '["a", "b"]', undefined],
  ['Keyword', '5', undefined],
  ['KeywordList', '["b", "a", "b"]', ['b', 'a']],
  ['KeywordList', '"a"', ['a']],
  ['KeywordList', '[]', undefined],
  ['Text', '"The big, BIG Straße 7"', ['the', 'big', 'straße', '7']],
  ['Int', '9007199254740993', [9_007_199_254_740_993n]],
  ['Int', '[7]', [7n]],
  ['Int', '1.5', undefined],
  ['Double', '1', [1]],
  ['Double', '-1.5e-3', [-0.0015]],
  ['Bool', 'true', [true]],
  ['Bool', '"true"', undefined],
  ['Datetime', '"2020-01-01T00:00:00.5Z"', [1_577_836_800_500_000]],
  ['Datetime', '"yesterday"', undefined],
  ['Keyword', 'null', undefined],
  ['Keyword', 'not json', undefined],
] as const)('%s %s is indexed as %s', (type, json, values) => {
  const indexed = indexedAttributes(attributes({ A: json }), () => Type[type]);
  expect(indexed).toEqual(values === undefined ? [] : [{ name: 'A', values }]);
});

test('what nobody registered is not indexed, and nothing of nothing', () => {
  const types = (name: string) => (name === 'A' ? Type.Keyword : undefined);
  expect(indexedAttributes(attributes({ A: '"a"', B: '"b"' }), types)).toEqual([
    { name: 'A', values: ['a'] },
  ]);
  expect(indexedAttributes(new Uint8Array(), types)).toEqual([]);
});
