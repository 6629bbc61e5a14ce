import { expect, test } from 'vitest';
import { placeOf, queuePlaces } from './queue-place.ts';
import type { QueueName } from './task.ts';

const queues: QueueName[] = Array.from({ length: 6_000 }, (_none, at) => ({
  namespaceId: `namespace-${at % 7}`,
  kind: at % 2 === 0 ? 'workflow' : 'activity',
  name: `queue-${at}`,
}));

const members = (...names: string[]): { name: string; weight: number }[] =>
  names.map((name) => ({ name, weight: 1 }));

const placesOf = (cluster: readonly { name: string; weight: number }[]): (string | null)[] => {
  const places = queuePlaces(cluster);
  return queues.map((queue) => placeOf(places, queue));
};

const countOf = (places: readonly (string | null)[], name: string): number =>
  places.filter((place) => place === name).length;

test('placeOf: without members there is no place; with one it has all', () => {
  expect(new Set(placesOf([]))).toEqual(new Set([null]));
  expect(new Set(placesOf(members('a')))).toEqual(new Set(['a']));
});

test('placeOf: the members share the queues evenly, and by weight', () => {
  const even = placesOf(members('node-0', 'node-1', 'node-2', 'node-3', 'node-4'));
  for (const name of ['node-0', 'node-1', 'node-2', 'node-3', 'node-4']) {
    expect(countOf(even, name)).toBeGreaterThan(1_200 * 0.9);
    expect(countOf(even, name)).toBeLessThan(1_200 * 1.1);
  }
  const weighted = placesOf([{ name: 'node-0', weight: 3 }, ...members('node-1')]);
  expect(countOf(weighted, 'node-0')).toBeGreaterThan(4_500 * 0.95);
  expect(countOf(weighted, 'node-0')).toBeLessThan(4_500 * 1.05);
});

test('placeOf: does not depend on the order in which the members are told', () => {
  expect(placesOf(members('c', 'a', 'b'))).toEqual(placesOf(members('a', 'b', 'c')));
});

test('placeOf: a member that goes moves its own queues only, one that comes takes and moves no other (Q2)', () => {
  const before = placesOf(members('a', 'b', 'c'));
  const without = placesOf(members('a', 'c'));
  for (const [at, place] of before.entries()) {
    if (place !== 'b') expect(without[at]).toBe(place);
  }
  expect(countOf(without, 'a')).toBeGreaterThan(countOf(before, 'a'));
  expect(countOf(without, 'c')).toBeGreaterThan(countOf(before, 'c'));
});

test('placeOf: kind and namespace are part of the name', () => {
  const places = queuePlaces(members('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'));
  const spreadOver = (parts: (at: number) => Partial<QueueName>): number =>
    new Set(
      Array.from({ length: 60 }, (_none, at) =>
        placeOf(places, { namespaceId: 'n', kind: 'workflow', name: 'q', ...parts(at) }),
      ),
    ).size;
  expect(spreadOver((at) => ({ namespaceId: `n${at}` }))).toBe(8);
  expect(spreadOver((at) => ({ kind: at % 2 === 0 ? 'workflow' : 'activity' }))).toBe(2);
  expect(() => queuePlaces([{ name: 'a', weight: 0.5 }])).toThrow('whole number');
});

test('placeOf: the places of these queues are the same in every version, for nodes of two versions work together', () => {
  const places = queuePlaces([...members('node-0', 'node-1', 'node-2'), { name: 'ä', weight: 2 }]);
  const named = ['orders', 'payments', 'Über', ''].map((name) =>
    placeOf(places, { namespaceId: 'n', kind: 'workflow', name }),
  );
  expect(named).toMatchInlineSnapshot(`
    [
      "ä",
      "node-2",
      "node-1",
      "node-0",
    ]
  `);
});
