import { type Failure, fullCodec, type Payload, type temporal } from '@perdure/wire/full';
import { expect, test } from 'vitest';
import { enumLabel, enumValue } from './enum-label.ts';
import {
  failureBlock,
  failureText,
  fieldsText,
  payloadsText,
  payloadText,
} from './payload-text.ts';

const utf8 = new TextEncoder();
const failures = fullCodec<temporal.api.failure.v1.IFailure>('temporal.api.failure.v1.Failure');

function payload(encoding: string, data: string, more: Record<string, string> = {}): Payload {
  const pairs = Object.entries({ encoding, ...more });
  const metadata = Object.fromEntries(pairs.map(([key, value]) => [key, utf8.encode(value)]));
  return { metadata, data: utf8.encode(data), externalPayloads: [] };
}

const failure = (fields: object): Failure => failures.decode(failures.encode(fields));

test('payloadText shows JSON whatever its metadata, and the size of other bytes', () => {
  expect(payloadText(payload('json/plain', '{"a": 1}'))).toBe('{"a":1}');
  expect(payloadText(payload('json/plain', '["x"]', { type: 'KeywordList' }))).toBe('["x"]');
  expect(payloadText(payload('binary/null', ''))).toBe('null');
  expect(payloadText(payload('binary/encrypted', 'abc'))).toBe('<binary/encrypted, 3 bytes>');
  expect(payloadText({ metadata: {}, data: utf8.encode('ab'), externalPayloads: [] })).toBe(
    '<unknown encoding, 2 bytes>',
  );
});

test('payloadsText shows one argument as it is and several in brackets', () => {
  const one = payload('json/plain', '1');
  expect(payloadsText(null)).toBe('');
  expect(payloadsText({ payloads: [one] })).toBe('1');
  expect(payloadsText({ payloads: [one, one] })).toBe('[1, 1]');
  expect(fieldsText({ k: one })).toBe('{"k": 1}');
  expect(fieldsText(undefined)).toBe('');
});

test('failureText follows the causes and names the types', () => {
  const bank = { message: 'down', applicationFailureInfo: { type: 'BankDown' } };
  const whole = failure({ message: 'Activity task failed', activityFailureInfo: {}, cause: bank });
  expect(failureText(whole)).toBe('Activity task failed <- BankDown: down');
  expect(failureText(failure({ canceledFailureInfo: {} }))).toBe('canceled');
  expect(failureText(null)).toBe('');
});

test('failureBlock has a line for each cause, its details and its stack', () => {
  const details = { payloads: [payload('json/plain', '{"code":7}')] };
  const whole = failure({
    message: 'outer',
    cause: {
      message: 'inner',
      stackTrace: 'Error: inner\n    at f (x.ts:1:1)',
      applicationFailureInfo: { type: 'T', details },
    },
  });
  expect(failureBlock(whole, '  ').split('\n')).toEqual([
    'outer',
    '  Cause: T: inner',
    '  Details: {"code":7}',
    '    Error: inner',
    '    at f (x.ts:1:1)',
  ]);
});

test('enumLabel and enumValue turn numbers into words and back', () => {
  expect(enumLabel('WorkflowExecutionStatus', 1)).toBe('Running');
  expect(enumLabel('PendingActivityState', 3)).toBe('CancelRequested');
  expect(enumLabel('WorkflowExecutionStatus', 99)).toBe('99');
  expect(enumValue('WorkflowIdReusePolicy', 'RejectDuplicate')).toBe(3);
  expect(enumValue('WorkflowIdConflictPolicy', undefined)).toBe(0);
  expect(() => enumValue('WorkflowIdReusePolicy', 'Maybe')).toThrow('has no Maybe');
});
