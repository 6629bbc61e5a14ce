// Search attributes and memo of a run, changed by its code (wire-contract 2.2).

import { memoCodec, readTextPayload, searchAttributesCodec } from '@perdure/wire';
import { describe, expect, test } from 'vitest';
import {
  cancelTimer,
  memoOf,
  modifyMemo,
  payloadOf,
  upsertAttributes,
} from '../commands.fixture.ts';
import { decodeSnapshot, encodeSnapshot } from '../encoding.ts';
import { Play, run } from '../play.fixture.ts';
import type { ExecutionState } from '../state.ts';

const texts = (payloads: Readonly<Record<string, Uint8Array>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(payloads).map(([name, payload]) => [name, readTextPayload(payload).data]),
  );
const attributesOf = ({ searchAttributes }: ExecutionState): Record<string, string> =>
  texts(searchAttributesCodec.decode(searchAttributes).indexedFields);
const memoFields = ({ memo }: ExecutionState): Record<string, string> =>
  texts(memoCodec.decode(memo).fields);

test('an upsert is written with types, and merged into those of the start', () => {
  const indexedFields = { CustomInt: payloadOf(1), CustomBool: payloadOf(true) };
  const play = new Play({ searchAttributes: { indexedFields } });
  expect(attributesOf(play.state)).toEqual({ CustomInt: '1', CustomBool: 'true' });
  play.work([upsertAttributes({ CustomInt: 2, CustomBool: null, CustomKeyword: 'k' })]);
  const event = play.history[4];
  expect(event?.eventType).toBe(40);
  const written = event?.upsertWorkflowSearchAttributesEventAttributes;
  expect(written?.workflowTaskCompletedEventId).toBe(4);
  const fields = written?.searchAttributes?.indexedFields ?? {};
  expect(Object.values(fields).map((payload) => readTextPayload(payload).type)).toEqual([
    'Int',
    'Bool',
    'Keyword',
  ]);
  expect(attributesOf(play.state)).toEqual({ CustomInt: '2', CustomKeyword: '"k"' });
});

test('a memo is written as given and merged; nothing, or an empty list, takes a name out', () => {
  const play = new Play({ memo: memoOf({ a: 0, b: 'b', c: 'c', d: 'd' }) });
  play.work([modifyMemo({ a: 1, b: undefined, c: [], d: null, e: 'e' })]);
  expect(play.history[4]?.eventType).toBe(46);
  const written = play.history[4]?.workflowPropertiesModifiedEventAttributes;
  expect(written?.workflowTaskCompletedEventId).toBe(4);
  expect(Object.keys(memoCodec.decode(written?.upsertedMemo ?? new Uint8Array()).fields)).toEqual([
    'a',
    'b',
    'c',
    'd',
    'e',
  ]);
  expect(memoFields(play.state)).toEqual({ a: '1', d: 'null', e: '"e"' });
});

test('a memo takes fields of any name', () => {
  const fields = Object.fromEntries(['__proto__', 'constructor', ''].map((name) => [name, 1]));
  const play = new Play();
  play.work([modifyMemo(fields)]);
  expect(Object.keys(memoFields(play.state))).toEqual(Object.keys(fields));
  play.signal('s');
  const gone = Object.fromEntries(['__proto__', 'constructor'].map((name) => [name, undefined]));
  play.work([modifyMemo(gone)]);
  expect(Object.keys(memoFields(play.state))).toEqual(['']);
});

test('several in one task: each sees what the one before left', () => {
  const play = new Play();
  play.work([
    upsertAttributes({ CustomInt: 1, CustomText: 't' }),
    modifyMemo({ a: 1 }),
    upsertAttributes({ CustomInt: 2 }),
    modifyMemo({ a: undefined, b: 2 }),
  ]);
  expect(attributesOf(play.state)).toEqual({ CustomInt: '2', CustomText: '"t"' });
  expect(memoFields(play.state)).toEqual({ b: '2' });
});

test('a bad command after them takes them back', () => {
  const play = new Play();
  play.work([upsertAttributes({ CustomInt: 1 }), modifyMemo({ a: 1 }), cancelTimer('x')]);
  expect(play.state.searchAttributes.length + play.state.memo.length).toBe(0);
});

describe('the state', () => {
  test('is written only with the change', () => {
    const play = new Play();
    play.startTask();
    const before = play.transitions.length;
    play.complete([upsertAttributes({ CustomInt: 1 })]);
    play.signal('s');
    const deltas = play.transitions.slice(before).map(({ body }) => body.delta);
    expect(deltas.map(({ searchAttributes }) => searchAttributes !== null)).toEqual([true, false]);
    expect(deltas.map(({ memo }) => memo)).toEqual([null, null]);
  });

  test('is the same after a restart, also when all of it was taken out', () => {
    const play = new Play({
      memo: memoOf({ a: 1 }),
      searchAttributes: { indexedFields: { CustomInt: payloadOf(1) } },
    });
    for (const values of [{ CustomText: 't' }, { CustomText: null, CustomInt: null }]) {
      play.work([upsertAttributes(values), modifyMemo({ a: undefined })]);
      play.signal('s');
      const loaded = decodeSnapshot(run, encodeSnapshot(play.state));
      expect(attributesOf(loaded)).toEqual(attributesOf(play.state));
      expect(memoFields(loaded)).toEqual({});
      expect(loaded.start.memo.length).toBeGreaterThan(0);
    }
    expect(play.state.searchAttributes.length).toBe(0);
  });
});

describe('sizes', () => {
  const terminated = (play: Play, text: string): void => {
    expect(play.state.progress.status).toBe(5);
    expect(play.history.at(-1)?.workflowExecutionTerminatedEventAttributes?.reason).toBe(text);
  };

  test('a search attribute that is too large ends the run, a wrong one its task', () => {
    const large = new Play();
    const text =
      'BadSearchAttributes: search attribute CustomText value size 2049 exceeds size limit 2048';
    expect(large.work([upsertAttributes({ CustomText: 'x'.repeat(2047) })])).toBe(
      `INVALID_ARGUMENT ${text}`,
    );
    terminated(large, text);
    const wrong = new Play();
    wrong.work([upsertAttributes({ CustomText: 5 })]);
    expect(wrong.state.progress.status).toBe(1);
  });

  test.for([999, 1000, 1001])('a memo that is %i bytes in the command', (bytes) => {
    const play = new Play();
    play.limits = { ...play.limits, blobBytesMax: 1000 };
    // Of the name and the payload, as markers are measured.
    const rest = 'a'.length + payloadOf('x'.repeat(500)).length - 500;
    const said = play.work([modifyMemo({ a: 'x'.repeat(bytes - rest) })]);
    const text =
      'BadModifyWorkflowPropertiesAttributes: ModifyWorkflowPropertiesCommandAttributes exceeds size limit.';
    expect(said).toBe(bytes <= 1000 ? null : `INVALID_ARGUMENT ${text}`);
    if (bytes > 1000) terminated(play, text);
  });

  test.for([-1, 0, 1])('a memo that is %i bytes over the limit once merged', (over) => {
    const play = new Play({ memo: memoOf({ a: 'a' }) });
    const change = modifyMemo({ b: 'b' });
    const whole = memoOf({ a: 'a', b: 'b' }).length;
    play.limits = { ...play.limits, memoBytesMax: whole - over };
    const text =
      'BadModifyWorkflowPropertiesAttributes: ModifyWorkflowPropertiesCommandAttributes. Memo exceeds size limit.';
    expect(play.work([change])).toBe(over <= 0 ? null : `INVALID_ARGUMENT ${text}`);
    if (over > 0) terminated(play, text);
  });
});
