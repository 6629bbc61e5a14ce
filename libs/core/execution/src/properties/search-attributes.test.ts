// Values of search attributes by type, and their limits (wire-contract 6.3).

import { publicCodec, readTextPayload, searchAttributesCodec } from '@perdure/wire';
import { describe, expect, test } from 'vitest';
import { data, payloadOf, registered } from '../commands.fixture.ts';
import { defaultRunLimits } from '../limits.ts';
import { judgeAttributes, mergeAttributes } from './search-attributes.ts';

const payloadCodec = publicCodec<{
  metadata?: Record<string, Uint8Array>;
  data?: Uint8Array;
}>('temporal.api.common.v1.Payload');
const judge = (values: Readonly<Record<string, unknown>>, limits = defaultRunLimits) =>
  judgeAttributes(
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, payloadOf(value)])),
    registered,
    limits,
  );
const problemOf = (values: Readonly<Record<string, unknown>>): string => {
  const judged = judge(values);
  return judged.ok ? 'none' : judged.problem;
};

describe('a value', () => {
  const taken: [string, unknown[]][] = [
    ['Text', ['some words', ['in a list of one'], '']],
    ['Keyword', ['word', ['in a list of one']]],
    ['Int', [0, -7, 9007199254740991, [3]]],
    ['Double', [1.5, 3, -1e300, [0.25]]],
    ['Bool', [true, false, [true]]],
    [
      'Datetime',
      [
        '2026-01-02T03:04:05Z',
        '2024-02-29T23:59:59.123456789+02:00',
        '2000-02-29T00:00:00-11:30',
        ['2026-12-31T00:00:00Z'],
      ],
    ],
    ['KeywordList', [['a'], ['a', 'b']]],
  ];
  test.for(taken)('of type %s is taken, and gets the type', ([type, values]) => {
    for (const value of [...values, null, [], undefined]) {
      const judged = judge({ [`Custom${type}`]: value });
      if (!judged.ok) throw new Error(judged.problem);
      const payload = readTextPayload(judged.fields[`Custom${type}`] ?? new Uint8Array());
      expect(payload.type).toBe(type);
      expect(payload.data).toBe(value === undefined ? '' : JSON.stringify(value));
    }
  });

  const refused: [string, [unknown, string][]][] = [
    ['Text', [[5, '5']]],
    [
      'Keyword',
      [
        [3, '3'],
        [['one', 'two'], '[one two]'],
        [{}, '{}'],
        [[['x']], '[[x]]'],
      ],
    ],
    [
      'Int',
      [
        ['x', 'x'],
        [1.5, '1.5'],
        [1e30, '1e+30'],
        [true, 'true'],
      ],
    ],
    ['Double', [['x', 'x']]],
    [
      'Bool',
      [
        ['true', 'true'],
        [1, '1'],
      ],
    ],
    [
      'Datetime',
      ['2026', '2026-01-02 03:04:05Z', '2026-01-02T03:04:05', 5].map((value) => [
        value,
        String(value),
      ]),
    ],
    [
      'Datetime',
      [
        '2026-13-01T00:00:00Z',
        '2026-02-29T00:00:00Z',
        '1900-02-29T00:00:00Z',
        '2026-04-31T00:00:00Z',
        '2026-01-00T00:00:00Z',
        '2026-01-02T24:00:00Z',
        '2026-01-02T23:60:00Z',
        '2026-01-02T23:59:60Z',
      ].map((value) => [value, value]),
    ],
    [
      'KeywordList',
      [
        ['a', 'a'],
        [['a', 1], '[a 1]'],
      ],
    ],
  ];
  test.for(refused)('that does not fit type %s', ([type, values]) => {
    for (const [value, shown] of values) {
      expect(problemOf({ [`Custom${type}`]: value })).toBe(
        `invalid value for search attribute Custom${type} of type ${type}: ${shown}`,
      );
    }
  });

  test('that is no JSON, or of another encoding', () => {
    const invalid = 'invalid value for search attribute CustomKeyword of type Keyword: ';
    const bytes = (encoding: string, text: string): Uint8Array => {
      const metadata = { encoding: data(encoding) };
      return payloadCodec.encode({ metadata, data: data(text) });
    };
    expect(problemOf({ CustomKeyword: bytes('json/plain', '{x') })).toBe(`${invalid}json/plain {x`);
    expect(problemOf({ CustomKeyword: bytes('binary/plain', 'x') })).toBe(
      `${invalid}binary/plain x`,
    );
    expect(problemOf({ CustomKeyword: new Uint8Array() })).toBe(`${invalid} `);
  });

  test('that is long is shown in part', () => {
    expect(problemOf({ CustomInt: 'x'.repeat(5000) }).length).toBeLessThan(300);
  });
});

