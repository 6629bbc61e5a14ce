import { usPerHour, usPerMs, usPerSecond } from '@perdure/kernel';
import { expect, test } from 'vitest';
import { parseValue } from './parse-value.ts';
import { bool, duration, float, int, retryPolicy } from './setting.ts';

const policy = {
  initialIntervalUs: usPerSecond,
  backoffCoefficient: 2,
  maximumIntervalCoefficient: 100,
  maximumAttempts: 0,
};
const types = {
  int: int(1, '', { least: 1 }),
  float: float(1, ''),
  bool: bool(true, ''),
  duration: duration(0, ''),
  retry: retryPolicy(policy, ''),
};

test.each([
  ['int', 1, 1],
  ['float', 0.5, 0.5],
  ['float', 3, 3],
  ['bool', false, false],
  ['bool', 'TRUE', true],
  ['duration', '250ms', 250 * usPerMs],
  ['duration', '1h30m', 1.5 * usPerHour],
  ['duration', 2, 2 * usPerSecond],
  ['duration', '2.5', 2.5 * usPerSecond],
  ['retry', {}, policy],
  ['retry', { MaximumAttempts: 3 }, { ...policy, maximumAttempts: 3 }],
  [
    'retry',
    { InitialIntervalInSeconds: 5, backoffcoefficient: 1.5, MaximumIntervalCoefficient: 10 },
    {
      initialIntervalUs: 5 * usPerSecond,
      backoffCoefficient: 1.5,
      maximumIntervalCoefficient: 10,
      maximumAttempts: 0,
    },
  ],
] as const)('parseValue of %s takes %j', (type, raw, value) => {
  expect(parseValue(types[type], raw)).toEqual({ ok: true, value });
});

test.each([
  ['int', 0],
  ['int', 1.5],
  ['int', '1'],
  ['int', null],
  ['int', 2 ** 60],
  ['float', -0.1],
  ['float', Number.POSITIVE_INFINITY],
  ['bool', 'yes'],
  ['bool', 0],
  ['duration', 'soon'],
  ['duration', -1],
  ['duration', '10 s'],
  ['retry', 3],
  ['retry', []],
  ['retry', { Attempts: 3 }],
  ['retry', { BackoffCoefficient: 0.5 }],
  ['retry', { MaximumAttempts: 'none' }],
] as const)('parseValue of %s refuses %j and says what it wants', (type, raw) => {
  expect(parseValue(types[type], raw)).toMatchObject({ ok: false, wanted: expect.any(String) });
});
