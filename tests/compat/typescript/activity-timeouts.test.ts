// The four time-outs of an activity, and heartbeats.

import { ActivityFailure, TimeoutFailure, type WorkflowFailedError } from '@temporalio/client';
import { describe, expect, test, vi } from 'vitest';
import { expectHistory } from '../../expect-history.ts';
import { sdkUnderTest } from './sdk-under-test.ts';
import * as workflows from './workflows/index.ts';

const sdk = sdkUnderTest();

const begun = `1 WorkflowExecutionStarted
       2 WorkflowTaskScheduled
       3 WorkflowTaskStarted
       4 WorkflowTaskCompleted`;
const ended = (first: number): string => `${first} WorkflowTaskScheduled
       ${first + 1} WorkflowTaskStarted
       ${first + 2} WorkflowTaskCompleted
       ${first + 3} WorkflowExecutionFailed`;

async function timeoutOf(
  result: Promise<unknown>,
): Promise<{ failure: ActivityFailure; timeout: TimeoutFailure }> {
  const error = (await result.catch((thrown: unknown) => thrown)) as WorkflowFailedError;
  expect(error.cause).toBeInstanceOf(ActivityFailure);
  const failure = error.cause as ActivityFailure;
  expect(failure.cause).toBeInstanceOf(TimeoutFailure);
  return { failure, timeout: failure.cause as TimeoutFailure };
}

