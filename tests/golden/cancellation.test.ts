// Cancelling: of a run, of its activities in each state, and of timers (wire-contract 3.16 and 8), without an SDK.

import {
  cancelTimer,
  cancelWorkflow,
  completeWorkflow,
  jsonPayloads,
  namespace,
  requestCancelActivity,
  ScriptedRun,
  scheduleActivity,
  startTimer,
  statusOf,
} from '@perdure/testing/golden';
import { expect, test } from 'vitest';
import { expectHistory } from '../expect-history.ts';
import { serverUnderTest } from '../server-under-test.ts';

const server = serverUnderTest();

const withActivity = `1 WorkflowExecutionStarted
     2 WorkflowTaskScheduled
     3 WorkflowTaskStarted
     4 WorkflowTaskCompleted
     5 ActivityTaskScheduled`;

async function startWithActivity(attributes: object = {}): Promise<ScriptedRun> {
  const run = await ScriptedRun.start(server.raw);
  const command = scheduleActivity(run.taskQueue, 'a', attributes);
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [command]);
  return run;
}

test.concurrent('cancel a started activity: told by its heartbeat, started is written at the close', async () => {
  const run = await startWithActivity({ heartbeatTimeout: { seconds: 20 } });
  const activity = await run.nextActivityTask();
  const { taskToken } = activity;
  const beat = (): Promise<{ cancelRequested: boolean }> =>
    run.client.call('RecordActivityTaskHeartbeat', { namespace, taskToken });
  expect((await beat()).cancelRequested).toBe(false);
  await run.requestCancel('please');
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [requestCancelActivity(5)]);
  expect((await beat()).cancelRequested).toBe(true);
  await run.client.call('RespondActivityTaskCanceled', {
    namespace,
    taskToken,
    details: jsonPayloads('stopped'),
    identity: 'golden',
  });
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [cancelWorkflow()]);
  expectHistory(
    await run.history(),
    `${withActivity}
     6 WorkflowExecutionCancelRequested  cause=please identity=golden
     7 WorkflowTaskScheduled
     8 WorkflowTaskStarted
     9 WorkflowTaskCompleted
     10 ActivityTaskCancelRequested  scheduledEventId=5 workflowTaskCompletedEventId=9
     11 ActivityTaskStarted  scheduledEventId=5 attempt=1
     12 ActivityTaskCanceled  scheduledEventId=5 startedEventId=11 latestCancelRequestedEventId=10 details=stopped identity=golden
     13 WorkflowTaskScheduled
     14 WorkflowTaskStarted
     15 WorkflowTaskCompleted
     16 WorkflowExecutionCanceled  workflowTaskCompletedEventId=15`,
  );
});

test.concurrent('cancel an unstarted activity: canceled at once, with a new workflow task', async () => {
  const run = await startWithActivity();
  await run.signal('stop');
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [requestCancelActivity(5)]);
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [completeWorkflow()]);
  expectHistory(
    await run.history(),
    `${withActivity}
     6 WorkflowExecutionSignaled
     7 WorkflowTaskScheduled
     8 WorkflowTaskStarted
     9 WorkflowTaskCompleted
     10 ActivityTaskCancelRequested  scheduledEventId=5 workflowTaskCompletedEventId=9
     11 ActivityTaskCanceled  scheduledEventId=5 startedEventId=0 latestCancelRequestedEventId=10 details=ACTIVITY_ID_NOT_STARTED
     12 WorkflowTaskScheduled
     13 WorkflowTaskStarted
     14 WorkflowTaskCompleted
     15 WorkflowExecutionCompleted`,
  );
  expect((await run.pollActivityTask(2_500)).taskToken.length).toBe(0);
});

test.concurrent('cancel an activity between two attempts: canceled at once', async () => {
  const run = await startWithActivity({ retryPolicy: { initialInterval: { seconds: 60 } } });
  await run.failActivity(await run.nextActivityTask());
  await run.signal('stop');
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [requestCancelActivity(5)]);
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [completeWorkflow()]);
  expectHistory(
    await run.history(),
    `${withActivity}
     6 WorkflowExecutionSignaled
     7 WorkflowTaskScheduled
     8 WorkflowTaskStarted
     9 WorkflowTaskCompleted
     10 ActivityTaskCancelRequested
     11 ActivityTaskCanceled  startedEventId=0
     12 WorkflowTaskScheduled
     13 WorkflowTaskStarted
     14 WorkflowTaskCompleted
     15 WorkflowExecutionCompleted`,
  );
});

