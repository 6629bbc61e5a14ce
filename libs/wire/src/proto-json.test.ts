import { expect, test } from 'vitest';
import { fullCodec, fullType } from './full.ts';
import { type JsonValue, type PayloadStyle, protoJson, shorthandPayload } from './proto-json.ts';

const utf8 = new TextEncoder();

function payload(encoding: string, data: string, more: Record<string, string> = {}) {
  const metadata = Object.entries({ encoding, ...more }).map(([k, v]) => [k, utf8.encode(v)]);
  return {
    metadata: Object.fromEntries(metadata) as Record<string, Uint8Array>,
    data: utf8.encode(data),
  };
}

/** Through the wire and back, as every message that is shown has come. */
function json(typeName: string, message: object, style: PayloadStyle = 'shorthand'): JsonValue {
  const codec = fullCodec<Record<string, never>>(typeName);
  return protoJson(fullType(typeName), codec.decode(codec.encode(message)), style);
}

test('protoJson writes names, enums, 64-bit integers, times and durations as protobuf does', () => {
  const info = json('temporal.api.workflow.v1.WorkflowExecutionInfo', {
    execution: { workflowId: 'w', runId: 'r' },
    status: 1,
    historyLength: 12,
    startTime: { seconds: 1_700_000_000, nanos: 120_000_000 },
    closeTime: { seconds: -62_135_596_800 },
    executionDuration: { seconds: 3, nanos: 283_293_771 },
    memo: {},
  });
  expect(info).toEqual({
    execution: { workflowId: 'w', runId: 'r' },
    status: 'WORKFLOW_EXECUTION_STATUS_RUNNING',
    historyLength: '12',
    startTime: '2023-11-14T22:13:20.120Z',
    closeTime: '0001-01-01T00:00:00Z',
    executionDuration: '3.283293771s',
    memo: {},
  });
});

test.each([
  [{ seconds: 0 }, '0s'],
  [{ nanos: 55_204_000 }, '0.055204s'],
  [{ seconds: -1, nanos: -500_000_000 }, '-1.500s'],
])('protoJson writes the duration %j as %s', (duration, text) => {
  expect(protoJson(fullType('google.protobuf.Duration'), duration, 'raw')).toBe(text);
});

test('protoJson leaves out what is not on the wire, empty lists and maps among it', () => {
  expect(json('temporal.api.workflow.v1.WorkflowExecutionInfo', {})).toEqual({});
  expect(json('temporal.api.common.v1.Memo', { fields: {} })).toEqual({});
});

test('protoJson keeps the number of an enum value that it does not know', () => {
  expect(json('temporal.api.workflow.v1.WorkflowExecutionInfo', { status: 99 })).toEqual({
    status: 99,
  });
});

test('protoJson shows payloads decoded in shorthand and as they are otherwise', () => {
  const payloads = { payloads: [payload('json/plain', '{"a":1}'), payload('binary/plain', 'x')] };
  const type = 'temporal.api.common.v1.Payloads';
  const raw = { metadata: { encoding: 'YmluYXJ5L3BsYWlu' }, data: 'eA==' };
  expect(json(type, payloads)).toEqual([{ a: 1 }, raw]);
  expect(json(type, payloads, 'raw')).toEqual({
    payloads: [{ metadata: { encoding: 'anNvbi9wbGFpbg==' }, data: 'eyJhIjoxfQ==' }, raw],
  });
});

test('protoJson opens an Any of a type that it has met, and leaves others closed', () => {
  const codec = fullCodec<Record<string, never>>('temporal.api.errordetails.v1.NotFoundFailure');
  const value = codec.encode({ currentCluster: 'here' } as never);
  const known = 'type.googleapis.com/temporal.api.errordetails.v1.NotFoundFailure';
  expect(json('google.protobuf.Any', { type_url: known, value })).toEqual({
    '@type': known,
    currentCluster: 'here',
  });
  const other = json('google.protobuf.Any', { type_url: 'x/y.Z', value: Uint8Array.of(1) });
  expect(other).toEqual({ type_url: 'x/y.Z', value: 'AQ==' });
});

test('shorthandPayload keeps numbers exactly as they were sent', () => {
  const value = shorthandPayload(payload('json/plain', '{"big":12345678901234567890,"f":1.0}'));
  expect(JSON.stringify(value)).toBe('{"big":12345678901234567890,"f":1.0}');
});

test('shorthandPayload reads null and protobuf messages in JSON', () => {
  expect(shorthandPayload(payload('binary/null', ''))).toBeNull();
  const message = payload('json/protobuf', '{"a":1}', { messageType: 'my.Type' });
  expect(shorthandPayload(message)).toEqual({ a: 1, _protoMessageType: 'my.Type' });
});

test('shorthandPayload refuses what JSON would not say all of', () => {
  expect(shorthandPayload(payload('json/plain', '["x"]', { type: 'KeywordList' }))).toBeUndefined();
  expect(shorthandPayload(payload('binary/plain', 'x'))).toBeUndefined();
  expect(shorthandPayload(payload('json/plain', 'no json'))).toBeUndefined();
  expect(shorthandPayload({})).toBeUndefined();
});