describe.concurrent('activity time-out', () => {
  test('schedule to start: nobody takes it, never tried again', async () => {
    const options = {
      taskQueue: `${sdk.taskQueue}-nobody`,
      scheduleToStartTimeout: '1s',
      startToCloseTimeout: '10s',
    } as const;
    const handle = await sdk.start(workflows.callActivity, { args: ['echo', options, 1] });
    const { timeout } = await timeoutOf(handle.result());
    expect(timeout.timeoutType).toBe('SCHEDULE_TO_START');
    expectHistory(
      await sdk.history(handle),
      `${begun}
       5 ActivityTaskScheduled  scheduleToStartTimeout=1s
       6 ActivityTaskTimedOut  scheduledEventId=5 startedEventId=0 failure.timeoutFailureInfo.timeoutType=SCHEDULE_TO_START retryState=TIMEOUT
       ${ended(7)}`,
    );
  });

  test('schedule to close: strikes while an attempt runs', async () => {
    const options = { scheduleToCloseTimeout: '1s', startToCloseTimeout: '10s' } as const;
    const handle = await sdk.start(workflows.callActivity, { args: ['hang', options] });
    const { timeout } = await timeoutOf(handle.result());
    expect(timeout.timeoutType).toBe('SCHEDULE_TO_CLOSE');
    expectHistory(
      await sdk.history(handle),
      `${begun}
       5 ActivityTaskScheduled  scheduleToCloseTimeout=1s
       6 ActivityTaskStarted
       7 ActivityTaskTimedOut  startedEventId=6 failure.timeoutFailureInfo.timeoutType=SCHEDULE_TO_CLOSE retryState=TIMEOUT
       ${ended(8)}`,
    );
  });

  test('schedule to close: no attempt that would come after it', async () => {
    const options = { scheduleToCloseTimeout: '5s', retry: { initialInterval: '10s' } } as const;
    const handle = await sdk.start(workflows.callActivity, {
      args: ['fail', options, 'not yet', 'NotYet', false],
    });
    const error = (await handle.result().catch((thrown: unknown) => thrown)) as WorkflowFailedError;
    expect((error.cause as ActivityFailure).cause).toMatchObject({ type: 'NotYet' });
    expectHistory(
      await sdk.history(handle),
      `${begun}
       5 ActivityTaskScheduled
       6 ActivityTaskStarted  attempt=1
       7 ActivityTaskFailed  failure.message="not yet" retryState=TIMEOUT
       ${ended(8)}`,
    );
  });

  test('start to close: each attempt for itself, tried again', async () => {
    const retry = { initialInterval: '20ms', maximumAttempts: 2 } as const;
    const handle = await sdk.start(workflows.callActivity, {
      args: ['hangAtFirst', { startToCloseTimeout: '1s', retry }],
    });
    expect(await handle.result()).toBe(2);
    expectHistory(
      await sdk.history(handle),
      `${begun}
       5 ActivityTaskScheduled  startToCloseTimeout=1s
       6 ActivityTaskStarted  attempt=2 lastFailure.timeoutFailureInfo.timeoutType=START_TO_CLOSE
       7 ActivityTaskCompleted  result=2
       8 WorkflowTaskScheduled
       9 WorkflowTaskStarted
       10 WorkflowTaskCompleted
       11 WorkflowExecutionCompleted`,
    );
  });

  test('start to close: the last attempt fails the activity', async () => {
    const retry = { maximumAttempts: 1 };
    const handle = await sdk.start(workflows.callActivity, {
      args: ['hang', { startToCloseTimeout: '1s', retry }],
    });
    const { failure, timeout } = await timeoutOf(handle.result());
    expect(timeout.timeoutType).toBe('START_TO_CLOSE');
    expect(failure.retryState).toBe('MAXIMUM_ATTEMPTS_REACHED');
    expectHistory(
      await sdk.history(handle),
      `${begun}
       5 ActivityTaskScheduled
       6 ActivityTaskStarted  attempt=1
       7 ActivityTaskTimedOut  startedEventId=6 failure.timeoutFailureInfo.timeoutType=START_TO_CLOSE retryState=MAXIMUM_ATTEMPTS_REACHED
       ${ended(8)}`,
    );
  });

  test('heartbeat: silence ends the attempt, and its details reach the next one', async () => {
    const retry = { initialInterval: '20ms', maximumAttempts: 2 } as const;
    const handle = await sdk.start(workflows.callActivity, {
      args: [
        'beatThenHang',
        { startToCloseTimeout: '20s', heartbeatTimeout: '1s', retry },
        { page: 7 },
      ],
    });
    expect(await handle.result()).toEqual({ page: 7 });
    expectHistory(
      (await sdk.history(handle)).slice(0, 7),
      `${begun}
       5 ActivityTaskScheduled  heartbeatTimeout=1s
       6 ActivityTaskStarted  attempt=2 lastFailure.timeoutFailureInfo.timeoutType=HEARTBEAT
       7 ActivityTaskCompleted`,
    );
  });

  test('heartbeat: the last one is in the failure', async () => {
    const retry = { maximumAttempts: 1 };
    const handle = await sdk.start(workflows.callActivity, {
      args: ['beatThenHang', { startToCloseTimeout: '20s', heartbeatTimeout: '1s', retry }, 'last'],
    });
    const { timeout } = await timeoutOf(handle.result());
    expect(timeout.timeoutType).toBe('HEARTBEAT');
    expect(timeout.lastHeartbeatDetails).toBe('last');
  });

  test('heartbeat: an activity that beats is kept alive', async () => {
    const handle = await sdk.start(workflows.callActivity, {
      args: ['beatFor', { startToCloseTimeout: '20s', heartbeatTimeout: '1s' }, 2_500],
    });
    expect(await handle.result()).toBe('kept alive');
    const started = (await sdk.history(handle))[5]?.activityTaskStartedEventAttributes;
    expect(started?.attempt).toBe(1);
  });

  test('heartbeat details: shown while the activity runs', async () => {
    const handle = await sdk.start(workflows.callActivity, {
      args: ['beatFor', { startToCloseTimeout: '20s', heartbeatTimeout: '5s' }, 1_500],
    });
    await vi.waitFor(async () => {
      const [pending] = (await handle.describe()).raw.pendingActivities ?? [];
      expect(pending?.lastHeartbeatTime).toBeTruthy();
      expect(pending?.heartbeatDetails?.payloads?.length).toBe(1);
    });
    await handle.result();
  });
});
