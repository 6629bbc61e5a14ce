// The tail that the store lacks is bounded in bytes and in transitions (W9, M2): small runs fill the second bound first.

import { expect, test } from 'vitest';
import { emptyStorage, open, startRun } from '../fixtures/in-process.ts';

const starts = 16_000;
const lanes = 200;

test('more small runs than the tail may hold are started one after the other, and none is refused', {
  timeout: 60_000,
}, async () => {
  const services = await open(emptyStorage());
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < starts) await startRun(services, `run-${next++}`);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  expect(services.history.counts.unappliedTransitions()).toBeLessThan(15_000);
  services.history.stop();
});
