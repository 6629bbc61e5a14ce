// L12: a run whose transition breaks an invariant is set aside, for good and alone, until an operator lets it go on.

import type * as core from '@perdure/core-execution';
import { InvariantError, type RunKey } from '@perdure/kernel';
import { emptyFold } from '@perdure/ports';
import { decodeEvents } from '@perdure/wire';
import { type OperatorMessages, type OperatorRpc, operatorCodec } from '@perdure/wire/operator';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import {
  emptyStorage,
  namespace,
  open,
  patientCall,
  rpc,
  startRun,
  taskQueue,
} from '../fixtures/in-process.ts';
import type { Services, Storage } from './services.ts';

/** Workflow ids in whose transitions an assertion fails: the injected fault. */
const broken = vi.hoisted(() => ({ signal: new Set<string>(), wake: new Set<string>() }));

vi.mock('@perdure/core-execution', async (original) => {
  const real = await original<typeof core>();
  const failing = <I extends unknown[], O>(
    ids: ReadonlySet<string>,
    decision: (state: { readonly run: RunKey }, ...input: I) => O,
  ) => {
    return (state: { readonly run: RunKey }, ...input: I): O => {
      if (ids.has(state.run.workflowId)) throw new InvariantError('planted');
      return decision(state, ...input);
    };
  };
  return {
    ...real,
    signal: failing(broken.signal, real.signal as never),
    wake: failing(broken.wake, real.wake as never),
  };
});

beforeEach(() => {
  broken.signal.clear();
  broken.wake.clear();
});

async function opened(storage: Storage): Promise<Services> {
  const services = await open(storage);
  onTestFinished(() => services.history.stop());
  return services;
}

async function operator<R extends OperatorRpc>(
  services: Services,
  name: R,
  request: OperatorMessages[R]['request'],
): Promise<OperatorMessages[R]['response']> {
  const method = services.methods.find((candidate) => candidate.name === name);
  if (method === undefined) throw new Error(`there is no method ${name}`);
  const { request: codec, response } = operatorCodec(name);
  return response.decode((await method.handle(codec.encode(request), patientCall)) as Uint8Array);
}

const run = (workflowId: string) => ({ namespace, workflowId, runId: '' });
const list = async (services: Services) => (await operator(services, 'ListQuarantine', {})).runs;
const release = (services: Services, id: string) => operator(services, 'ReleaseRun', run(id));

const signal = (services: Services, workflowId: string) =>
  rpc(services, 'SignalWorkflowExecution', {
    namespace,
    workflowExecution: { workflowId },
    signalName: 's',
  });

const startAgain = (services: Services, workflowId: string) =>
  rpc(services, 'StartWorkflowExecution', {
    namespace,
    workflowId,
    workflowType: { name: 'order' },
    taskQueue,
    requestId: 'another',
    workflowIdConflictPolicy: 1,
  });

const describe = (services: Services, workflowId: string) =>
  rpc(services, 'DescribeWorkflowExecution', { namespace, execution: { workflowId } });

async function eventTypes(services: Services, workflowId: string): Promise<number[]> {
  const request = { namespace, execution: { workflowId } };
  const { history } = await rpc(services, 'GetWorkflowExecutionHistory', request);
  return decodeEvents(history).map(({ eventType }) => eventType);
}

/** A server with two runs, of which `bad` broke an invariant. */
async function withBadRun(storage: Storage): Promise<Services> {
  const services = await opened(storage);
  await startRun(services, 'bad');
  await startRun(services, 'good');
  broken.signal.add('bad');
  await expect(signal(services, 'bad')).rejects.toThrow('planted');
  return services;
}

test('every other run is served; what is asked of this one is refused with the command that helps', async () => {
  const services = await withBadRun(emptyStorage());
  broken.signal.clear();
  const request = { namespace, execution: { workflowId: 'bad' } };
  for (const refused of [
    describe(services, 'bad'),
    signal(services, 'bad'),
    rpc(services, 'GetWorkflowExecutionHistory', request),
    rpc(services, 'QueryWorkflow', { ...request, query: { queryType: 'q' } }),
    rpc(services, 'TerminateWorkflowExecution', {
      namespace,
      workflowExecution: request.execution,
    }),
  ]) {
    await expect(refused).rejects.toMatchObject({
      rejection: { code: 'FAILED_PRECONDITION' },
      message: expect.stringMatching(
        /quarantined.*\(planted\).*perdure operator quarantine release --workflow-id bad --run-id [0-9a-f-]{36}/,
      ) as string,
    });
  }
  await signal(services, 'good');
  expect(await eventTypes(services, 'good')).toEqual([1, 5, 26]);
  const { taskToken } = await rpc(services, 'PollWorkflowTaskQueue', { namespace, taskQueue });
  expect(taskToken.length).toBeGreaterThan(0);
  expect(await list(services)).toMatchObject([
    { namespace, workflowId: 'bad', reason: 'planted', transitionsKept: 0 },
  ]);
});

