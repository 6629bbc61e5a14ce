// Keys of client requests (W8): found for ten minutes and more, and gone not long after.

import {
  AnswerCode,
  answeredDelta,
  decodeAnswer,
  type MessageAnswer,
  untilReleased,
} from '@perdure/core-execution';
import { noBytes, usPerMinute, usPerSecond } from '@perdure/kernel';
import { describe, expect, test } from 'vitest';
import { DedupKeys, dedupKey, keyLifeUs } from './dedup.ts';

const startUs = 1_000 * usPerMinute;

describe('DedupKeys', () => {
  test('finds the run of a request for at least ten minutes, of its kind only', () => {
    const keys = new DedupKeys([]);
    keys.add([dedupKey('signal', 'r', 'run', startUs)], startUs);
    expect(keys.find('signal', 'r', startUs + 10 * usPerMinute)).toBe('run');
    expect(keys.find('signal', 'r', startUs + 11 * usPerMinute)).toBeUndefined();
    expect(keys.find('cancel', 'r', startUs)).toBeUndefined();
    expect(keys.find('signal', 's', startUs)).toBeUndefined();
  });

  test('holds no more than the requests of one life, however many come', () => {
    const keys = new DedupKeys([]);
    const perSecond = 3;
    for (let i = 0; i < 10_000; i++) {
      const nowUs = startUs + (i * usPerSecond) / perSecond;
      keys.add([dedupKey('signal', `${i}`, 'run', nowUs)], nowUs);
      expect(keys.size).toBeLessThanOrEqual((keyLifeUs / usPerSecond) * perSecond);
    }
  });

  test('an id used again after its time does not keep those behind it', () => {
    const keys = new DedupKeys([]);
    for (let round = 0; round < 50; round++) {
      const nowUs = startUs + round * (keyLifeUs + 1);
      keys.add([dedupKey('signal', 'same', `run-${round}`, nowUs)], nowUs);
      keys.add([dedupKey('signal', `other-${round}`, 'run', nowUs)], nowUs);
      expect(keys.find('signal', 'same', nowUs)).toBe(`run-${round}`);
    }
    expect(keys.size).toBeLessThanOrEqual(3);
  });

  const done: MessageAnswer = { code: AnswerCode.Done, runId: 'run', body: noBytes };
  const keysOf = (id: string, answer = done) => answeredDelta(id, answer).keys;

  test('X3: the key of a message does not expire before its release, and holds its run', () => {
    // 0 stands for it in what is stored.
    expect(untilReleased).toBe(0);
    const keys = new DedupKeys([]);
    keys.add(keysOf('probe:sender:1'), startUs);
    keys.add([dedupKey('signal', 'r', 'other', startUs)], startUs);
    const laterUs = startUs + 10 * keyLifeUs;
    keys.add([], laterUs);
    const read = new DedupKeys(keys.live(laterUs));
    expect(read.size).toBe(1);
    const answer = read.findMessage('probe:sender:1', laterUs)?.answer ?? noBytes;
    expect(decodeAnswer(answer)).toEqual(done);
    expect(read.awaitsRelease('run')).toBe(true);
    expect(keys.awaitsRelease('other')).toBe(false);
  });

  test('X3: a released key lets its run go, and is found for as long as was asked', () => {
    const keys = new DedupKeys(keysOf('m:s:1'));
    keys.add(keysOf('m:s:2', { ...done, code: AnswerCode.NotFound, runId: '' }), startUs);
    const untilUs = startUs + 11 * usPerSecond;
    const released = keys.released(['m:s:1', 'm:s:2', 'm:s:3'], untilUs);
    expect(released.map(({ key }) => key)).toEqual(['message:m:s:1', 'message:m:s:2']);
    expect(keys.awaitsRelease('run')).toBe(true);
    keys.add(released, startUs);
    expect(keys.awaitsRelease('run')).toBe(false);
    // Released again, it says no more: a release that comes late does not bring a key back.
    expect(keys.released(['m:s:1', 'm:s:2'], untilUs + 1)).toEqual([]);
    for (const held of [keys, new DedupKeys(keys.live(startUs))]) {
      expect(held.findMessage('m:s:1', untilUs - 1)?.runId).toBe('run');
      expect(held.findMessage('m:s:1', untilUs)).toBeUndefined();
      held.add([], untilUs);
      expect(held.size).toBe(0);
    }
  });

  test('X1: no id of a client is the id of a message', () => {
    const keys = new DedupKeys(keysOf('signal:r'));
    keys.add([dedupKey('signal', 'message:q', 'run', startUs)], startUs);
    expect(keys.find('signal', 'r', startUs)).toBeUndefined();
    expect(keys.findMessage('q', startUs)).toBeUndefined();
    expect(keys.findMessage('signal:message:q', startUs)).toBeUndefined();
  });

  test('goes through the store: what is live is all there is', () => {
    const keys = new DedupKeys([]);
    keys.add([dedupKey('start', 'a', 'run', startUs)], startUs);
    const laterUs = startUs + 6 * usPerMinute;
    keys.add([dedupKey('cancel', 'b', 'run', laterUs)], laterUs);
    const nowUs = startUs + keyLifeUs;
    expect(keys.live(nowUs).map(({ key }) => key)).toEqual(['cancel:b']);
    const read = new DedupKeys(keys.live(laterUs));
    expect(read.find('start', 'a', laterUs)).toBe('run');
    expect(read.find('cancel', 'b', nowUs)).toBe('run');
  });
});
