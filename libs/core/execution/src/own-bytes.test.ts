import { expect, test } from 'vitest';
import {
  memoOf,
  modifyMemo,
  payloadOf,
  scheduleActivity,
  upsertAttributes,
} from './commands.fixture.ts';
import { decodeSnapshot, encodeSnapshot } from './encoding.ts';
import { ownBytes } from './own-bytes.ts';
import { Play, run } from './play.fixture.ts';
import type { ExecutionState } from './state.ts';

/** A state as it comes out of a message with much else in it: every byte string is a part of that. */
function cutOut(): ExecutionState {
  const play = new Play();
  play.work([scheduleActivity('a')]);
  play.signal('asks for a task');
  play.startTask();
  play.signal('waits');
  const memo = new Uint8Array(40).fill(7);
  play.state.start = { ...play.state.start, memo, links: [memo] };
  const [activity] = play.state.activities.values();
  if (activity === undefined) throw new Error('an activity is pending');
  play.state.activities.set(activity.scheduledEventId, { ...activity, input: memo });
  const bytes = encodeSnapshot(play.state);
  const message = new Uint8Array(bytes.length + 100_000);
  message.set(bytes, 50_000);
  return decodeSnapshot(run, message.subarray(50_000, 50_000 + bytes.length));
}

function kept(state: ExecutionState): Uint8Array[] {
  const records = [state.start, state.progress, ...state.activities.values()];
  const fields = records.flatMap((record) => (Object.values(record) as unknown[]).flat());
  return [...fields, ...state.buffered].filter((value) => value instanceof Uint8Array);
}

test('a state keeps nothing of what it was cut out of, and says the same', () => {
  const state = cutOut();
  expect(kept(state).some(({ buffer }) => buffer.byteLength > 100_000)).toBe(true);
  const before = encodeSnapshot(state);
  ownBytes(state);
  expect(encodeSnapshot(state)).toEqual(before);
  for (const bytes of kept(state)) expect(bytes.buffer.byteLength).toBe(bytes.length);
  expect([...state.activities.keys()].length).toBe(1);
});

test('what differs from the start stays different; what is the same is kept once', () => {
  const indexedFields = { CustomText: payloadOf('start') };
  const play = new Play({ memo: memoOf({ a: 1 }), searchAttributes: { indexedFields } });
  const loaded = (): ExecutionState => decodeSnapshot(run, encodeSnapshot(play.state));
  const same = loaded();
  ownBytes(same);
  expect(same.memo).toBe(same.start.memo);
  expect(same.searchAttributes).toBe(same.start.searchAttributes);
  play.work([modifyMemo({ a: 2 }), upsertAttributes({ CustomText: 'changed' })]);
  const changed = loaded();
  ownBytes(changed);
  expect(encodeSnapshot(changed)).toEqual(encodeSnapshot(play.state));
});

test('of a list the parts that are cut out are copied, wherever they stand', () => {
  const whole = Uint8Array.of(1, 2);
  const cut = Uint8Array.of(0, 3, 4, 0).subarray(1, 3);
  for (const links of [
    [whole, cut],
    [cut, whole],
  ]) {
    const { state } = new Play();
    state.start = { ...state.start, links };
    ownBytes(state);
    expect(state.start.links).toEqual(links);
    for (const link of state.start.links) expect(link.buffer.byteLength).toBe(2);
  }
});

test('a state that owns its bytes is left as it is', () => {
  const state = cutOut();
  ownBytes(state);
  const { start, progress } = state;
  const activities = [...state.activities.values()];
  ownBytes(state);
  expect(state.start).toBe(start);
  expect(state.progress).toBe(progress);
  expect([...state.activities.values()].every((activity, at) => activity === activities[at])).toBe(
    true,
  );
});
