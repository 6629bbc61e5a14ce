import { expect, test } from 'vitest';
import { completeWorkflow, startTimer } from '../commands.fixture.ts';
import { decodeBody, encodeBody, encodeSnapshot } from '../encoding.ts';
import { Play } from '../play.fixture.ts';
import { fold } from '../state.ts';
import { deleteRun } from './delete-run.ts';

test('a deletion is the next version of the run and changes nothing else', () => {
  const play = new Play();
  play.work([completeWorkflow()]);
  const before = { ...play.state.progress };
  const { body, effects } = deleteRun(play.state, play.nowUs + 5);
  expect(effects).toEqual([]);
  expect(body.events.length).toBe(0);
  expect(body.firstEventId).toBe(before.nextEventId);
  fold(play.state, body.delta);
  expect(play.state.progress).toEqual({
    ...before,
    version: before.version + 1,
    clockUs: play.nowUs + 5,
  });
});

test('its time is never before that of the newest transition (L10)', () => {
  const play = new Play();
  play.terminate('x');
  const { body } = deleteRun(play.state, 0);
  expect(body.delta.progress.clockUs).toBe(play.state.progress.clockUs);
});

test('a running run is not deleted', () => {
  const play = new Play();
  play.work([startTimer('t', 50)]);
  expect(() => deleteRun(play.state, play.nowUs)).toThrow('closed before it is deleted');
});

test('the body says so in a format that older servers refuse; every other body stays as it was', () => {
  const play = new Play();
  play.terminate('x');
  const bytes = encodeBody(deleteRun(play.state, play.nowUs).body);
  expect([...bytes.subarray(0, 2)]).toEqual([8, 2]);
  expect(decodeBody(bytes).deletes).toBe(true);
  expect(encodeBody(decodeBody(bytes))).toEqual(bytes);
  const other = encodeBody({ ...decodeBody(bytes), deletes: false });
  expect([...other.subarray(0, 2)]).toEqual([8, 1]);
  expect(decodeBody(other).deletes).toBe(false);
  expect(encodeSnapshot(play.state)[1]).toBe(1);
});
