import { usPerSecond } from '@perdure/kernel';
import { expect, test } from 'vitest';
import { type RawValue, readLayer } from './config-layer.ts';
import { settingNames, settingOf } from './registry.ts';

const place = 'settings.yaml:3';
const raw = (name: string, value: unknown, constraints = {}): RawValue => ({
  name,
  value,
  constraints,
  place,
});
const one = (name: string, value: unknown, constraints = {}) =>
  readLayer([raw(name, value, constraints)]);

test('readLayer takes a name in any case and a value of its type', () => {
  const { layer, problems, unknown, withoutEffect } = one('FRONTEND.historymaxpagesize', 7);
  expect({ problems, unknown, withoutEffect }).toEqual({
    problems: [],
    unknown: [],
    withoutEffect: [],
  });
  expect([...layer]).toEqual([['frontend.historyMaxPageSize', [{ value: 7, constraints: {} }]]]);
});

test('readLayer takes every constraint of a queue, its type by name or number', () => {
  const constraints = { Namespace: 'n', taskQueueName: 'q', taskType: 'Activity' };
  const read = { namespace: 'n', taskQueue: 'q', taskQueueType: 'activity' };
  const setting = 'matching.longPollExpirationInterval';
  for (const type of ['Activity', 'activity', 2]) {
    const { layer } = one(setting, '5s', { ...constraints, taskType: type });
    expect(layer.get(setting)).toEqual([{ value: 5 * usPerSecond, constraints: read }]);
  }
  expect(
    one(setting, '5s', { taskQueueType: 'Nexus' }).layer.get(setting)?.[0]?.constraints,
  ).toEqual({ taskQueueType: 'nexus' });
});

test('readLayer puts the most specific value first, and of equals the first', () => {
  const setting = 'matching.longPollExpirationInterval';
  const { layer } = readLayer([
    raw(setting, 1),
    raw(setting, 2, { taskType: 1 }),
    raw(setting, 3, { namespace: 'n' }),
    raw(setting, 4, { namespace: 'other' }),
    raw(setting, 5, { namespace: 'n', taskType: 1 }),
    raw(setting, 6, { taskQueueName: 'q' }),
    raw(setting, 7, { namespace: 'n', taskQueueName: 'q' }),
    raw(setting, 8, { namespace: 'n', taskQueueName: 'q', taskType: 1 }),
  ]);
  const seconds = layer.get(setting)?.map(({ value }) => (value as number) / usPerSecond);
  expect(seconds).toEqual([8, 7, 6, 5, 3, 4, 2, 1]);
});

test.each([
  [
    raw('frontend.historyMaxPageSize', 0),
    'frontend.historyMaxPageSize (settings.yaml:3): 0 is no value for it: write a whole number from 1',
  ],
  [
    raw('frontend.historyMaxPageSize', 'many'),
    'frontend.historyMaxPageSize (settings.yaml:3): "many" is no value for it: write a whole number from 1',
  ],
  [
    raw('frontend.enableServerVersionCheck', 1),
    'frontend.enableServerVersionCheck (settings.yaml:3): 1 is no value for it: write true or false',
  ],
  [
    raw('matching.longPollExpirationInterval', '10 s'),
    'matching.longPollExpirationInterval (settings.yaml:3): "10 s" is no value for it: write a duration of at least 1s as 250ms, 10s, 1h30m or 2d, or a number of seconds',
  ],
  [
    raw('frontend.enableServerVersionCheck', true, { namespace: 'n' }),
    'frontend.enableServerVersionCheck (settings.yaml:3): the constraint namespace is not possible, it holds for the whole server: leave out its constraints',
  ],
  [
    raw('frontend.historyMaxPageSize', 9, { taskQueueName: 'q' }),
    'frontend.historyMaxPageSize (settings.yaml:3): the constraint taskQueueName is not possible, its only constraint is namespace',
  ],
  [
    raw('frontend.historyMaxPageSize', 9, { namespace: 3 }),
    'frontend.historyMaxPageSize (settings.yaml:3): the constraint namespace is a name',
  ],
  [
    raw('matching.longPollExpirationInterval', 9, { taskType: 'Decision' }),
    'matching.longPollExpirationInterval (settings.yaml:3): the constraint taskType is Workflow, Activity or Nexus',
  ],
])('readLayer names setting, place and cure: %o', (value, problem) => {
  const { problems, layer } = readLayer([value]);
  expect(problems).toEqual([problem]);
  expect(layer.size).toBe(0);
});

test('readLayer warns of a name nobody knows and says which was meant', () => {
  expect(one('frontend.histroyMaxPageSize', 1).unknown).toEqual([
    'unknown setting frontend.histroyMaxPageSize (settings.yaml:3), did you mean frontend.historyMaxPageSize?',
  ]);
  expect(one('my.own.thing', 1).unknown).toEqual([
    'unknown setting my.own.thing (settings.yaml:3)',
  ]);
});

test('readLayer takes what Temporal has and what means nothing here without a warning', () => {
  const { unknown, problems, withoutEffect } = one('HISTORY.shardIOConcurrency', 'anything', {
    shardId: 1,
  });
  expect({ unknown, problems }).toEqual({ unknown: [], problems: [] });
  expect(withoutEffect).toEqual(['HISTORY.shardIOConcurrency']);
});

test.each(settingNames)('the default of %s is a value that it takes', (name) => {
  const setting = settingOf(name);
  const spelled =
    setting.type === 'duration' ? (setting.default as number) / usPerSecond : setting.default;
  expect(one(name, spelled).problems).toEqual([]);
  expect(setting.description).toMatch(/^[A-Z].*\.$/);
});
