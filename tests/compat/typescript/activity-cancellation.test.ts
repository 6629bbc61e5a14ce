// Cancelling activities, with each way a workflow may wait for it.

import { describe, expect, test, vi } from 'vitest';
import { expectHistory } from '../../expect-history.ts';
import { receive, send } from './mailbox.ts';
import { sdkUnderTest } from './sdk-under-test.ts';
import * as workflows from './workflows/index.ts';

const sdk = sdkUnderTest();
const times = { startToCloseTimeout: '20s', heartbeatTimeout: '5s' } as const;

const requested = `1 WorkflowExecutionStarted
       2 WorkflowTaskScheduled
       3 WorkflowTaskStarted
       4 WorkflowTaskCompleted
       5 ActivityTaskScheduled
       6 WorkflowExecutionSignaled  signalName=stop
       7 WorkflowTaskScheduled
       8 WorkflowTaskStarted
       9 WorkflowTaskCompleted
       10 ActivityTaskCancelRequested  scheduledEventId=5`;

describe.concurrent('activity cancellation', () => {
  test('wait for completion: the workflow goes on when the activity has ended', async () => {
    const handle = await sdk.start(workflows.cancelActivityOnSignal, {
      args: [
        'beatUntilCancelled',
        { ...times, cancellationType: 'WAIT_CANCELLATION_COMPLETED' },
        'cancel',
      ],
    });
    await receive(`beating ${handle.workflowId}`);
    await handle.signal(workflows.stopSignal);
    expect(await handle.result()).toEqual({ outcome: 'cancelled' });
    expectHistory(
      await sdk.history(handle),
      `${requested}
       11 ActivityTaskStarted  scheduledEventId=5
       12 ActivityTaskCanceled  startedEventId=11 latestCancelRequestedEventId=10
       13 WorkflowTaskScheduled
       14 WorkflowTaskStarted
       15 WorkflowTaskCompleted
       16 WorkflowExecutionCompleted`,
    );
  });

  test('wait for completion: an activity that completes anyway has its result', async () => {
    const handle = await sdk.start(workflows.cancelActivityOnSignal, {
      args: [
        'beatUntilCancelled',
        { ...times, cancellationType: 'WAIT_CANCELLATION_COMPLETED' },
        'complete',
      ],
    });
    await receive(`beating ${handle.workflowId}`);
    await handle.signal(workflows.stopSignal);
    expect(await handle.result()).toEqual({ outcome: 'completed', value: 'completed anyway' });
    const rows = (await sdk.history(handle)).slice(0, 12);
    expectHistory(rows, `${requested}\n 11 ActivityTaskStarted\n 12 ActivityTaskCompleted`);
  });

  test('try: the workflow goes on at once, the activity is told', async () => {
    const handle = await sdk.start(workflows.cancelActivityOnSignal, {
      args: ['beatUntilCancelled', { ...times, cancellationType: 'TRY_CANCEL' }, 'slowly'],
    });
    await receive(`beating ${handle.workflowId}`);
    await handle.signal(workflows.stopSignal);
    expect(await handle.result()).toEqual({ outcome: 'cancelled' });
    await receive(`cancelled ${handle.workflowId}`);
    send(`release ${handle.workflowId}`);
    expectHistory(await sdk.history(handle), `${requested}\n 11 WorkflowExecutionCompleted`);
  });

  test('abandon: the workflow goes on, nothing is asked of the activity', async () => {
    const handle = await sdk.start(workflows.cancelActivityOnSignal, {
      args: ['waitForRelease', { ...times, cancellationType: 'ABANDON' }],
    });
    await receive(`running ${handle.workflowId}`);
    await handle.signal(workflows.stopSignal);
    expect(await handle.result()).toEqual({ outcome: 'cancelled' });
    send(`release ${handle.workflowId}`);
    const types = (await sdk.history(handle)).map((event) => event.eventType);
    expect(types).not.toContain(15);
    expect(types.length).toBe(10);
  });

  test('not started: cancelled without ever running', async () => {
    const handle = await sdk.start(workflows.cancelActivityOnSignal, {
      args: [
        'echo',
        {
          ...times,
          taskQueue: `${sdk.taskQueue}-nobody`,
          cancellationType: 'WAIT_CANCELLATION_COMPLETED',
        },
      ],
    });
    await vi.waitFor(async () => expect((await sdk.history(handle)).length).toBe(5));
    await handle.signal(workflows.stopSignal);
    expect(await handle.result()).toEqual({ outcome: 'cancelled' });
    expectHistory(
      await sdk.history(handle),
      `${requested}
       11 ActivityTaskCanceled  scheduledEventId=5 startedEventId=0
       12 WorkflowTaskScheduled
       13 WorkflowTaskStarted
       14 WorkflowTaskCompleted
       15 WorkflowExecutionCompleted`,
    );
  });

  test('workflow cancelled: its activity is cancelled with it', async () => {
    const handle = await sdk.start(workflows.callActivity, {
      args: [
        'beatUntilCancelled',
        { ...times, cancellationType: 'WAIT_CANCELLATION_COMPLETED' },
        'cancel',
      ],
    });
    await receive(`beating ${handle.workflowId}`);
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow();
    expectHistory(
      await sdk.history(handle),
      `1 WorkflowExecutionStarted
       2 WorkflowTaskScheduled
       3 WorkflowTaskStarted
       4 WorkflowTaskCompleted
       5 ActivityTaskScheduled
       6 WorkflowExecutionCancelRequested
       7 WorkflowTaskScheduled
       8 WorkflowTaskStarted
       9 WorkflowTaskCompleted
       10 ActivityTaskCancelRequested
       11 ActivityTaskStarted
       12 ActivityTaskCanceled
       13 WorkflowTaskScheduled
       14 WorkflowTaskStarted
       15 WorkflowTaskCompleted
       16 WorkflowExecutionCanceled  workflowTaskCompletedEventId=15`,
    );
  });

  test('workflow terminated: a running activity is told that it is gone', async () => {
    const handle = await sdk.start(workflows.callActivity, {
      args: ['beatUntilCancelled', times, 'cancel'],
    });
    await receive(`beating ${handle.workflowId}`);
    await handle.terminate();
    await receive(`cancelled ${handle.workflowId}`);
  });
});
