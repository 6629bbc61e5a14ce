// What outlives a process whose log was trimmed: work that only the store knows of is found again (M5, I15).

import { randomUUID } from 'node:crypto';
import type { VisibilityRow } from '@perdure/ports';
import { createMemoryVisibility } from '@perdure/store-memory';
import { expect, test } from 'vitest';
import {
  activity,
  emptyStorage,
  later,
  namespace,
  open,
  rpc,
  startRun,
  taskQueue,
} from '../fixtures/in-process.ts';

test('after a trim every unstarted task is handed out: of a run with one, and of one with many', async () => {
  const storage = emptyStorage();
  const first = await open(storage);
  await startRun(first, 'waits for its first task');
  const parked = await rpc(first, 'PollWorkflowTaskQueue', { namespace, taskQueue });
  await rpc(first, 'RespondWorkflowTaskCompleted', {
    namespace,
    taskToken: parked.taskToken,
    commands: [activity('only one')],
  });
  await startRun(first, 'many');
  const many = await rpc(first, 'PollWorkflowTaskQueue', { namespace, taskQueue });
  await rpc(first, 'RespondWorkflowTaskCompleted', {
    namespace,
    taskToken: many.taskToken,
    commands: ['a', 'b', 'c'].map(activity),
  });
  await startRun(first, 'no task taken');
  await first.history.drain();
  expect(await storage.log.lowMark()).toBeGreaterThan(0);
  first.history.stop();

  const second = await open(storage);
  expect(second.history.recovered).toMatchObject({ runs: 0, wakeRows: 3 });
  const taken = [];
  for (let polls = 0; polls < 4; polls++) {
    const task = await rpc(second, 'PollActivityTaskQueue', { namespace, taskQueue: later });
    taken.push(task.activityId);
  }
  expect(taken.toSorted()).toEqual(['a', 'b', 'c', 'only one']);
  const task = await rpc(second, 'PollWorkflowTaskQueue', { namespace, taskQueue });
  expect(task.workflowExecution?.workflowId).toBe('no task taken');
  second.history.stop();
});

test('without a trim the tail is replayed: tasks in hand are still valid, the rest is offered', async () => {
  const storage = emptyStorage();
  const first = await open(storage);
  await startRun(first, 'in hand');
  const inHand = await rpc(first, 'PollWorkflowTaskQueue', { namespace, taskQueue });
  await startRun(first, 'waiting');
  first.history.stop();

  const second = await open(storage);
  expect(second.history.recovered.transitions).toBe(3);
  await rpc(second, 'RespondWorkflowTaskCompleted', { namespace, taskToken: inHand.taskToken });
  const task = await rpc(second, 'PollWorkflowTaskQueue', { namespace, taskQueue });
  expect(task.workflowExecution?.workflowId).toBe('waiting');
  second.history.stop();
});

test('a request id is known after a restart, with and without a trim', async () => {
  const storage = emptyStorage();
  const first = await open(storage);
  await startRun(first, 'once');
  const signal = {
    namespace,
    workflowExecution: { workflowId: 'once' },
    signalName: 's',
    requestId: 'signal 1',
  };
  await rpc(first, 'SignalWorkflowExecution', signal);
  first.history.stop();
  const second = await open(storage);
  await rpc(second, 'SignalWorkflowExecution', signal);
  await second.history.drain();
  second.history.stop();
  const third = await open(storage);
  await rpc(third, 'SignalWorkflowExecution', signal);
  await startRun(third, 'once');
  const described = await rpc(third, 'DescribeWorkflowExecution', {
    namespace,
    execution: { workflowId: 'once' },
  });
  // Started, WorkflowTaskScheduled and one signal.
  expect(described.workflowExecutionInfo?.historyLength).toBe(3);
  third.history.stop();
});

