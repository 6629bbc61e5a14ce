// Retention in the whole server, with time that the test moves on (M7).

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyFold } from '@perdure/ports';
import { openSqliteStore, openSqliteVisibility, SqliteThread } from '@perdure/store-sqlite';
import { CommandType } from '@perdure/wire';
import { describe, expect, onTestFinished, test } from 'vitest';
import { emptyStorage, later, namespace, open, rpc, taskQueue } from '../fixtures/in-process.ts';
import { SteppedClock } from '../fixtures/stepped-clock.ts';
import type { Services, Storage } from './services.ts';

const usPerSecond = 1_000_000;
const usPerMinute = 60 * usPerSecond;
const usPerHour = 60 * usPerMinute;
/** Of the namespace in these tests. */
const retentionUs = 24 * usPerHour;

async function opened(
  storage: Storage,
  clock: SteppedClock,
  values: Parameters<typeof open>[1] = {},
): Promise<Services> {
  const services = await open(storage, values, clock);
  onTestFinished(() => services.history.stop());
  return services;
}

async function start(
  services: Services,
  workflowId: string,
  queue: { readonly name: string },
): Promise<void> {
  await rpc(services, 'StartWorkflowExecution', {
    namespace,
    workflowId,
    workflowType: { name: 'order' },
    taskQueue: queue,
  });
}

/** On a queue that nobody polls. */
const startOpen = (services: Services): Promise<void> => start(services, 'open', later);

/** Starts that many runs and completes each. */
async function closedRuns(services: Services, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await start(services, name, taskQueue);
    const { taskToken } = await rpc(services, 'PollWorkflowTaskQueue', { namespace, taskQueue });
    const command = {
      commandType: CommandType.CompleteWorkflowExecution,
      completeWorkflowExecutionCommandAttributes: {},
    };
    await rpc(services, 'RespondWorkflowTaskCompleted', {
      namespace,
      taskToken,
      commands: [command],
    });
  }
}

async function listed(services: Services): Promise<string[]> {
  const { executions } = await rpc(services, 'ListWorkflowExecutions', { namespace });
  return executions.map(({ execution }) => execution?.workflowId ?? '').toSorted();
}

