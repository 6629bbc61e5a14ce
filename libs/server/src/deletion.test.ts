// A deletion that was acknowledged holds, wherever the process ends after it (L2, M1, M7, W8).

import { emptyFold, type RunKey, type Store } from '@perdure/ports';
import { CommandType } from '@perdure/wire';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  deliver,
  emptyStorage,
  namespace,
  open,
  patientCall,
  rpc,
  startRun,
  taskQueue,
} from '../fixtures/in-process.ts';
import { asLeftBehind } from '../fixtures/left-behind.ts';
import { SteppedClock } from '../fixtures/stepped-clock.ts';
import type { Services, Storage } from './services.ts';

const usPerMinute = 60_000_000;

async function opened(storage: Storage, clock?: SteppedClock): Promise<Services> {
  const services = await open(storage, {}, clock);
  onTestFinished(() => services.history.stop());
  return services;
}

async function runOf(services: Services, workflowId: string): Promise<RunKey> {
  const { workflowExecutionInfo: info } = await rpc(services, 'DescribeWorkflowExecution', {
    namespace,
    execution: { workflowId },
  });
  const namespaces = await rpc(services, 'DescribeNamespace', { namespace });
  return {
    namespaceId: namespaces.namespaceInfo?.id ?? '',
    workflowId,
    runId: info?.execution?.runId ?? '',
  };
}

const remove = (services: Services, workflowId: string) =>
  rpc(services, 'DeleteWorkflowExecution', { namespace, workflowExecution: { workflowId } });

const signal = (services: Services, workflowId: string, requestId = '') =>
  rpc(services, 'SignalWorkflowExecution', {
    namespace,
    workflowExecution: { workflowId },
    signalName: 's',
    requestId,
  });

async function complete(services: Services): Promise<void> {
  const { taskToken } = await rpc(services, 'PollWorkflowTaskQueue', { namespace, taskQueue });
  await rpc(services, 'RespondWorkflowTaskCompleted', {
    namespace,
    taskToken,
    commands: [
      {
        commandType: CommandType.CompleteWorkflowExecution,
        completeWorkflowExecutionCommandAttributes: {},
      },
    ],
  });
}

/** Nobody finds the run, by whatever way. */
async function expectGone(services: Services, { workflowId, runId }: RunKey): Promise<void> {
  for (const execution of [{ workflowId }, { workflowId, runId }]) {
    const describing = rpc(services, 'DescribeWorkflowExecution', { namespace, execution });
    await expect(describing).rejects.toThrow(`workflow not found for ID: ${workflowId}`);
    const reading = rpc(services, 'GetWorkflowExecutionHistory', { namespace, execution });
    await expect(reading).rejects.toThrow(`workflow not found for ID: ${workflowId}`);
  }
  const { executions } = await rpc(services, 'ListWorkflowExecutions', { namespace });
  expect(executions.map(({ execution }) => execution?.runId)).not.toContain(runId);
}

/** The store holds nothing of it; `keys`: it may remember the request ids of the workflow id. */
async function expectNothingStored(store: Store, run: RunKey, keys: boolean): Promise<void> {
  expect(await store.readRunState(run)).toBeNull();
  expect(await store.readHistory(run, 0, 1, 1_000_000)).toEqual([]);
  const workflow = await store.readWorkflow(run.namespaceId, run.workflowId);
  expect(workflow !== null).toBe(keys);
  expect(await store.readQuarantine(10)).toEqual([]);
}