test.concurrent('an activity asked to cancel that fails: no retry, retry state cancel requested', async () => {
  const run = await startWithActivity();
  const activity = await run.nextActivityTask();
  await run.signal('stop');
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [requestCancelActivity(5)]);
  await run.failActivity(activity);
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [completeWorkflow()]);
  expectHistory(
    await run.history(),
    `${withActivity}
     6 WorkflowExecutionSignaled
     7 WorkflowTaskScheduled
     8 WorkflowTaskStarted
     9 WorkflowTaskCompleted
     10 ActivityTaskCancelRequested
     11 ActivityTaskStarted
     12 ActivityTaskFailed  retryState=CANCEL_REQUESTED
     13 WorkflowTaskScheduled
     14 WorkflowTaskStarted
     15 WorkflowTaskCompleted
     16 WorkflowExecutionCompleted`,
  );
});

test.concurrent('an activity asked to cancel that completes: its result counts', async () => {
  const run = await startWithActivity();
  const activity = await run.nextActivityTask();
  await run.signal('stop');
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [requestCancelActivity(5)]);
  await run.completeActivity(activity, 'too late');
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [completeWorkflow()]);
  const rows = (await run.history()).slice(9, 12).map((event) => event.eventType);
  expect(rows).toEqual([15, 11, 12]);
});

test.concurrent('RespondActivityTaskCanceled without a request to cancel: INVALID_ARGUMENT', async () => {
  const run = await startWithActivity();
  const { taskToken } = await run.nextActivityTask();
  const call = run.client.call('RespondActivityTaskCanceled', { namespace, taskToken });
  const status = await statusOf(call);
  expect(status.code).toBe('INVALID_ARGUMENT');
  expect(status.message).toContain(
    'unable to mark activity as canceled without activity being request canceled first',
  );
});

test.concurrent('RequestCancelActivityTask twice: the second is a bad command', async () => {
  const run = await startWithActivity();
  await run.nextActivityTask();
  await run.signal('stop');
  const twice = [requestCancelActivity(5), requestCancelActivity(5)];
  const call = run.completeWorkflowTask(await run.nextWorkflowTask(), twice);
  await expect(call).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  expectHistory(
    await run.history(),
    `${withActivity}
     6 WorkflowExecutionSignaled
     7 WorkflowTaskScheduled
     8 WorkflowTaskStarted
     9 WorkflowTaskFailed  cause=BAD_REQUEST_CANCEL_ACTIVITY_ATTRIBUTES
     10 WorkflowTaskScheduled  attempt=2`,
  );
});

test.concurrent('cancel a timer: canceled, and it never fires', async () => {
  const run = await ScriptedRun.start(server.raw);
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [startTimer('t', 1_500)]);
  await run.signal('stop');
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [cancelTimer('t')]);
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  await run.signal('end');
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [completeWorkflow()]);
  expectHistory(
    await run.history(),
    `1 WorkflowExecutionStarted
     2 WorkflowTaskScheduled
     3 WorkflowTaskStarted
     4 WorkflowTaskCompleted
     5 TimerStarted
     6 WorkflowExecutionSignaled
     7 WorkflowTaskScheduled
     8 WorkflowTaskStarted
     9 WorkflowTaskCompleted
     10 TimerCanceled  timerId=t startedEventId=5 workflowTaskCompletedEventId=9 identity=golden
     11 WorkflowExecutionSignaled  signalName=end
     12 WorkflowTaskScheduled
     13 WorkflowTaskStarted
     14 WorkflowTaskCompleted
     15 WorkflowExecutionCompleted`,
  );
});

test.concurrent('cancel request twice and on a closed run: accepted, written once', async () => {
  const run = await ScriptedRun.start(server.raw);
  await run.requestCancel('first');
  await run.requestCancel('second');
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [cancelWorkflow()]);
  await run.requestCancel('closed by now');
  expectHistory(
    await run.history(),
    `1 WorkflowExecutionStarted
     2 WorkflowTaskScheduled
     3 WorkflowExecutionCancelRequested  cause=first
     4 WorkflowTaskStarted
     5 WorkflowTaskCompleted
     6 WorkflowExecutionCanceled`,
  );
});