test('a registered namespace is known after a restart, with its runs and its search attributes', async () => {
  const storage = emptyStorage();
  const first = await open(storage);
  const orders = { namespace: 'orders', workflowExecutionRetentionPeriod: { seconds: 3_600 } };
  await rpc(first, 'RegisterNamespace', orders);
  const searchAttributes = { Customer: 2 };
  await rpc(first, 'AddSearchAttributes', { namespace: 'orders', searchAttributes });
  const start = {
    namespace: 'orders',
    workflowId: 'of orders',
    workflowType: { name: 'order' },
    taskQueue,
    requestId: 'one',
  };
  const { runId } = await rpc(first, 'StartWorkflowExecution', start);
  first.history.stop();

  const second = await open(storage);
  const task = await rpc(second, 'PollWorkflowTaskQueue', { namespace: 'orders', taskQueue });
  expect(task.workflowExecution).toEqual({ workflowId: 'of orders', runId });
  const listed = await rpc(second, 'ListSearchAttributes', { namespace: 'orders' });
  expect(listed.customAttributes).toEqual(searchAttributes);
  second.history.stop();
});

test('what a deleted namespace left behind is removed, also by the next server', async () => {
  const storage = emptyStorage();
  const first = await open(storage);
  const workflowExecutionRetentionPeriod = { seconds: 3_600 };
  await rpc(first, 'RegisterNamespace', { namespace: 'orders', workflowExecutionRetentionPeriod });
  await rpc(first, 'StartWorkflowExecution', {
    namespace: 'orders',
    workflowId: 'open',
    workflowType: { name: 'order' },
    taskQueue,
    requestId: 'one',
  });
  const { namespaceInfo } = await rpc(first, 'DescribeNamespace', { namespace: 'orders' });
  first.reclaim.stop();
  await rpc(first, 'DeleteNamespace', { namespace: 'orders' });
  first.history.stop();

  const second = await open(storage);
  const id = namespaceInfo?.id ?? '';
  const described = () => rpc(second, 'DescribeNamespace', { id }).then(Object, String);
  await expect.poll(described, { timeout: 5_000 }).toContain('is not found');
  expect(await storage.visibility.count(id, [])).toBe(0);
  second.history.stop();
});

test('a lost index is built anew: every run is listed, a row of a run that is no more is not', async () => {
  const storage = emptyStorage();
  const first = await open(storage);
  await startRun(first, 'in the store');
  await first.history.drain();
  await startRun(first, 'in the tail');
  const { executions } = await rpc(first, 'ListWorkflowExecutions', { namespace });
  const { namespaceInfo } = await rpc(first, 'DescribeNamespace', { namespace });
  const id = namespaceInfo?.id ?? '';
  const [row] = await storage.visibility.list(id, [], null, 1);
  first.history.stop();

  const visibility = createMemoryVisibility();
  const ghost = { ...row, run: { namespaceId: id, workflowId: 'ghost', runId: randomUUID() } };
  const rows = [ghost as VisibilityRow];
  await visibility.write({ logPartition: 0, rows, removed: [], cursor: null });
  const second = await open({ ...storage, visibility });
  expect(await rpc(second, 'ListWorkflowExecutions', { namespace })).toEqual({ executions });
  expect(executions).toHaveLength(2);
  expect(await visibility.readCursor(0)).not.toBeNull();
  second.history.stop();
});

test('the workflow ids of a tail are read from the store side by side', async () => {
  const storage = emptyStorage();
  const first = await open(storage, { 'history.foldInterval': 3_600 });
  const ids = ['a', 'b', 'c', 'd'];
  for (const id of ids) await startRun(first, id);
  first.history.stop();
  const { store } = storage;
  const read = store.readWorkflow.bind(store);
  const asked: string[] = [];
  const allAsked = Promise.withResolvers<void>();
  store.readWorkflow = async (namespaceId, workflowId) => {
    asked.push(workflowId);
    if (asked.length === ids.length) allAsked.resolve();
    await allAsked.promise;
    return read(namespaceId, workflowId);
  };
  const second = await open(storage);
  expect(asked.toSorted()).toEqual(ids);
  expect(second.history.recovered).toMatchObject({ runs: ids.length });
  second.history.stop();
});