describe('deletion', () => {
  test('of a running and of a closed run: nothing is found, nothing is left in the store', async () => {
    const storage = emptyStorage();
    const services = await opened(storage);
    await startRun(services, 'closed');
    await complete(services);
    await startRun(services, 'running');
    const runs = [await runOf(services, 'closed'), await runOf(services, 'running')];
    for (const run of runs) {
      await remove(services, run.workflowId);
      await expectGone(services, run);
    }
    await services.history.drain();
    for (const run of runs) {
      await expectGone(services, run);
      await expectNothingStored(storage.store, run, true);
    }
    await expect.poll(() => services.history.counts.loadedRuns()).toBe(0);
  });

  const endings = [
    ['before any fold', false, false],
    ['when the run was in the store', true, false],
    ['when the store had removed it', false, true],
    ['when the run was in the store, and had been removed', true, true],
  ] as const;
  for (const [when, foldedBefore, foldedAfter] of endings) {
    test(`a process that ends ${when}: deleted after it, once for ever`, async () => {
      const storage = emptyStorage();
      const first = await opened(storage);
      await startRun(first, 'w');
      await startRun(first, 'stays');
      const run = await runOf(first, 'w');
      if (foldedBefore) await first.history.drain();
      await signal(first, 'w');
      await remove(first, 'w');
      if (foldedAfter) await first.history.drain();
      first.history.stop();

      const second = await opened(storage);
      await expectGone(second, run);
      await second.history.drain();
      await expectNothingStored(storage.store, run, true);
      second.history.stop();
      const third = await opened(storage);
      await expectGone(third, run);
      expect((await runOf(third, 'stays')).runId).not.toBe('');
    });
  }

  test('L2: replay skips what comes before a deletion of a run that the store has removed', async () => {
    const storage = emptyStorage();
    const first = await opened(storage);
    await startRun(first, 'w');
    const run = await runOf(first, 'w');
    await first.history.drain();
    first.history.stop();
    // From here on `applied` stays behind the rows, as when a process ends between the two.
    const lagging = await opened(asLeftBehind(storage));
    await signal(lagging, 'w');
    await remove(lagging, 'w');
    await startRun(lagging, 'other');
    await lagging.history.drain();
    await expectNothingStored(storage.store, run, true);
    lagging.history.stop();

    const last = await opened(storage);
    // The start of the other run, and of the deleted one: signal, termination, deletion.
    expect(last.history.recovered.transitions).toBe(4);
    await expectGone(last, run);
    expect(await storage.store.readQuarantine(10)).toEqual([]);
    await last.history.drain();
    await expectNothingStored(storage.store, run, true);
    await startRun(last, 'w');
  });

  test('L2: the same gap without a deletion behind it quarantines the run', async () => {
    const storage = emptyStorage();
    const first = await opened(storage);
    await startRun(first, 'w');
    const run = await runOf(first, 'w');
    await first.history.drain();
    await signal(first, 'w');
    first.history.stop();
    const lost = { run, block: 0, logPartition: 0, clock: Number.MAX_SAFE_INTEGER };
    await storage.store.write({ ...emptyFold, runsRemoved: [lost] });
    await opened(storage);
    const [row] = await storage.store.readQuarantine(10);
    expect(row).toMatchObject({ run, version: 2, reason: 'version 2 follows version 0' });
  });

  test('the id starts anew at once; the request ids of the deleted run are known for their time', async () => {
    const storage = emptyStorage();
    const clock = new SteppedClock();
    const first = await opened(storage, clock);
    await startRun(first, 'w');
    const { runId } = await runOf(first, 'w');
    await signal(first, 'w', 'once');
    await remove(first, 'w');
    first.history.stop();
    const second = await opened(storage, clock);
    const start = (requestId: string) =>
      rpc(second, 'StartWorkflowExecution', {
        namespace,
        workflowId: 'w',
        workflowType: { name: 'order' },
        taskQueue,
        requestId,
      });
    // `startRun` used the workflow id as its request id.
    expect((await start('w')).runId).toBe(runId);
    const fresh = await start('another');
    expect(fresh.runId).not.toBe(runId);
    await signal(second, 'w', 'once');
    const info = (await runInfo(second, 'w')).workflowExecutionInfo;
    expect(info).toMatchObject({ historyLength: 2, execution: { runId: fresh.runId } });
    await clock.pass(12 * usPerMinute);
    await signal(second, 'w', 'once');
    expect((await runInfo(second, 'w')).workflowExecutionInfo?.historyLength).toBe(3);
  });

  test('when no request id of the workflow id lives any more, its row goes with the run', async () => {
    const storage = emptyStorage();
    const clock = new SteppedClock();
    const services = await opened(storage, clock);
    await startRun(services, 'w');
    const run = await runOf(services, 'w');
    await clock.pass(12 * usPerMinute);
    expect(await storage.store.readWorkflow(run.namespaceId, 'w')).not.toBeNull();
    await remove(services, 'w');
    await clock.pass(usPerMinute);
    await expectNothingStored(storage.store, run, false);
    expect(await storage.store.oldestWakeBucket(0)).toBeNull();
  });

  test('who waits for the run is told: a reader of its history, a reader of its end, a query', async () => {
    const services = await opened(emptyStorage());
    await startRun(services, 'w');
    await complete(services);
    await startRun(services, 'w2');
    const execution = { workflowId: 'w2' };
    const first = await rpc(services, 'GetWorkflowExecutionHistory', {
      namespace,
      execution,
      waitNewEvent: true,
    });
    const { nextPageToken } = first;
    const waiting = [
      deliver(services, 'GetWorkflowExecutionHistory', {
        namespace,
        execution,
        waitNewEvent: true,
        nextPageToken,
      }),
      deliver(services, 'GetWorkflowExecutionHistory', {
        namespace,
        execution,
        waitNewEvent: true,
        historyEventFilterType: 2,
      }),
      deliver(
        services,
        'QueryWorkflow',
        { namespace, execution: { workflowId: 'w' }, query: { queryType: 'q' } },
        { ...patientCall, deadlineMs: Date.now() + 5_000 },
      ),
    ];
    const ends = Promise.all(waiting.map((call) => expect(call).rejects.toThrow('not found')));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await Promise.all([remove(services, 'w'), remove(services, 'w2')]);
    await ends;
  });

  test('a task of a deleted run that still is offered goes to nobody', async () => {
    const services = await opened(emptyStorage());
    await startRun(services, 'deleted');
    await remove(services, 'deleted');
    await startRun(services, 'w');
    const task = await rpc(services, 'PollWorkflowTaskQueue', { namespace, taskQueue });
    expect(task.workflowExecution?.workflowId).toBe('w');
  });
});

const runInfo = (services: Services, workflowId: string) =>
  rpc(services, 'DescribeWorkflowExecution', { namespace, execution: { workflowId } });
