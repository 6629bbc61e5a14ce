// What a client can read of runs: results, histories, descriptions and lists.

import { randomUUID } from 'node:crypto';
import { historyFaults, readHistory } from '@perdure/testing/golden';
import { describe, expect, test, vi } from 'vitest';
import { sdkUnderTest } from './sdk-under-test.ts';
import * as workflows from './workflows/index.ts';

const sdk = sdkUnderTest();

async function listed(query: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const { workflowId } of sdk.client.workflow.list({ query })) ids.push(workflowId);
  return ids.toSorted();
}

describe.concurrent('history', () => {
  test('result: waits longer than one long poll', { timeout: 40_000 }, async () => {
    const handle = await sdk.start(workflows.sleepFor, { args: [21_500] });
    expect(await handle.result()).toBe('awake');
  });

  test('result: of a run closed long before', async () => {
    const handle = await sdk.start(workflows.hello, { args: ['x'] });
    await handle.result();
    const other = sdk.client.workflow.getHandle(handle.workflowId, handle.firstExecutionRunId);
    expect(await other.result()).toBe('Hello, x!');
  });

  test('fetchHistory: every event, in the form of the SDK', async () => {
    const handle = await sdk.start(workflows.callActivity, {
      args: ['echo', { startToCloseTimeout: '10s' }, 1],
    });
    await handle.result();
    const { events } = await handle.fetchHistory();
    expect(events?.map((event) => Number(event.eventId))).toEqual(
      Array.from({ length: 11 }, (_, index) => index + 1),
    );
    expect(events?.every((event) => event.eventTime?.seconds !== undefined)).toBe(true);
  });

  test('long: hundreds of events are paged to clients and to a worker that replays', async () => {
    const taskQueue = `compat-${randomUUID()}`;
    const first = await sdk.startWorker({ taskQueue });
    const handle = await sdk.start(workflows.callInSequence, {
      args: ['echo', { startToCloseTimeout: '20s' }, 100],
      taskQueue,
    });
    expect(await handle.result()).toBe(100);
    const events = await readHistory(sdk.server.raw, { workflowId: handle.workflowId }, 50);
    expect(events.length).toBe(605);
    expect(historyFaults(events)).toEqual([]);
    expect((await handle.fetchHistory()).events?.length).toBe(605);
    await first.shutdown();
    await sdk.startWorker({ taskQueue });
    expect(await handle.query(workflows.progressQuery)).toBe(100);
  });
});

describe.concurrent('describe', () => {
  test('open run: type, queue, times and time-outs', async () => {
    const handle = await sdk.start(workflows.collect, {
      args: [1],
      workflowRunTimeout: '1h',
      workflowTaskTimeout: '7s',
    });
    await handle.query(workflows.itemsQuery);
    const description = await handle.describe();
    expect(description).toMatchObject({
      type: 'collect',
      workflowId: handle.workflowId,
      runId: handle.firstExecutionRunId,
      taskQueue: sdk.taskQueue,
      status: { name: 'RUNNING' },
      historyLength: 4,
    });
    expect(description.closeTime).toBeUndefined();
    expect(Math.abs(Date.now() - description.startTime.getTime())).toBeLessThan(30_000);
    expect(description.raw.executionConfig).toMatchObject({
      workflowRunTimeout: { seconds: expect.anything() as unknown },
      defaultWorkflowTaskTimeout: { seconds: expect.anything() as unknown },
    });
    expect(Number(description.raw.executionConfig?.workflowRunTimeout?.seconds)).toBe(3_600);
    expect(Number(description.raw.executionConfig?.defaultWorkflowTaskTimeout?.seconds)).toBe(7);
  });

  test('closed run: status, close time and length of the history', async () => {
    const handle = await sdk.start(workflows.hello, { args: ['x'] });
    await handle.result();
    const description = await handle.describe();
    expect(description).toMatchObject({ status: { name: 'COMPLETED' }, historyLength: 5 });
    expect(description.closeTime?.getTime()).toBeGreaterThanOrEqual(
      description.startTime.getTime(),
    );
    expect(description.raw.pendingActivities).toEqual([]);
    expect(description.raw.pendingWorkflowTask).toBeFalsy();
  });

  test('pending workflow task: scheduled while nobody works', async () => {
    const taskQueue = `compat-${randomUUID()}`;
    const handle = await sdk.start(workflows.collect, { args: [1], taskQueue });
    const { pendingWorkflowTask } = (await handle.describe()).raw;
    expect(pendingWorkflowTask).toMatchObject({ state: 1, attempt: 1 });
    expect(pendingWorkflowTask?.scheduledTime).toBeTruthy();
    await handle.terminate();
  });
});

describe.concurrent('list', () => {
  test('workflow id: exactly that one', async () => {
    const handle = await sdk.start(workflows.hello, { args: ['x'] });
    const query = `WorkflowId = '${handle.workflowId}'`;
    await vi.waitFor(async () => expect(await listed(query)).toEqual([handle.workflowId]));
  });

  test('type, queue and status: those that match all of them', async () => {
    const { taskQueue } = await sdk.startWorker();
    const open = await sdk.start(workflows.forever, { args: [], taskQueue });
    const closed = await sdk.start(workflows.hello, { args: ['x'], taskQueue });
    const failed = await sdk.start(workflows.failWith, { args: ['x', 'X'], taskQueue });
    await closed.result();
    await failed.result().catch((error: unknown) => error);
    const here = `TaskQueue = '${taskQueue}'`;
    const cases: readonly [string, readonly string[]][] = [
      [here, [open, closed, failed].map((handle) => handle.workflowId)],
      [`${here} AND ExecutionStatus = 'Running'`, [open.workflowId]],
      [`${here} AND ExecutionStatus = 'Completed'`, [closed.workflowId]],
      [`${here} AND ExecutionStatus = 'Failed'`, [failed.workflowId]],
      [`${here} AND WorkflowType = 'hello'`, [closed.workflowId]],
      [`${here} AND WorkflowType = 'hello' AND ExecutionStatus = 'Running'`, []],
    ];
    for (const [query, ids] of cases) {
      await vi.waitFor(async () => expect(await listed(query)).toEqual(ids.toSorted()));
    }
  });

  test('pages: every run once, whatever the size of a page', async () => {
    const taskQueue = `compat-${randomUUID()}`;
    const handles = await Promise.all(
      Array.from({ length: 7 }, () => sdk.start(workflows.hello, { args: ['x'], taskQueue })),
    );
    const query = `TaskQueue = '${taskQueue}'`;
    await vi.waitFor(async () => expect((await listed(query)).length).toBe(7));
    const ids: string[] = [];
    for await (const { workflowId } of sdk.client.workflow.list({ query, pageSize: 2 })) {
      ids.push(workflowId);
    }
    expect(ids.toSorted()).toEqual(handles.map((handle) => handle.workflowId).toSorted());
  });

  test('count: as many as a list has', async () => {
    const taskQueue = `compat-${randomUUID()}`;
    for (const name of ['a', 'b', 'c']) {
      await sdk.start(workflows.hello, { args: [name], taskQueue });
    }
    const query = `TaskQueue = '${taskQueue}'`;
    await vi.waitFor(async () => expect((await sdk.client.workflow.count(query)).count).toBe(3));
  });
});
