import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { repositoryRoot } from '@perdure/testing/harness';
import { expect, test } from 'vitest';
import { RealityReached, withoutReality } from './no-reality.ts';
import { plantedBugs } from './planted/bugs.ts';
import { CannotPlant, placesOf, planted } from './planted/plant.ts';
import { simulate } from './world.ts';

test('a seed is a world: the same trace each time, another for another seed', {
  timeout: 60_000,
}, async () => {
  const [first, second, other] = [
    await simulate({ seed: 42, seconds: 10 }),
    await simulate({ seed: 42, seconds: 10 }),
    await simulate({ seed: 43, seconds: 10 }),
  ];
  expect(second.digest).toBe(first.digest);
  expect(other.digest).not.toBe(first.digest);
  expect(first.faults).toEqual([]);
  expect(first.starts).toBeGreaterThan(5);
});

test.for([1, 33])('seed %i: all rules hold', { timeout: 60_000 }, async (seed) => {
  expect((await simulate({ seed, seconds: 30 })).faults).toEqual([]);
});

test('simulated code reaches no timer, clock or randomness, even when it swallows the error', async () => {
  const swallowed = (): Promise<unknown> =>
    Promise.resolve()
      .then(Date.now)
      .catch((fault: unknown) => fault);
  await expect(withoutReality(swallowed)).rejects.toThrow(/reached now/);
  await expect(withoutReality(async () => void setTimeout(() => undefined, 1))).rejects.toThrow(
    RealityReached,
  );
  await expect(withoutReality(async () => void crypto.randomUUID())).rejects.toThrow(
    RealityReached,
  );
  await sleep(1);
  expect(Date.now()).toBeGreaterThan(0);
});

test.for(plantedBugs)('the place of the planted bug "$name" is there', (bug) => {
  for (const place of placesOf(bug)) {
    const source = readFileSync(`${repositoryRoot}/${place.file}`, 'utf8');
    expect(planted(bug.name, place, source)).not.toBe(source);
    expect(() => planted(bug.name, { ...place, find: 'no such text' }, source)).toThrow(
      CannotPlant,
    );
  }
});

test('planted bugs have names of their own', () => {
  expect(new Set(plantedBugs.map(({ name }) => name)).size).toBe(plantedBugs.length);
});