describe('retention', () => {
  test('a closed run stays for the time of its namespace, to the minute, then nothing is left of it', async () => {
    const [storage, clock] = [emptyStorage(), new SteppedClock()];
    const services = await opened(storage, clock);
    await closedRuns(services, ['old']);
    await clock.leap(usPerHour);
    await closedRuns(services, ['younger']);
    await startOpen(services);
    const [row] = await storage.store.scanRunStates(null, 1);
    await clock.leap(retentionUs - usPerHour - 2 * usPerMinute);
    await clock.pass(usPerMinute);
    expect(await listed(services)).toEqual(['old', 'open', 'younger']);
    await clock.pass(3 * usPerMinute);
    expect(await listed(services)).toEqual(['open', 'younger']);
    expect(services.history.counts.retention).toMatchObject({ deleted: 1, passedOver: 0 });
    expect(row?.run.workflowId).toBe('old');
    const { run } = row as NonNullable<typeof row>;
    expect(await storage.store.readRunState(run)).toBeNull();
    expect(await storage.store.readHistory(run, 0, 1, 1_000)).toEqual([]);
    expect(await storage.store.readWorkflow(run.namespaceId, 'old')).toBeNull();
    await clock.leap(10 * retentionUs);
    await clock.pass(usPerMinute);
    expect(await listed(services)).toEqual(['open']);
  });

  test('an open run stays, however old it is; a run starts anew under an id that was retained', async () => {
    const clock = new SteppedClock();
    const services = await opened(emptyStorage(), clock);
    await startOpen(services);
    await closedRuns(services, ['again']);
    await clock.leap(retentionUs - usPerHour);
    await closedRuns(services, ['again']);
    await clock.leap(2 * usPerHour);
    await clock.pass(usPerMinute);
    // The first run of the id is gone, the second is there.
    expect(await listed(services)).toEqual(['again', 'open']);
    const described = await rpc(services, 'DescribeWorkflowExecution', {
      namespace,
      execution: { workflowId: 'again' },
    });
    expect(described.workflowExecutionInfo?.status).toBe(2);
  });

  test('many at once go by pages, at the rate set, the first to close first', async () => {
    const clock = new SteppedClock();
    const values = { 'history.retentionDeletionRPS': 50 };
    const services = await opened(emptyStorage(), clock, values);
    const names = Array.from({ length: 250 }, (_none, at) => `w${1000 + at}`);
    await closedRuns(services, names);
    const { retention } = services.history.counts;
    await clock.leap(retentionUs + usPerMinute);
    const afterOnePage = retention.deleted;
    expect(afterOnePage).toBe(100);
    await clock.pass(usPerSecond);
    expect(retention.deleted).toBe(100);
    await clock.pass(10 * usPerSecond);
    expect(retention.deleted).toBe(250);
    expect(await listed(services)).toEqual([]);
    expect(services.history.counts.loadedRuns()).toBe(0);
  });

  test('nothing due costs a look at the index an interval, and no transition', async () => {
    const [storage, clock] = [emptyStorage(), new SteppedClock()];
    let looks = 0;
    const visibility = new Proxy(storage.visibility, {
      get(target, name) {
        if (name === 'closedBefore') looks += 1;
        const own: unknown = Reflect.get(target, name);
        return typeof own === 'function' ? own.bind(target) : own;
      },
    });
    const values = { 'history.retentionInterval': 10 * usPerSecond };
    const services = await opened({ ...storage, visibility }, clock, values);
    await closedRuns(services, ['w']);
    await clock.pass(usPerMinute);
    const before = { looks, frames: services.history.counts.log.frames };
    await clock.pass(100 * usPerSecond);
    expect(looks - before.looks).toBe(10);
    expect(services.history.counts.log.frames).toBe(before.frames);
  });

  test('a row of the index without a run is a hint that has gone stale: it is removed', async () => {
    const [storage, clock] = [emptyStorage(), new SteppedClock()];
    const services = await opened(storage, clock);
    await closedRuns(services, ['lost']);
    await clock.pass(usPerMinute);
    const [row] = await storage.store.scanRunStates(null, 1);
    const { run } = row as NonNullable<typeof row>;
    const removed = { run, block: 0, logPartition: 0, clock: Number.MAX_SAFE_INTEGER };
    await storage.store.write({ ...emptyFold, runsRemoved: [removed] });
    await clock.leap(retentionUs);
    await clock.pass(2 * usPerMinute);
    expect(services.history.counts.retention).toMatchObject({ deleted: 0, stale: 1 });
    expect(await listed(services)).toEqual([]);
  });

  test('what was due while the server was away goes after it is back', async () => {
    const [storage, clock] = [emptyStorage(), new SteppedClock()];
    const first = await opened(storage, clock);
    await closedRuns(first, ['a', 'b']);
    await first.history.drain();
    first.history.stop();
    await clock.leap(2 * retentionUs);
    const second = await opened(storage, clock);
    expect(await listed(second)).toEqual(['a', 'b']);
    await clock.pass(2 * usPerMinute);
    expect(await listed(second)).toEqual([]);
    second.history.stop();
    const third = await opened(storage, clock);
    expect(await listed(third)).toEqual([]);
  });

  test('on SQLite: runs, histories and the places in lists go, the rest stays', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'perdure-retention-'));
    const thread = new SqliteThread();
    const options = { writer: thread, readers: [thread] };
    const store = await openSqliteStore(join(folder, 'store.db'), options);
    const visibility = await openSqliteVisibility(join(folder, 'visibility.db'), options);
    const clock = new SteppedClock();
    const services = await opened({ ...emptyStorage(), store, visibility }, clock);
    try {
      const names = Array.from({ length: 120 }, (_none, at) => `w${at}`);
      await closedRuns(services, names);
      await startOpen(services);
      await services.history.drain();
      const rows = await store.scanRunStates(null, 200);
      await clock.leap(retentionUs + usPerMinute);
      for (let tries = 0; tries < 500 && (await listed(services)).length > 1; tries++) {
        await clock.pass(usPerSecond);
      }
      expect(await listed(services)).toEqual(['open']);
      await services.history.drain();
      expect((await store.scanRunStates(null, 200)).length).toBe(1);
      for (const { run } of rows.filter((row) => row.run.workflowId !== 'open')) {
        expect(await store.readHistory(run, 0, 1, 1_000)).toEqual([]);
      }
    } finally {
      services.history.stop();
      await store.close();
      await visibility.close();
      rmSync(folder, { recursive: true });
    }
  });

  test('a workflow id that was deleted keeps its request ids for their time, then its row goes', async () => {
    const [storage, clock] = [emptyStorage(), new SteppedClock()];
    const services = await opened(storage, clock);
    await closedRuns(services, ['w', 'used again']);
    const execution = (workflowId: string) => ({ workflowExecution: { workflowId } });
    await rpc(services, 'DeleteWorkflowExecution', { namespace, ...execution('w') });
    await rpc(services, 'DeleteWorkflowExecution', { namespace, ...execution('used again') });
    const { namespaceInfo } = await rpc(services, 'DescribeNamespace', { namespace });
    const rowOf = (workflowId: string) =>
      storage.store.readWorkflow(namespaceInfo?.id ?? '', workflowId);
    await clock.pass(usPerMinute);
    expect(await rowOf('w')).not.toBeNull();
    await start(services, 'used again', taskQueue);
    await clock.pass(15 * usPerMinute);
    expect(await rowOf('w')).toBeNull();
    expect(await rowOf('used again')).not.toBeNull();
    expect(services.history.counts.retention.workflowIds).toBe(1);
  });
});
