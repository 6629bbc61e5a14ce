// Activities attempt by attempt (wire-contract 3.16): what a poll brings, what a failure leads to, without an SDK.

import {
  applicationFailure,
  completeWorkflow,
  jsonPayloads,
  namespace,
  readPayloads,
  ScriptedRun,
  scheduleActivity,
  statusOf,
} from '@perdure/testing/golden';
import { expect, test } from 'vitest';
import { expectEvents } from '../expect-history.ts';
import { serverUnderTest } from '../server-under-test.ts';

const server = serverUnderTest();
const quickly = { initialInterval: { nanos: 20_000_000 }, backoffCoefficient: 1 };

async function startWithActivity(attributes: object = {}): Promise<ScriptedRun> {
  const run = await ScriptedRun.start(server.raw);
  const command = scheduleActivity(run.taskQueue, 'a', attributes);
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [command]);
  return run;
}

/** Events 6 and 7: how the activity ended. Closes the run. */
async function expectEnd(run: ScriptedRun, table: string): Promise<void> {
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [completeWorkflow()]);
  const rows = table.split('\n').length;
  expectEvents((await run.history()).slice(5, 5 + rows), table);
}

test.concurrent('poll: times, time-outs, attempt and policy of the activity', async () => {
  const run = await startWithActivity({
    scheduleToCloseTimeout: { seconds: 30 },
    heartbeatTimeout: { seconds: 25 },
    retryPolicy: { maximumAttempts: 3 },
  });
  const task = await run.nextActivityTask();
  expect(task).toMatchObject({
    attempt: 1,
    scheduleToCloseTimeout: { seconds: 30 },
    startToCloseTimeout: { seconds: 20 },
    heartbeatTimeout: { seconds: 20 },
    retryPolicy: {
      initialInterval: { seconds: 1 },
      backoffCoefficient: 2,
      maximumInterval: { seconds: 100 },
      maximumAttempts: 3,
    },
  });
  for (const time of [task.scheduledTime, task.currentAttemptScheduledTime, task.startedTime]) {
    expect(time?.seconds).toBeGreaterThan(0);
  }
  expect(task.heartbeatDetails.length).toBe(0);
  await run.terminate('end of test');
});

test.concurrent('heartbeat details: those of the failure reach the next attempt', async () => {
  const run = await startWithActivity({ retryPolicy: quickly });
  const { taskToken } = await run.nextActivityTask();
  await run.client.call('RecordActivityTaskHeartbeat', {
    namespace,
    taskToken,
    details: jsonPayloads('first'),
  });
  await run.client.call('RespondActivityTaskFailed', {
    namespace,
    taskToken,
    failure: applicationFailure('once more'),
    lastHeartbeatDetails: jsonPayloads('last'),
  });
  const second = await run.nextActivityTask();
  expect(readPayloads(second.heartbeatDetails)).toEqual(['last']);
  await run.terminate('end of test');
});

test.concurrent('heartbeat details: without those of the failure, the last heartbeat counts', async () => {
  const run = await startWithActivity({ retryPolicy: quickly });
  const first = await run.nextActivityTask();
  await run.client.call('RecordActivityTaskHeartbeat', {
    namespace,
    taskToken: first.taskToken,
    details: jsonPayloads('beaten'),
  });
  await run.failActivity(first);
  const second = await run.nextActivityTask();
  expect(readPayloads(second.heartbeatDetails)).toEqual(['beaten']);
  await run.terminate('end of test');
});

test.concurrent('failure that the worker did not make: INVALID_ARGUMENT, the attempt goes on', async () => {
  const run = await startWithActivity();
  const task = await run.nextActivityTask();
  const bare = run.client.call('RespondActivityTaskFailed', {
    namespace,
    taskToken: task.taskToken,
    failure: Buffer.from([0x0a, 0x01, 0x78]),
  });
  expect((await statusOf(bare)).code).toBe('INVALID_ARGUMENT');
  await run.completeActivity(task, 'still there');
  await expectEnd(run, '6 ActivityTaskStarted\n7 ActivityTaskCompleted  result="still there"');
});

test.concurrent('next_retry_delay: replaces the interval, and is shown while it passes', async () => {
  const run = await startWithActivity({ retryPolicy: quickly });
  const failure = applicationFailure('later', { nextRetryDelay: { seconds: 60 } });
  await run.failActivity(await run.nextActivityTask(), failure);
  const [pending] = (await run.describe()).pendingActivities;
  expect(pending).toMatchObject({
    activityId: 'a',
    state: 1,
    attempt: 2,
    currentRetryInterval: { seconds: 60 },
  });
  const waits =
    (pending?.nextAttemptScheduleTime?.seconds ?? 0) -
    (pending?.lastAttemptCompleteTime?.seconds ?? 0);
  expect(Math.abs(waits - 60)).toBeLessThanOrEqual(1);
  await run.terminate('end of test');
});

