import { expect, test } from 'vitest';
import { inputPayloads } from './input.ts';
import { parseJsonPairs, parsePair } from './pairs.ts';

const none = { input: [], 'input-file': [], 'input-meta': [], 'input-base64': false };
const text = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString();

test('inputPayloads makes a payload of JSON of each argument', () => {
  const { payloads } = inputPayloads({ ...none, input: ['1', '"two"'] }) ?? {};
  expect(payloads?.map(({ data }) => text(data))).toEqual(['1', '"two"']);
  expect(payloads?.map(({ metadata }) => text(metadata?.['encoding']))).toEqual([
    'json/plain',
    'json/plain',
  ]);
  expect(inputPayloads(none)).toBeUndefined();
});

test('inputPayloads shows the cure for a string without its quotes, and none where there is none', () => {
  expect(() => inputPayloads({ ...none, input: ['1', 'Temporal'] })).toThrow(
    `argument 2 is not valid JSON: Temporal; a string needs its quotes: --input '"Temporal"'`,
  );
  expect(() => inputPayloads({ ...none, input: ['{"a":'] })).toThrow(
    'argument 1 is not valid JSON: {"a":',
  );
  expect(() => inputPayloads({ ...none, input: ['{"a":'] })).not.toThrow('quotes');
});

test('inputPayloads gives metadata to the arguments in order, the first to those left', () => {
  const flags = {
    ...none,
    input: ['a', '1'],
    'input-meta': ['encoding=binary/plain', 'k=v', 'k=w'],
  };
  const { payloads } = inputPayloads(flags) ?? {};
  const metadata = payloads?.map((payload) =>
    Object.entries(payload.metadata ?? {}).map(([key, value]) => `${key}=${text(value)}`),
  );
  expect(metadata).toEqual([
    ['encoding=binary/plain', 'k=v'],
    ['encoding=binary/plain', 'k=w'],
  ]);
  expect(() => inputPayloads({ ...none, input: ['1'], 'input-meta': ['k=v', 'k=w'] })).toThrow(
    'more --input-meta k=... than arguments',
  );
});

test('inputPayloads decodes base64 and refuses what is not', () => {
  const flags = { ...none, 'input-base64': true };
  const { payloads } = inputPayloads({ ...flags, input: ['eyJhIjoxfQ=='] }) ?? {};
  expect(text(payloads?.[0]?.data)).toBe('{"a":1}');
  expect(() => inputPayloads({ ...flags, input: ['not base64!'] })).toThrow(
    'argument 1 is not base64',
  );
});

test('inputPayloads refuses --input with --input-file, and a file that is not there', () => {
  expect(() => inputPayloads({ ...none, input: ['1'], 'input-file': ['x'] })).toThrow('not both');
  expect(() => inputPayloads({ ...none, 'input-file': ['no/such/file'] })).toThrow(
    'cannot read the input file: ENOENT',
  );
});

test('parsePair cuts at the first "=", parseJsonPairs checks the value', () => {
  expect(parsePair('a=b=c', '--memo')).toEqual(['a', 'b=c']);
  expect(() => parsePair('a', '--memo')).toThrow('--memo needs KEY=VALUE, not "a"');
  expect(parseJsonPairs(['a=1', 'b="x"'], '--memo')).toEqual([
    ['a', '1'],
    ['b', '"x"'],
  ]);
  expect(() => parseJsonPairs(['a=x'], '--memo')).toThrow(`--memo 'a="x"'`);
});