describe('a name', () => {
  test.for([
    ['Nope', 'search attribute Nope is not defined'],
    ['__proto__', 'search attribute __proto__ is not defined'],
    ['WorkflowId', "WorkflowId attribute can't be set in SearchAttributes"],
    [
      'TemporalWorkerDeployment',
      "TemporalWorkerDeployment attribute can't be set in SearchAttributes",
    ],
  ])('%s is not for all: %s', ([name, text]) => {
    expect(judge({ [name as string]: 'x' })).toEqual({ ok: false, problem: text, tooLarge: false });
  });

  test('of the server that workers set is known', () => {
    expect(judge({ TemporalChangeVersion: ['c-1'], TemporalSchedulePaused: true }).ok).toBe(true);
  });
});

describe('the limits', () => {
  const text = (bytes: number): string => 'x'.repeat(bytes - 2);

  test.for([2047, 2048, 2049])('a value of %i bytes', (bytes) => {
    const problem = 'search attribute CustomText value size 2049 exceeds size limit 2048';
    const judged = judge({ CustomText: text(bytes) });
    expect(judged.ok ? judged.ok : judged).toEqual(
      bytes <= 2048 || { ok: false, problem, tooLarge: true },
    );
  });

  test.for([44, 45, 46])('%i bytes in all, names included', (bytes) => {
    const limits = { ...defaultRunLimits, searchAttributesBytesMax: 45 };
    const judged = judge(
      { CustomText: text(10), CustomBool: true, CustomInt: 10 ** (bytes - 44) },
      limits,
    );
    const problem = 'total size of search attributes 46 exceeds size limit 45';
    expect(judged.ok ? judged.ok : judged).toEqual(
      bytes <= 45 || { ok: false, problem, tooLarge: true },
    );
  });

  test.for([2, 3, 4])('%i attributes', (count) => {
    const limits = { ...defaultRunLimits, searchAttributesMax: 3 };
    const names = ['CustomText', 'CustomKeyword', 'BatcherUser', 'BatcherNamespace'];
    const judged = judge(Object.fromEntries(names.slice(0, count).map((n) => [n, 'x'])), limits);
    const problem = 'number of search attributes 4 exceeds limit 3';
    expect(judged.ok ? judged.ok : judged).toEqual(
      count <= 3 || { ok: false, problem, tooLarge: false },
    );
  });

  test('a wrong value counts before one that is too large', () => {
    expect(judge({ CustomText: text(5000), CustomInt: 'x' })).toMatchObject({ tooLarge: false });
  });
});

test('merging: new ones come in, others are replaced; null, nothing and an empty list take out', () => {
  const merge = (encoded: Uint8Array, values: Readonly<Record<string, unknown>>): Uint8Array => {
    const judged = judge(values);
    if (!judged.ok) throw new Error(judged.problem);
    return mergeAttributes(encoded, judged.fields);
  };
  const shown = (encoded: Uint8Array): Record<string, string> =>
    Object.fromEntries(
      Object.entries(searchAttributesCodec.decode(encoded).indexedFields).map(([name, payload]) => [
        name,
        readTextPayload(payload).data,
      ]),
    );
  const first = merge(new Uint8Array(), {
    CustomInt: 1,
    CustomBool: true,
    CustomText: 't',
    CustomKeywordList: ['a'],
    CustomDouble: null,
  });
  expect(shown(first)).toEqual({
    CustomInt: '1',
    CustomBool: 'true',
    CustomText: '"t"',
    CustomKeywordList: '["a"]',
  });
  const second = merge(first, { CustomInt: 2, CustomBool: null, CustomKeywordList: [] });
  expect(shown(second)).toEqual({ CustomInt: '2', CustomText: '"t"' });
  const none = merge(second, { CustomInt: undefined, CustomText: null });
  expect(none.length).toBe(0);
});
