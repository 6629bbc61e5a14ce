// Which answers are believed (X2), and what an attempt may still do when it arrives.

import { AnswerCode, answeredDelta, type MessageAnswer } from '@perdure/core-execution';
import { noBytes, usPerSecond } from '@perdure/kernel';
import { describe, expect, test } from 'vitest';
import { DedupKeys } from './dedup.ts';
import { judgeArrival } from './message-arrival.ts';
import { attemptsOverUs, MessageAttempts } from './message-attempts.ts';

const answerOf = (code: number): MessageAnswer => ({ code, runId: '', body: noBytes });
const done = answerOf(AnswerCode.Done);
const notFound = answerOf(AnswerCode.NotFound);
const startUs = 1_000 * usPerSecond;

describe('MessageAttempts', () => {
  test('an attempt expires 10 s after the last acknowledged append, however late it begins', () => {
    const attempts = new MessageAttempts(0);
    const { begunUs, expiresAtUs, number } = attempts.begin(startUs + 7 * usPerSecond, startUs);
    expect({ begunUs, expiresAtUs, number }).toEqual({
      begunUs: startUs + 7 * usPerSecond,
      expiresAtUs: startUs + 10 * usPerSecond,
      number: 1,
    });
  });

  test('"done" is believed from any attempt, also from one that was given up', () => {
    const attempts = new MessageAttempts(attemptsOverUs(startUs));
    const first = attempts.begin(startUs, startUs);
    attempts.begin(startUs + 1, startUs);
    expect(attempts.believes(first, done)).toBe(true);
  });

  test('"no" of an attempt begun 11 s after the take-over or sooner is not', () => {
    const overUs = attemptsOverUs(startUs);
    expect(overUs).toBe(startUs + 11 * usPerSecond);
    const attempts = new MessageAttempts(overUs);
    const soon = attempts.begin(overUs, startUs - 5 * usPerSecond);
    expect(attempts.believes(soon, notFound)).toBe(false);
    expect(attempts.trustedAfterUs).toBe(overUs);
    const later = attempts.begin(overUs + 1, overUs);
    expect(attempts.believes(later, notFound)).toBe(true);
  });

  test('"no" is not believed while an earlier attempt may arrive, nor of one that has a later one', () => {
    const attempts = new MessageAttempts(0);
    const first = attempts.begin(startUs, startUs);
    const second = attempts.begin(startUs + usPerSecond, startUs);
    expect(attempts.believes(first, notFound)).toBe(false);
    expect(attempts.believes(second, notFound)).toBe(false);
    expect(attempts.trustedAfterUs).toBe(attemptsOverUs(startUs));
    const third = attempts.begin(attemptsOverUs(startUs) + 1, attemptsOverUs(startUs));
    expect(attempts.believes(third, notFound)).toBe(true);
  });
});

describe('judgeArrival', () => {
  const attempt = { messageId: 'm:s:1', expiresAtUs: startUs };

  test('an attempt does nothing at its expiry or later', () => {
    const keys = new DedupKeys([]);
    expect(judgeArrival(keys, attempt, startUs - 1)).toEqual({ kind: 'new' });
    expect(judgeArrival(keys, attempt, startUs)).toEqual({ kind: 'expired' });
  });

  test('a repeat is told what was said, however late it comes, until its key is gone', () => {
    const keys = new DedupKeys(answeredDelta('m:s:1', notFound).keys);
    const repeat = { kind: 'repeat', answer: notFound };
    expect(judgeArrival(keys, attempt, startUs - 1)).toEqual(repeat);
    expect(judgeArrival(keys, attempt, startUs + 1)).toEqual(repeat);
    keys.add(keys.released(['m:s:1'], startUs + 5), startUs);
    expect(judgeArrival(keys, attempt, startUs + 4)).toEqual(repeat);
    expect(judgeArrival(keys, attempt, startUs + 5)).toEqual({ kind: 'expired' });
  });
});
