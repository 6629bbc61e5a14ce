// Keys of client requests (W8): found for ten minutes and more, and gone not long after.

import { usPerMinute, usPerSecond } from '@perdure/kernel';
import { describe, expect, test } from 'vitest';
import { DedupKeys, dedupKey, keyLifeUs, untilReleased } from './dedup.ts';

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

  test('X3: a key that waits for its release does not expire, and holds its run', () => {
    const keys = new DedupKeys([]);
    // 0 stands for it in what is stored.
    expect(untilReleased).toBe(0);
    const message = { key: 'start:child', runId: 'run', expiresAtUs: 0 };
    keys.add([message], startUs);
    keys.add([dedupKey('signal', 'r', 'other', startUs)], startUs);
    keys.add([], startUs + 10 * keyLifeUs);
    const read = new DedupKeys(keys.live(startUs + 10 * keyLifeUs));
    expect(read.size).toBe(1);
    expect(read.find('start', 'child', startUs + 10 * keyLifeUs)).toBe('run');
    expect(read.awaitsRelease('run')).toBe(true);
    expect(keys.awaitsRelease('other')).toBe(false);
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
