// Namespaces, search attributes, lists by them, task queues and workers through the TypeScript SDK.

import { randomUUID } from 'node:crypto';
import { Client, isGrpcServiceError } from '@temporalio/client';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import { describe, expect, test, vi } from 'vitest';
import { sdkUnderTest } from './sdk-under-test.ts';
import * as workflows from './workflows/index.ts';

const sdk = sdkUnderTest({ workerHeartbeatInterval: '1s' });

const retention = { workflowExecutionRetentionPeriod: { seconds: 86_400 as never } };
/** The official server takes a moment until it knows a namespace everywhere. */
const eventually = { timeout: 20_000, interval: 100 };

async function newNamespace(): Promise<string> {
  const namespace = `compat-${randomUUID()}`;
  await sdk.connection.workflowService.registerNamespace({ namespace, ...retention });
  return namespace;
}

async function withAttributes(types: Record<string, number>): Promise<string> {
  const namespace = await newNamespace();
  await vi.waitFor(
    () =>
      sdk.connection.operatorService.addSearchAttributes({ namespace, searchAttributes: types }),
    eventually,
  );
  return namespace;
}

async function statusOf(call: Promise<unknown>): Promise<number> {
  const error: unknown = await call.catch((thrown: unknown) => thrown);
  if (!isGrpcServiceError(error)) throw new Error('the call was not refused', { cause: error });
  return error.code;
}

describe('namespace', () => {
  test('register and describe: what was given is shown, the same name is refused', async () => {
    const namespace = `compat-${randomUUID()}`;
    const { workflowService } = sdk.connection;
    const given = { namespace, ...retention, description: 'of a test', data: { team: 'x' } };
    await workflowService.registerNamespace(given);
    const { namespaceInfo, config } = await workflowService.describeNamespace({ namespace });
    expect(namespaceInfo).toMatchObject({
      name: namespace,
      state: 1,
      description: 'of a test',
      data: { team: 'x' },
    });
    expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(86_400);
    expect(await statusOf(workflowService.registerNamespace(given))).toBe(6);
  });

  test('list: it is among the others', async () => {
    const namespace = await newNamespace();
    const { namespaces } = await sdk.connection.workflowService.listNamespaces({ pageSize: 1_000 });
    const names = namespaces?.map(({ namespaceInfo }) => namespaceInfo?.name);
    expect(names).toEqual(expect.arrayContaining(['default', namespace]));
  });

  test('update: description and retention change, data is merged', async () => {
    const namespace = await newNamespace();
    const { workflowService } = sdk.connection;
    const update = (data: Record<string, string>) =>
      workflowService.updateNamespace({
        namespace,
        updateInfo: { description: 'changed', data },
        config: { workflowExecutionRetentionTtl: { seconds: 7_200 as never } },
      });
    await update({ a: '1' });
    const { namespaceInfo, config } = await update({ b: '2' });
    expect(namespaceInfo).toMatchObject({ description: 'changed', data: { a: '1', b: '2' } });
    expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(7_200);
  });

  test('use: a client and a worker of it run a workflow there', async () => {
    const namespace = await newNamespace();
    const worker = await vi.waitFor(() => sdk.startWorker({ namespace }), eventually);
    const client = new Client({ connection: sdk.connection, namespace });
    const handle = await client.workflow.start(workflows.sleepFor, {
      args: [1],
      taskQueue: worker.taskQueue,
      workflowId: 'there',
    });
    expect(await handle.result()).toBe('awake');
    const elsewhere = sdk.client.workflow.getHandle('there').describe();
    await expect(elsewhere).rejects.toThrow(/not found/);
    await worker.shutdown();
  });
});

