// Every task reaches a worker, whatever dies, moves or breaks on its way; no attempt of an activity reaches two.

import { expect, test } from 'vitest';
import { TroubledCluster } from '../../fixtures/troubled-cluster.ts';

const seeds = Array.from({ length: 60 }, (_none, seed) => seed);

test.for(seeds)(
  'seed %d: tasks are started and completed, and the books are empty',
  async (seed) => {
    const cluster = new TroubledCluster(seed);
    for (let step = 0; step < 300; step++) await cluster.step();
    await cluster.heal(30);
    expect(cluster.durable.tasks.size).toBeGreaterThan(50);
    expect(cluster.open()).toEqual([]);
    expect(cluster.outstanding()).toBe(0);
    expect(cluster.twice.filter((task) => task.startsWith('activity'))).toEqual([]);
  },
);
