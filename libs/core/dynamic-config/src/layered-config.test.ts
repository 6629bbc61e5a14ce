import { usPerSecond } from '@perdure/kernel';
import { expect, test } from 'vitest';
import { layerOf, readLayer } from './config-layer.ts';
import { LayeredConfig } from './layered-config.ts';

const place = 'here';
const waits = 'matching.longPollExpirationInterval';
const layer = (...values: readonly (readonly [number, object])[]) =>
  readLayer(
    values.map(([value, constraints]) => ({
      name: waits,
      value,
      constraints: { ...constraints },
      place,
    })),
  ).layer;

test('LayeredConfig has the default where no layer has a value', () => {
  expect(new LayeredConfig().value('frontend.historyMaxPageSize')).toBe(256);
  expect(new LayeredConfig(layerOf({})).value(waits, { namespace: 'n' })).toBe(60 * usPerSecond);
});

test('LayeredConfig: the first layer with a value for the asker wins, in it the most specific', () => {
  const config = new LayeredConfig(
    layer([7, { namespace: 'n' }]),
    layer([3, {}], [4, { namespace: 'n', taskQueueName: 'q' }], [5, { taskQueueName: 'q' }]),
    layerOf({ [waits]: 1 }),
  );
  const seconds = (scope?: object) => config.value(waits, scope) / usPerSecond;
  expect(seconds()).toBe(3);
  expect(seconds({ namespace: 'n' })).toBe(7);
  expect(seconds({ namespace: 'n', taskQueue: 'q' })).toBe(7);
  expect(seconds({ namespace: 'other', taskQueue: 'q' })).toBe(5);
  expect(seconds({ namespace: 'other', taskQueue: 'r', taskQueueType: 'activity' })).toBe(3);
});

test('LayeredConfig takes a new layer in the place of the old one and says so by its generation', () => {
  const config = new LayeredConfig(layerOf({}), layer([3, {}]));
  const before = config.generation;
  expect(config.value(waits)).toBe(3 * usPerSecond);
  config.replace(1, layer([4, {}]));
  expect(config.value(waits)).toBe(4 * usPerSecond);
  expect(config.generation).toBeGreaterThan(before);
  config.replace(1, layerOf({}));
  expect(config.value(waits)).toBe(60 * usPerSecond);
});
