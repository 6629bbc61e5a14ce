// Local activities: they run inside a workflow task, and all the server keeps of one is a marker.

import { randomUUID } from 'node:crypto';
import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import { describe, expect, test, vi } from 'vitest';
import { expectHistory } from '../../expect-history.ts';
import { sdkUnderTest } from './sdk-under-test.ts';
import * as workflows from './workflows/index.ts';

const sdk = sdkUnderTest();

describe.concurrent('local activity', () => {
  test('success: its result, and a marker in place of three events', async () => {
    const handle = await sdk.start(workflows.callLocally, {
      args: ['echo', { startToCloseTimeout: '10s' }, 'a', 2],
    });
    expect(await handle.result()).toEqual(['a', 2]);
    expectHistory(
      await sdk.history(handle),
      `1 WorkflowExecutionStarted
       2 WorkflowTaskScheduled
       3 WorkflowTaskStarted
       4 WorkflowTaskCompleted
       5 MarkerRecorded  markerName=core_local_activity workflowTaskCompletedEventId=4 failure.message=none
       6 WorkflowExecutionCompleted  workflowTaskCompletedEventId=4`,
    );
    const marker = (await sdk.history(handle))[4]?.markerRecordedEventAttributes;
    expect(Object.keys(marker?.details ?? {}).sort()).toEqual(['data', 'result']);
  });

  test('retry: tried again in the same task until it succeeds', async () => {
    const retry = { initialInterval: '20ms' } as const;
    const handle = await sdk.start(workflows.callLocally, {
      args: ['succeedAtAttempt', { startToCloseTimeout: '10s', retry }, 3],
    });
    expect(await handle.result()).toBe(3);
    const types = (await sdk.history(handle)).map(({ eventType }) => eventType);
    expect(types.filter((type) => type === 25).length).toBe(1);
  });

  test('failure: the marker holds it, and it reaches the client', async () => {
    const handle = await sdk.start(workflows.callLocally, {
      args: ['fail', { startToCloseTimeout: '10s' }, 'no luck', 'Unlucky', true],
    });
    const error = await handle.result().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(WorkflowFailedError);
    const { cause } = error as WorkflowFailedError;
    expect(cause).toBeInstanceOf(ApplicationFailure);
    expect(cause).toMatchObject({ message: 'no luck', type: 'Unlucky' });
    const marker = (await sdk.history(handle))[4]?.markerRecordedEventAttributes;
    expect(marker?.failure.length).toBeGreaterThan(0);
  });

  test('longer than a workflow task: heartbeats of the task keep it', async () => {
    const handle = await sdk.start(workflows.callLocally, {
      workflowTaskTimeout: '1s',
      args: ['takeTime', { startToCloseTimeout: '20s' }, 2_500],
    });
    expect(await handle.result()).toBe('done at last');
    const types = (await sdk.history(handle)).map(({ eventType }) => eventType);
    // Several tasks completed, none timed out.
    expect(types.filter((type) => type === 7).length).toBeGreaterThan(2);
    expect(types).not.toContain(8);
  });

  test('replay: another worker takes the result from the marker', async () => {
    const taskQueue = `compat-${randomUUID()}`;
    const counter = randomUUID();
    const first = await sdk.startWorker({ taskQueue });
    const handle = await sdk.start(workflows.countLocally, { taskQueue, args: [counter, 1_500] });
    await vi.waitFor(async () => {
      const types = (await sdk.history(handle)).map(({ eventType }) => eventType);
      expect(types).toContain(17);
    });
    await first.shutdown();
    await sdk.startWorker({ taskQueue });
    expect(await handle.result()).toEqual([1, 2]);
  });
});