test.each(['with its tail unapplied', 'with everything in the store'])(
  'it outlives the process, %s, and goes on when it is released',
  async (how) => {
    const storage = emptyStorage();
    const first = await withBadRun(storage);
    await vi.waitFor(async () => expect(await storage.store.readQuarantine(9)).toHaveLength(1));
    if (how.includes('store')) await first.history.drain();
    first.history.stop();
    broken.signal.clear();

    const second = await opened(storage);
    await expect(describe(second, 'bad')).rejects.toThrow('planted');
    await expect(signal(second, 'bad')).rejects.toThrow('planted');
    expect(await list(second)).toMatchObject([{ workflowId: 'bad', transitionsKept: 0 }]);
    // The id is in use all the same.
    await expect(startAgain(second, 'bad')).rejects.toMatchObject({
      rejection: { code: 'ALREADY_EXISTS' },
    });
    expect(await release(second, 'bad')).toMatchObject({ transitionsApplied: 0, version: 1 });
    expect(await list(second)).toEqual([]);
    await signal(second, 'bad');
    expect(await eventTypes(second, 'bad')).toEqual([1, 5, 26]);
    await second.history.drain();
    second.history.stop();

    const third = await opened(storage);
    expect(await eventTypes(third, 'bad')).toEqual([1, 5, 26]);
    const poll = () => rpc(third, 'PollWorkflowTaskQueue', { namespace, taskQueue });
    const ids = [await poll(), await poll()].map(
      ({ workflowExecution }) => workflowExecution?.workflowId,
    );
    expect(new Set(ids)).toEqual(new Set(['bad', 'good']));
  },
);

test('a release that fails again says why and keeps it', async () => {
  const services = await withBadRun(emptyStorage());
  broken.wake.add('bad');
  const why = 'the run stays in quarantine: planted';
  await expect(release(services, 'bad')).rejects.toThrow(why);
  await expect(describe(services, 'bad')).rejects.toThrow('quarantined');
  expect(await list(services)).toHaveLength(1);
  broken.wake.clear();
  await release(services, 'bad');
  // The cause is still there: it is set aside again.
  await expect(signal(services, 'bad')).rejects.toThrow('planted');
  expect(await list(services)).toHaveLength(1);
  await expect(release(services, 'good')).rejects.toThrow('is not quarantined');
  await expect(release(services, 'unknown')).rejects.toThrow('is not quarantined');
});

test('transitions behind a gap are kept, and applied when the gap is filled', async () => {
  const storage = emptyStorage();
  const first = await opened(storage);
  await startRun(first, 'torn');
  await first.history.drain();
  const { runId } = await operator(first, 'DescribeRun', run('torn'));
  await signal(first, 'torn');
  await signal(first, 'torn');
  first.history.stop();
  const [namespaceId = ''] =
    (await rpc(first, 'DescribeNamespace', { namespace })).namespaceInfo?.id.split(' ') ?? [];
  const key = { namespaceId, workflowId: 'torn', runId };
  const row = await storage.store.readRunState(key);
  const lost = { run: key, block: 0, logPartition: 0, clock: row?.clock ?? 0 };
  await storage.store.write({ ...emptyFold, runsRemoved: [lost] });

  const second = await opened(storage);
  expect(await list(second)).toMatchObject([{ transitionsKept: 2 }]);
  await expect(release(second, 'torn')).rejects.toThrow('version 2 follows version 0');
  expect(await list(second)).toMatchObject([{ transitionsKept: 2 }]);
  if (row !== null)
    await storage.store.write({ ...emptyFold, runStates: [{ ...row, clock: row.clock + 1 }] });
  expect(await release(second, 'torn')).toMatchObject({ transitionsApplied: 2, version: 3 });
  const view = await operator(second, 'DescribeRun', run('torn'));
  expect(view).toMatchObject({
    quarantined: '',
    headVersion: 3,
    appliedVersion: 3,
    nextEventId: 5,
  });
});

test('DescribeRun tells of head, log, store and what waits, and loads nothing', async () => {
  const storage = emptyStorage();
  const first = await opened(storage);
  await startRun(first, 'run');
  await first.history.drain();
  await signal(first, 'run');
  const view = await operator(first, 'DescribeRun', run('run'));
  expect(view).toMatchObject({
    workflowId: 'run',
    inMemory: true,
    status: 1,
    headVersion: 2,
    durableVersion: 2,
    appliedVersion: 1,
    unapplied: [{ version: 2 }],
    nextEventId: 4,
    storedEventId: 2,
    workflowTask: { phase: 'scheduled', attempt: 1, queue: taskQueue.name },
    quarantined: '',
  });
  expect(view.currentRunId).toBe(view.runId);
  expect(view.dedupKeys.map(({ key }) => key)).toContain('start:run');
  await first.history.drain();
  first.history.stop();
  const second = await opened(storage);
  const loaded = second.history.counts.loadedRuns();
  expect(await operator(second, 'DescribeRun', run('run'))).toMatchObject({
    inMemory: false,
    headVersion: 2,
    appliedVersion: 2,
    unapplied: [],
  });
  expect(second.history.counts.loadedRuns()).toBe(loaded);
  await expect(operator(second, 'DescribeRun', run('none'))).rejects.toThrow('workflow not found');
  const elsewhere = { ...run('run'), namespace: 'elsewhere' };
  await expect(operator(second, 'DescribeRun', elsewhere)).rejects.toThrow('is not found');
});
