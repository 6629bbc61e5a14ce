// The end of a server: what is durable goes to the store, the log is trimmed, and nothing comes after it.

import { expect, test } from 'vitest';
import { emptyStorage, open, startRun } from '../fixtures/in-process.ts';

/** Longer than the owner's sweep takes to come round. */
const slowSyncMs = 700;

test('nothing else trims the log while the end does: it may be closed right after', async () => {
  const storage = emptyStorage();
  const { store, log } = storage;
  const steps: string[] = [];
  const sync = store.sync.bind(store);
  store.sync = async () => {
    steps.push('sync');
    await new Promise((resolve) => setTimeout(resolve, slowSyncMs));
    await sync();
  };
  const trim = log.trim.bind(log);
  log.trim = (offset) => {
    steps.push('trim');
    return trim(offset);
  };
  const services = await open(storage);
  await startRun(services, 'order-1');
  await services.history.drain();
  steps.push('drained');
  services.history.stop();
  await new Promise((resolve) => setTimeout(resolve, slowSyncMs + 100));
  expect(steps).toEqual(['sync', 'trim', 'drained']);
});