describe('search attribute', () => {
  test('add, list and remove: known at once, and gone at once', async () => {
    const namespace = await withAttributes({ Customer: 2, Total: 3 });
    const { operatorService } = sdk.connection;
    const listed = await operatorService.listSearchAttributes({ namespace });
    expect(listed.customAttributes).toEqual({
      Customer: 2,
      Total: 3,
    });
    expect(listed.systemAttributes).toMatchObject({
      WorkflowType: 2,
    });
    await operatorService.removeSearchAttributes({ namespace, searchAttributes: ['Total'] });
    const left = await operatorService.listSearchAttributes({ namespace });
    expect(Object.keys(left.customAttributes ?? {})).toEqual(['Customer']);
  });

  test('start with typed ones: shown by describe and found by lists and counts', async () => {
    const namespace = await withAttributes({
      Customer: 2,
      Total: 3,
      Weight: 4,
      Paid: 5,
      DueAt: 6,
      Tags: 7,
    });
    const client = new Client({ connection: sdk.connection, namespace });
    const key = {
      customer: defineSearchAttributeKey('Customer', 'KEYWORD'),
      total: defineSearchAttributeKey('Total', 'INT'),
      weight: defineSearchAttributeKey('Weight', 'DOUBLE'),
      paid: defineSearchAttributeKey('Paid', 'BOOL'),
      dueAt: defineSearchAttributeKey('DueAt', 'DATETIME'),
      tags: defineSearchAttributeKey('Tags', 'KEYWORD_LIST'),
    };
    const start = (workflowId: string, total: number) =>
      client.workflow.start(workflows.sleepFor, {
        args: [1],
        taskQueue: 'nobody polls',
        workflowId,
        typedSearchAttributes: [
          { key: key.customer, value: 'ann' },
          { key: key.total, value: total },
          { key: key.weight, value: 0.5 },
          { key: key.paid, value: true },
          { key: key.dueAt, value: new Date('2026-02-01T10:00:00Z') },
          { key: key.tags, value: ['red', 'big'] },
        ],
      });
    const first = await vi.waitFor(() => start('first', 5), eventually);
    await start('second', 50);
    const { typedSearchAttributes } = await first.describe();
    expect(typedSearchAttributes).toBeInstanceOf(TypedSearchAttributes);
    expect(typedSearchAttributes.get(key.total)).toBe(5);
    expect(typedSearchAttributes.get(key.tags)).toEqual(['red', 'big']);
    const found = async (query: string): Promise<string[]> => {
      const ids: string[] = [];
      for await (const { workflowId } of client.workflow.list({ query })) ids.push(workflowId);
      return ids.toSorted();
    };
    await vi.waitFor(async () => expect((await client.workflow.count()).count).toBe(2), eventually);
    expect(await found("Customer = 'ann'")).toEqual(['first', 'second']);
    expect(await found('Total > 5')).toEqual(['second']);
    expect(await found("Tags = 'red' AND Paid = true AND Weight < 1 AND Total = 5")).toEqual([
      'first',
    ]);
    expect(await found("DueAt < '2026-02-01T10:00:00Z'")).toEqual([]);
    const { count, groups } = await client.workflow.count(
      "Customer = 'ann' GROUP BY ExecutionStatus",
    );
    expect({ count, groups }).toEqual({
      count: 2,
      groups: [{ count: 2, groupValues: [['Running']] }],
    });
  });
});

describe('task queue', () => {
  test('describe: the pollers of the worker, in both modes', async () => {
    const { workflowService } = sdk.connection;
    const request = { namespace: 'default', taskQueue: { name: sdk.taskQueue } };
    await vi.waitFor(async () => {
      const plain = await workflowService.describeTaskQueue({ ...request, taskQueueType: 1 });
      expect(plain.pollers?.length).toBeGreaterThan(0);
      const enhanced = await workflowService.describeTaskQueue({
        ...request,
        apiMode: 1,
        reportPollers: true,
        reportStats: true,
      });
      const types = enhanced.versionsInfo?.['']?.typesInfo;
      expect(types?.[1]?.pollers?.length).toBeGreaterThan(0);
      expect(types?.[2]?.stats).toBeDefined();
    }, eventually);
  });
});

describe('worker', () => {
  const described = () =>
    sdk.connection.workflowService.listWorkers({
      namespace: 'default',
      query: `TaskQueue = '${sdk.taskQueue}'`,
    });

  test('heartbeat: a running worker is listed and described by what it says of itself', async () => {
    await vi.waitFor(async () => {
      const { workersInfo } = await described();
      const heartbeat = workersInfo?.[0]?.workerHeartbeat;
      expect(heartbeat).toMatchObject({
        taskQueue: sdk.taskQueue,
        sdkName: 'temporal-typescript',
        status: 1,
      });
      const { workerInfo } = await sdk.connection.workflowService.describeWorker({
        namespace: 'default',
        workerInstanceKey: heartbeat?.workerInstanceKey ?? '',
      });
      expect(workerInfo?.workerHeartbeat?.workerIdentity).toBe(heartbeat?.workerIdentity);
    }, eventually);
  });

  test('shutdown: quick, and the last heartbeat says so', async () => {
    const worker = await sdk.startWorker();
    await vi.waitFor(async () => {
      const { count } = await sdk.connection.workflowService.countWorkers({
        namespace: 'default',
        query: `TaskQueue = '${worker.taskQueue}'`,
      });
      expect(Number(count)).toBe(1);
    }, eventually);
    const began = performance.now();
    await worker.shutdown();
    expect(performance.now() - began).toBeLessThan(3_000);
    const query = `TaskQueue = '${worker.taskQueue}' AND WorkerStatus != 'Running'`;
    const left = await sdk.connection.workflowService.countWorkers({ namespace: 'default', query });
    expect(Number(left.count)).toBe(1);
  });
});
