import { expect, test } from 'vitest';
import { assert, InvariantError, unreachable } from './assert.ts';
import {
  accepted,
  invalidArgument,
  notFound,
  RejectionError,
  reject,
  rejected,
} from './rejection.ts';
import { runKeyText } from './run-key.ts';

test('a rejection is a value, with a detail only where there is one', () => {
  expect(reject('ABORTED', 'text')).toEqual({ code: 'ABORTED', message: 'text' });
  expect(invalidArgument('text')).toEqual({ code: 'INVALID_ARGUMENT', message: 'text' });
  expect(notFound('text')).toMatchObject({ code: 'NOT_FOUND', detail: { kind: 'notFound' } });
  expect(accepted(1)).toEqual({ ok: true, value: 1 });
  const rejection = notFound('text');
  expect(rejected(rejection)).toEqual({ ok: false, rejection });
  const cause = new Error('why');
  expect(new RejectionError(rejection, { cause })).toMatchObject({
    message: 'text',
    cause,
    rejection,
  });
});

test('assert throws what quarantines a run', () => {
  assert(true, 'holds');
  expect(() => assert(false, 'broken')).toThrow(InvariantError);
  expect(() => unreachable('x' as never)).toThrow('unexpected value "x"');
});

test('runKeyText is equal for equal keys only', () => {
  const key = { namespaceId: 'n', workflowId: 'w', runId: 'r' };
  expect(runKeyText(key)).toBe(runKeyText({ ...key }));
  const moved = { namespaceId: 'n', workflowId: 'wr', runId: '' };
  expect(runKeyText(key)).not.toBe(runKeyText(moved));
});
