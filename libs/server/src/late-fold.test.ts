// Folds that wait for the store longer than the hour of their wake rows (M5, M6, M10): no work is forgotten.

import { blockOf, shardOf } from '@perdure/core-shard';
import { emptyFold, type FoldBatch, type Store, StoreUnavailable } from '@perdure/ports';
import { expect, onTestFinished, test } from 'vitest';
import { emptyStorage, namespace, open, rpc, startRun, taskQueue } from '../fixtures/in-process.ts';
import { SteppedClock } from '../fixtures/stepped-clock.ts';

const usPerSecond = 1_000_000;
const usPerHour = 3_600 * usPerSecond;
const hourOf = (clock: SteppedClock): number => Math.floor(clock.nowUs() / usPerHour);

/** A server with one run, whose fold goes through `write` instead of to the store. */
async function withHeldFold(write: (store: Store, batch: FoldBatch) => Promise<void>) {
  const storage = emptyStorage();
  const clock = new SteppedClock();
  const plainWrite = storage.store.write.bind(storage.store);
  let held = true;
  storage.store.write = (batch) =>
    held && batch.runStates.length > 0 ? write(storage.store, batch) : plainWrite(batch);
  const services = await open(storage, {}, clock);
  onTestFinished(() => services.history.stop());
  await startRun(services, 'w');
  await clock.pass(6 * usPerSecond);
  const [namespaceId = ''] =
    (await rpc(services, 'DescribeNamespace', { namespace })).namespaceInfo?.id.split(' ') ?? [];
  const block = blockOf(shardOf(namespaceId, 'w'));
  const rowsIn = async (bucket: number) =>
    (await storage.store.readWake(block, bucket, null, 10)).map(({ run }) => run.workflowId);
  const release = (): void => {
    held = false;
  };
  return { storage, clock, services, rowsIn, release, plainWrite };
}

/** Another server on what this one left, its log trimmed, has the run's task to give. */
async function expectWorkKept({
  storage,
  clock,
  services,
}: Awaited<ReturnType<typeof withHeldFold>>) {
  await services.history.drain();
  expect(await storage.log.lowMark()).toBeGreaterThan(0);
  services.history.stop();
  const second = await open(storage, {}, clock);
  onTestFinished(() => second.history.stop());
  expect(second.history.recovered).toMatchObject({ runs: 0, wakeRows: 1 });
  const task = await rpc(second, 'PollWorkflowTaskQueue', { namespace, taskQueue });
  expect(task.workflowExecution?.workflowId).toBe('w');
}

test('a store that is away for hours is waited for; the wake row goes into the hour in which it is back', async () => {
  let refused = 0;
  const server = await withHeldFold(() => {
    refused += 1;
    return Promise.reject(new StoreUnavailable('no host answers'));
  });
  const taken = hourOf(server.clock);
  await server.clock.leap(4 * usPerHour);
  expect(refused).toBeGreaterThan(3);
  server.release();
  await server.clock.pass(usPerSecond);
  expect(await server.rowsIn(taken)).toEqual([]);
  expect(await server.rowsIn(taken + 4)).toEqual(['w']);
  await expectWorkKept(server);
});

test('a write acknowledged hours later, when its bucket has been dropped: the wake row is written again', async () => {
  const acknowledge: (() => void)[] = [];
  const server = await withHeldFold(
    (_store, batch) =>
      new Promise((resolve, reject) => {
        acknowledge.push(() => void server.plainWrite(batch).then(resolve, reject));
      }),
  );
  const taken = hourOf(server.clock);
  await server.clock.leap(4 * usPerHour);
  const dropped = { block: 0, bucket: taken, logPartition: 0, clock: server.clock.nowUs() };
  for (let block = 0; block < 256; block++) {
    const wakeBucketsDropped = [{ ...dropped, block }];
    await server.storage.store.write({ ...emptyFold, wakeBucketsDropped });
  }
  server.release();
  expect(acknowledge).toHaveLength(1);
  acknowledge[0]?.();
  await server.clock.pass(0);
  expect(await server.rowsIn(taken)).toEqual([]);
  expect(await server.rowsIn(taken + 4)).toEqual(['w']);
  await expectWorkKept(server);
});