test.concurrent('start-to-close of the last attempt: timed out, with the text of the server', async () => {
  const run = await startWithActivity({
    startToCloseTimeout: { seconds: 1 },
    retryPolicy: { maximumAttempts: 1 },
  });
  await run.nextActivityTask();
  await expectEnd(
    run,
    `6 ActivityTaskStarted  attempt=1 lastFailure.message=none
     7 ActivityTaskTimedOut  scheduledEventId=5 startedEventId=6 failure.message="activity StartToClose timeout" failure.source=Server failure.timeoutFailureInfo.timeoutType=START_TO_CLOSE retryState=MAXIMUM_ATTEMPTS_REACHED`,
  );
});

test.concurrent('heartbeat time-out: with the last details', async () => {
  const run = await startWithActivity({
    heartbeatTimeout: { seconds: 1 },
    retryPolicy: { maximumAttempts: 1 },
  });
  const { taskToken } = await run.nextActivityTask();
  const details = jsonPayloads('alive');
  await run.client.call('RecordActivityTaskHeartbeat', { namespace, taskToken, details });
  await expectEnd(
    run,
    `6 ActivityTaskStarted
     7 ActivityTaskTimedOut  failure.message="activity Heartbeat timeout" failure.timeoutFailureInfo.timeoutType=HEARTBEAT failure.timeoutFailureInfo.lastHeartbeatDetails=alive retryState=MAXIMUM_ATTEMPTS_REACHED`,
  );
});

test.concurrent('time-outs named as not retryable: the first one ends the activity', async () => {
  const run = await startWithActivity({
    startToCloseTimeout: { seconds: 1 },
    retryPolicy: { ...quickly, nonRetryableErrorTypes: ['TemporalTimeout:StartToClose'] },
  });
  await run.nextActivityTask();
  await expectEnd(
    run,
    `6 ActivityTaskStarted  attempt=1
     7 ActivityTaskTimedOut  retryState=NON_RETRYABLE_FAILURE`,
  );
});

// Each of these has one text, whichever timer strikes; the cause is the failure of the attempt before, if any.
const noTime =
  'failure.message="Not enough time to schedule next retry before activity ScheduleToClose timeout, giving up retrying" failure.timeoutFailureInfo.timeoutType=SCHEDULE_TO_CLOSE retryState=TIMEOUT';

test.concurrent('schedule-to-close in the first attempt: timed out, without a cause', async () => {
  const run = await startWithActivity({ scheduleToCloseTimeout: { seconds: 1 } });
  await run.nextActivityTask();
  const rows = `6 ActivityTaskStarted  attempt=1
     7 ActivityTaskTimedOut  ${noTime} failure.cause.message=none`;
  await expectEnd(run, rows);
});

test.concurrent('schedule-to-close too near for a retry: timed out at the end of the attempt', async () => {
  const run = await startWithActivity({
    startToCloseTimeout: { seconds: 1 },
    scheduleToCloseTimeout: { seconds: 10 },
    retryPolicy: { initialInterval: { seconds: 30 } },
  });
  await run.nextActivityTask();
  const rows = `6 ActivityTaskStarted  attempt=1
     7 ActivityTaskTimedOut  ${noTime} failure.cause.message=none`;
  await expectEnd(run, rows);
});

test.concurrent('schedule-to-close in a later attempt: with the failure before as its cause', async () => {
  const run = await startWithActivity({
    scheduleToCloseTimeout: { seconds: 2 },
    retryPolicy: { initialInterval: { seconds: 1 }, backoffCoefficient: 1 },
  });
  await run.failActivity(await run.nextActivityTask(), applicationFailure('first'));
  await run.nextActivityTask();
  const rows = `6 ActivityTaskStarted  attempt=2 lastFailure.message=first
     7 ActivityTaskTimedOut  ${noTime} failure.cause.message=first`;
  await expectEnd(run, rows);
});

test.concurrent('failure too near to schedule-to-close: failed, retry state time-out', async () => {
  const run = await startWithActivity({
    scheduleToCloseTimeout: { seconds: 10 },
    retryPolicy: { initialInterval: { seconds: 30 } },
  });
  await run.failActivity(await run.nextActivityTask(), applicationFailure('too late'));
  const rows = `6 ActivityTaskStarted  attempt=1 lastFailure.message=none
     7 ActivityTaskFailed  failure.message="too late" retryState=TIMEOUT`;
  await expectEnd(run, rows);
});

test.concurrent('schedule-to-start: timed out without a started event', async () => {
  const run = await startWithActivity({ scheduleToStartTimeout: { seconds: 1 } });
  await expectEnd(
    run,
    `6 ActivityTaskTimedOut  startedEventId=0 failure.message="activity ScheduleToStart timeout" failure.timeoutFailureInfo.timeoutType=SCHEDULE_TO_START retryState=TIMEOUT`,
  );
});
