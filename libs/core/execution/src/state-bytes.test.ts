// What counts as the size of a state (wire-contract 2.8): whatever user data can make it grow without end, byte by byte.

import { expect, test } from 'vitest';
import {
  applicationFailure,
  type CommandInit,
  data,
  memoOf,
  modifyMemo,
  payloadOf,
  scheduleActivity,
  startTimer,
  upsertAttributes,
} from './commands.fixture.ts';
import { Play } from './play.fixture.ts';

const sizeAfter = (command: CommandInit): number => {
  const play = new Play();
  play.work([command]);
  return play.state.bytes;
};

test.for<[string, (text: string) => CommandInit]>([
  ['the id of an activity', (text) => scheduleActivity(text)],
  ['its type', (name) => scheduleActivity('a', { activityType: { name } })],
  ['its queue', (name) => scheduleActivity('a', { taskQueue: { name } })],
  ['the id of a timer', (text) => startTimer(text, 60)],
  ['a memo', (text) => modifyMemo({ a: text })],
  ['a search attribute', (text) => upsertAttributes({ CustomText: text })],
])('%s counts byte by byte', ([, command]) => {
  expect(sizeAfter(command('x'.repeat(50))) - sizeAfter(command('x'.repeat(40)))).toBe(10);
});

test('an input and a header do not: they stand in the history, which has limits of its own', () => {
  const given = { input: data('x'.repeat(500)), header: data('y'.repeat(500)) };
  expect(sizeAfter(scheduleActivity('a', given))).toBe(sizeAfter(scheduleActivity('a')));
});

test('what an attempt leaves for the next one counts while it is kept', () => {
  const play = new Play();
  play.work([scheduleActivity('a')]);
  const before = play.state.bytes;
  play.heartbeat(play.startActivity('a'), data('x'.repeat(30)));
  expect(play.state.bytes).toBe(before + 30);
  const failure = applicationFailure('failed');
  play.failActivity(play.activity('a'), failure);
  expect(play.state.bytes).toBe(before + 30 + failure.length);
  play.pass(1);
  play.completeActivity(play.startActivity('a'));
  expect(play.state.bytes).toBe(new Play().state.bytes);
});

test('memo and attributes of the start count, and each record more than its text', () => {
  const indexedFields = { CustomText: payloadOf('x') };
  const memo = memoOf({ a: 'x' });
  const play = new Play({ memo, searchAttributes: { indexedFields } });
  const { searchAttributes } = play.state;
  expect(play.state.bytes - new Play().state.bytes).toBe(memo.length + searchAttributes.length);
  expect(sizeAfter(startTimer('t', 1))).toBeGreaterThan(new Play().state.bytes + 10);
});
