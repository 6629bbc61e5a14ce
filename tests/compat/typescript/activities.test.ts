// Activities: results, failures and their retries, and completion from elsewhere.

import { usesForeignServer } from '@perdure/testing/harness';
import {
  ActivityCancelledError,
  ActivityFailure,
  ActivityNotFoundError,
  ApplicationFailure,
  WorkflowFailedError,
} from '@temporalio/client';
import { describe, expect, test, vi } from 'vitest';
import { expectHistory } from '../../expect-history.ts';
import { receive, send } from './mailbox.ts';
import { sdkUnderTest } from './sdk-under-test.ts';
import * as workflows from './workflows/index.ts';

const sdk = sdkUnderTest();

const begun = `1 WorkflowExecutionStarted
       2 WorkflowTaskScheduled
       3 WorkflowTaskStarted
       4 WorkflowTaskCompleted`;

/** The failure of the activity that a run failed of. */
async function activityFailure(result: Promise<unknown>): Promise<ActivityFailure> {
  const error = await result.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(WorkflowFailedError);
  const { cause } = error as WorkflowFailedError;
  expect(cause).toBeInstanceOf(ActivityFailure);
  return cause as ActivityFailure;
}

describe.concurrent('activity', () => {
  test('success: its result, and its events with all four time-outs', async () => {
    const handle = await sdk.start(workflows.callActivity, {
      args: ['echo', { startToCloseTimeout: '10s', retry: { maximumAttempts: 3 } }, 'a', 2],
    });
    expect(await handle.result()).toEqual(['a', 2]);
    expectHistory(
      await sdk.history(handle),
      `${begun}
       5 ActivityTaskScheduled  activityId=1 activityType.name=echo taskQueue.name=${sdk.taskQueue} input=a,2 startToCloseTimeout=10s scheduleToCloseTimeout=0s scheduleToStartTimeout=0s heartbeatTimeout=0s retryPolicy.maximumAttempts=3 retryPolicy.initialInterval=1s retryPolicy.maximumInterval=100s retryPolicy.backoffCoefficient=2
       6 ActivityTaskStarted  scheduledEventId=5 attempt=1
       7 ActivityTaskCompleted  scheduledEventId=5 startedEventId=6
       8 WorkflowTaskScheduled
       9 WorkflowTaskStarted
       10 WorkflowTaskCompleted
       11 WorkflowExecutionCompleted`,
    );
  });

  test('schedule-to-close alone: bounds the other time-outs', async () => {
    const handle = await sdk.start(workflows.callActivity, {
      args: ['echo', { scheduleToCloseTimeout: '20s', scheduleToStartTimeout: '1h' }, 1],
    });
    await handle.result();
    const scheduled = (await sdk.history(handle))[4]?.activityTaskScheduledEventAttributes;
    expect(scheduled).toMatchObject({
      scheduleToCloseTimeout: { seconds: 20 },
      scheduleToStartTimeout: { seconds: 20 },
      startToCloseTimeout: { seconds: 20 },
    });
  });

  test('in parallel: twenty at once, each with its own result', async () => {
    const handle = await sdk.start(workflows.callInParallel, {
      args: ['echo', { startToCloseTimeout: '20s' }, 20],
    });
    expect(await handle.result()).toEqual(Array.from({ length: 20 }, (_, index) => index));
  });

  test('retry: tried again with back-off until it succeeds', async () => {
    const retry = { initialInterval: '100ms', backoffCoefficient: 2 } as const;
    const began = Date.now();
    const handle = await sdk.start(workflows.callActivity, {
      args: ['succeedAtAttempt', { startToCloseTimeout: '10s', retry }, 4],
    });
    expect(await handle.result()).toBe(4);
    expect(Date.now() - began).toBeGreaterThanOrEqual(700);
    expectHistory(
      await sdk.history(handle),
      `${begun}
       5 ActivityTaskScheduled  retryPolicy.initialInterval=0.1s retryPolicy.maximumInterval=10s
       6 ActivityTaskStarted  attempt=4 lastFailure.message="attempt 3 failed" lastFailure.applicationFailureInfo.type=TryAgain
       7 ActivityTaskCompleted  result=4
       8 WorkflowTaskScheduled
       9 WorkflowTaskStarted
       10 WorkflowTaskCompleted
       11 WorkflowExecutionCompleted`,
    );
  });

  test('retry: next_retry_delay replaces the interval', async () => {
    const retry = { initialInterval: '1h' } as const;
    const handle = await sdk.start(workflows.callActivity, {
      args: ['succeedAtAttempt', { startToCloseTimeout: '10s', retry }, 2, '50ms'],
    });
    expect(await handle.result()).toBe(2);
  });

  test('maximum attempts: the last failure, and the retry state that says so', async () => {
    const retry = { initialInterval: '20ms', maximumAttempts: 3 } as const;
    const handle = await sdk.start(workflows.callActivity, {
      args: ['fail', { startToCloseTimeout: '10s', retry }, 'no luck', 'Unlucky', false],
    });
    const failure = await activityFailure(handle.result());
    expect(failure).toMatchObject({ activityType: 'fail', retryState: 'MAXIMUM_ATTEMPTS_REACHED' });
    expect(failure.cause).toMatchObject({ message: 'no luck', type: 'Unlucky' });
    expectHistory(
      (await sdk.history(handle)).slice(0, 7),
      `${begun}
       5 ActivityTaskScheduled  retryPolicy.maximumAttempts=3
       6 ActivityTaskStarted  attempt=3
       7 ActivityTaskFailed  failure.message="no luck" retryState=MAXIMUM_ATTEMPTS_REACHED`,
    );
  });

  test('non-retryable failure: no second attempt, details kept', async () => {
    const handle = await sdk.start(workflows.callActivity, {
      args: ['fail', { startToCloseTimeout: '10s' }, 'final', 'Final', true],
    });
    const failure = await activityFailure(handle.result());
    expect(failure.retryState).toBe('NON_RETRYABLE_FAILURE');
    expect(failure.cause).toBeInstanceOf(ApplicationFailure);
    expect(failure.cause).toMatchObject({ nonRetryable: true, details: ['detail', 7] });
    expectHistory(
      await sdk.history(handle),
      `${begun}
       5 ActivityTaskScheduled
       6 ActivityTaskStarted  attempt=1
       7 ActivityTaskFailed  startedEventId=6 failure.message=final retryState=NON_RETRYABLE_FAILURE
       8 WorkflowTaskScheduled
       9 WorkflowTaskStarted
       10 WorkflowTaskCompleted
       11 WorkflowExecutionFailed`,
    );
  });

  test('non-retryable type: named by the policy, not tried again', async () => {
    const retry = { nonRetryableErrorTypes: ['Fatal'] };
    const handle = await sdk.start(workflows.callActivity, {
      args: ['fail', { startToCloseTimeout: '10s', retry }, 'x', 'Fatal', false],
    });
    const failure = await activityFailure(handle.result());
    expect(failure.retryState).toBe('NON_RETRYABLE_FAILURE');
  });

  test('unknown activity: a failure that is tried again', async () => {
    const retry = { maximumAttempts: 2, initialInterval: '20ms' } as const;
    const handle = await sdk.start(workflows.callActivity, {
      args: ['nobodyKnowsMe', { startToCloseTimeout: '10s', retry }],
    });
    const failure = await activityFailure(handle.result());
    expect(failure.cause).toMatchObject({ type: 'NotFoundError' });
  });

  test('completed elsewhere: by its task token, with a heartbeat before', async () => {
    const handle = await sdk.start(workflows.callActivity, {
      args: ['completeElsewhere', { startToCloseTimeout: '20s', heartbeatTimeout: '10s' }],
    });
    const token = await receive<Uint8Array>(`token ${handle.workflowId}`);
    await sdk.client.activity.heartbeat(token, 'on my way');
    const { raw } = await handle.describe();
    expect(raw.pendingActivities?.[0]?.heartbeatDetails).toBeTruthy();
    await sdk.client.activity.complete(token, 'from elsewhere');
    expect(await handle.result()).toBe('from elsewhere');
    const again = sdk.client.activity.complete(token, 'twice');
    await expect(again).rejects.toThrow(ActivityNotFoundError);
  });

  test('eager: started by the completion of the workflow task, without a poll', async ({
    skip,
  }) => {
    // A server may ignore the wish, and the official one does unless it is configured otherwise.
    skip(usesForeignServer());
    const startedBy = async (options: object): Promise<string> => {
      const handle = await sdk.start(workflows.callActivity, {
        args: ['echo', { startToCloseTimeout: '10s', ...options }, 1],
      });
      expect(await handle.result()).toBe(1);
      const started = (await sdk.history(handle))[5]?.activityTaskStartedEventAttributes;
      return started?.requestId ?? '';
    };
    expect(await startedBy({})).toBe('request-from-RespondWorkflowTaskCompleted');
    expect(await startedBy({ allowEagerDispatch: false })).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('completed elsewhere: by its id, in the current run, with a heartbeat before', async () => {
    const handle = await sdk.start(workflows.callActivity, {
      args: ['completeElsewhere', { startToCloseTimeout: '20s', heartbeatTimeout: '10s' }],
    });
    await receive(`token ${handle.workflowId}`);
    const id = { workflowId: handle.workflowId, activityId: '1' };
    await sdk.client.activity.heartbeat(id, 'on my way');
    await sdk.client.activity.complete(id, 'by its id');
    expect(await handle.result()).toBe('by its id');
    const again = sdk.client.activity.complete(id, 'twice');
    await expect(again).rejects.toThrow(ActivityNotFoundError);
  });

  test('failed elsewhere: by its id', async () => {
    const retry = { maximumAttempts: 1 };
    const handle = await sdk.start(workflows.callActivity, {
      args: ['completeElsewhere', { startToCloseTimeout: '20s', retry }],
    });
    await receive(`token ${handle.workflowId}`);
    const id = { workflowId: handle.workflowId, activityId: '1' };
    await sdk.client.activity.fail(id, ApplicationFailure.create({ message: 'by its id' }));
    const failure = await activityFailure(handle.result());
    expect(failure.cause?.message).toBe('by its id');
  });

  test('failed elsewhere: by its task token', async () => {
    const retry = { maximumAttempts: 1 };
    const handle = await sdk.start(workflows.callActivity, {
      args: ['completeElsewhere', { startToCloseTimeout: '20s', retry }],
    });
    const token = await receive<Uint8Array>(`token ${handle.workflowId}`);
    await sdk.client.activity.fail(token, ApplicationFailure.create({ message: 'elsewhere' }));
    const failure = await activityFailure(handle.result());
    expect(failure.cause?.message).toBe('elsewhere');
  });

  test('cancelled elsewhere: told by a heartbeat with the task token', async () => {
    const handle = await sdk.start(workflows.cancelActivityOnSignal, {
      args: [
        'completeElsewhere',
        { startToCloseTimeout: '20s', cancellationType: 'WAIT_CANCELLATION_COMPLETED' },
      ],
    });
    const token = await receive<Uint8Array>(`token ${handle.workflowId}`);
    await handle.signal(workflows.stopSignal);
    await vi.waitFor(() =>
      expect(sdk.client.activity.heartbeat(token)).rejects.toThrow(ActivityCancelledError),
    );
    await sdk.client.activity.reportCancellation(token);
    expect(await handle.result()).toEqual({ outcome: 'cancelled' });
  });

  test('describe: a pending activity with its state, attempt and last failure', async () => {
    const running = await sdk.start(workflows.callActivity, {
      args: ['waitForRelease', { startToCloseTimeout: '20s' }],
    });
    const retrying = await sdk.start(workflows.callActivity, {
      args: ['fail', { startToCloseTimeout: '20s' }, 'try again later', 'Later', false],
    });
    await receive(`running ${running.workflowId}`);
    expect((await running.describe()).raw.pendingActivities).toMatchObject([
      { activityId: '1', activityType: { name: 'waitForRelease' }, state: 2, attempt: 1 },
    ]);
    send(`release ${running.workflowId}`, 'released');
    expect(await running.result()).toBe('released');
    expect((await running.describe()).raw.pendingActivities).toEqual([]);
    await vi.waitFor(async () =>
      expect((await retrying.describe()).raw.pendingActivities).toMatchObject([
        { state: 1, attempt: 2, lastFailure: { message: 'try again later' } },
      ]),
    );
    await retrying.terminate();
  });
});
