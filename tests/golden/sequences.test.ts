// The canonical histories of workflows that go well (wire-contract 8), played without an SDK.

import {
  applicationFailure,
  completeWorkflow,
  jsonPayloads,
  readPayloads,
  ScriptedRun,
  scheduleActivity,
  startTimer,
} from '@perdure/testing/golden';
import { expect, test } from 'vitest';
import { expectEvents, expectHistory } from '../expect-history.ts';
import { serverUnderTest } from '../server-under-test.ts';

const server = serverUnderTest();

test.concurrent('hello: start, one workflow task, completed', async () => {
  const run = await ScriptedRun.start(server.raw, { input: jsonPayloads('world') });
  const task = await run.nextWorkflowTask();
  expect(task).toMatchObject({ previousStartedEventId: 0, startedEventId: 3, attempt: 1 });
  expect(task.workflowExecution).toMatchObject(run.execution);
  expect(task.workflowExecutionTaskQueue).toMatchObject({ name: run.taskQueue });
  expectEvents(
    task.events,
    `1 WorkflowExecutionStarted  input=world
     2 WorkflowTaskScheduled
     3 WorkflowTaskStarted`,
  );
  await run.completeWorkflowTask(task, [completeWorkflow('hello world')]);
  expectHistory(
    await run.history(),
    `1 WorkflowExecutionStarted  attempt=1 input=world workflowType.name=golden-workflow taskQueue.name=${run.taskQueue} originalExecutionRunId=${run.runId} firstExecutionRunId=${run.runId} identity=golden workflowTaskTimeout=10s
     2 WorkflowTaskScheduled  attempt=1 taskQueue.name=${run.taskQueue} startToCloseTimeout=10s
     3 WorkflowTaskStarted  scheduledEventId=2 identity=golden
     4 WorkflowTaskCompleted  scheduledEventId=2 startedEventId=3 identity=golden
     5 WorkflowExecutionCompleted  workflowTaskCompletedEventId=4 result="hello world"`,
  );
});

test.concurrent('hello: the start response and the description name the run', async () => {
  const run = new ScriptedRun(server.raw);
  const started = await run.start();
  expect(started).toMatchObject({ started: true });
  run.runId = started.runId;
  expect((await run.describe()).workflowExecutionInfo).toMatchObject({
    execution: run.execution,
    type: { name: 'golden-workflow' },
    taskQueue: run.taskQueue,
    status: 1,
    historyLength: 2,
    closeTime: null,
  });
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [completeWorkflow()]);
  const info = (await run.describe()).workflowExecutionInfo;
  expect(info).toMatchObject({ status: 2, historyLength: 5 });
  expect(info?.closeTime).not.toBeNull();
});

test.concurrent('one activity: started and completed are written together', async () => {
  const run = await ScriptedRun.start(server.raw);
  const first = await run.nextWorkflowTask();
  await run.completeWorkflowTask(first, [
    scheduleActivity(run.taskQueue, 'a', { input: jsonPayloads(1, 'x') }),
  ]);
  const activity = await run.nextActivityTask();
  expect(activity).toMatchObject({
    workflowNamespace: 'default',
    workflowExecution: run.execution,
    workflowType: { name: 'golden-workflow' },
    activityId: 'a',
    activityType: { name: 'golden-activity' },
    attempt: 1,
    startToCloseTimeout: { seconds: 20 },
  });
  expect(readPayloads(activity.input)).toEqual([1, 'x']);
  expect((await run.history()).length).toBe(5);
  await run.completeActivity(activity, 'done');
  const second = await run.nextWorkflowTask();
  expect(second).toMatchObject({ previousStartedEventId: 3, startedEventId: 9 });
  await run.completeWorkflowTask(second, [completeWorkflow()]);
  expectHistory(
    await run.history(),
    `1 WorkflowExecutionStarted
     2 WorkflowTaskScheduled
     3 WorkflowTaskStarted
     4 WorkflowTaskCompleted
     5 ActivityTaskScheduled  activityId=a activityType.name=golden-activity taskQueue.name=${run.taskQueue} input=1,x workflowTaskCompletedEventId=4 startToCloseTimeout=20s scheduleToStartTimeout=0s scheduleToCloseTimeout=0s heartbeatTimeout=0s retryPolicy.initialInterval=1s retryPolicy.backoffCoefficient=2 retryPolicy.maximumInterval=100s
     6 ActivityTaskStarted  scheduledEventId=5 attempt=1 identity=golden lastFailure.message=none
     7 ActivityTaskCompleted  scheduledEventId=5 startedEventId=6 identity=golden result=done
     8 WorkflowTaskScheduled  attempt=1
     9 WorkflowTaskStarted  scheduledEventId=8
     10 WorkflowTaskCompleted  scheduledEventId=8 startedEventId=9
     11 WorkflowExecutionCompleted  workflowTaskCompletedEventId=10 result=none`,
  );
});

test.concurrent('activity retried twice then ok: attempt 3, and no events of the failed ones', async () => {
  const run = await ScriptedRun.start(server.raw);
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [
    scheduleActivity(run.taskQueue, 'a', {
      retryPolicy: { initialInterval: { nanos: 50_000_000 }, backoffCoefficient: 1 },
    }),
  ]);
  for (const attempt of [1, 2]) {
    const activity = await run.nextActivityTask();
    expect(activity.attempt).toBe(attempt);
    await run.failActivity(activity, applicationFailure(`failure of ${attempt}`));
  }
  const last = await run.nextActivityTask();
  expect(last.attempt).toBe(3);
  expect((await run.history()).length).toBe(5);
  await run.completeActivity(last, 'third');
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [completeWorkflow()]);
  expectHistory(
    await run.history(),
    `1 WorkflowExecutionStarted
     2 WorkflowTaskScheduled
     3 WorkflowTaskStarted
     4 WorkflowTaskCompleted
     5 ActivityTaskScheduled  retryPolicy.initialInterval=0.05s retryPolicy.backoffCoefficient=1 retryPolicy.maximumInterval=5s
     6 ActivityTaskStarted  attempt=3 lastFailure.message="failure of 2"
     7 ActivityTaskCompleted  startedEventId=6 result=third
     8 WorkflowTaskScheduled
     9 WorkflowTaskStarted
     10 WorkflowTaskCompleted
     11 WorkflowExecutionCompleted`,
  );
});

test.concurrent('activity fails for good: started and failed, with the retry state', async () => {
  const run = await ScriptedRun.start(server.raw);
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [
    scheduleActivity(run.taskQueue, 'a'),
  ]);
  const failure = applicationFailure('never again', { nonRetryable: true });
  await run.failActivity(await run.nextActivityTask(), failure);
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [completeWorkflow()]);
  expectHistory(
    await run.history(),
    `1 WorkflowExecutionStarted
     2 WorkflowTaskScheduled
     3 WorkflowTaskStarted
     4 WorkflowTaskCompleted
     5 ActivityTaskScheduled
     6 ActivityTaskStarted  attempt=1
     7 ActivityTaskFailed  scheduledEventId=5 startedEventId=6 failure.message="never again" failure.applicationFailureInfo.type=Golden retryState=NON_RETRYABLE_FAILURE identity=golden
     8 WorkflowTaskScheduled
     9 WorkflowTaskStarted
     10 WorkflowTaskCompleted
     11 WorkflowExecutionCompleted`,
  );
});

test.concurrent('timer: started by a command, fired with a new workflow task', async () => {
  const run = await ScriptedRun.start(server.raw);
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [startTimer('t', 200)]);
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [completeWorkflow()]);
  expectHistory(
    await run.history(),
    `1 WorkflowExecutionStarted
     2 WorkflowTaskScheduled
     3 WorkflowTaskStarted
     4 WorkflowTaskCompleted
     5 TimerStarted  timerId=t startToFireTimeout=0.2s workflowTaskCompletedEventId=4
     6 TimerFired  timerId=t startedEventId=5
     7 WorkflowTaskScheduled
     8 WorkflowTaskStarted
     9 WorkflowTaskCompleted
     10 WorkflowExecutionCompleted`,
  );
});

test.concurrent('signal before the workflow task is started: part of the history it ships', async () => {
  const run = await ScriptedRun.start(server.raw);
  await run.signal('early');
  const task = await run.nextWorkflowTask();
  const table = `1 WorkflowExecutionStarted
     2 WorkflowTaskScheduled
     3 WorkflowExecutionSignaled  signalName=early input=early identity=golden
     4 WorkflowTaskStarted  scheduledEventId=2`;
  expectEvents(task.events, table);
  await run.completeWorkflowTask(task, [completeWorkflow()]);
  expectHistory(
    await run.history(),
    `${table}
     5 WorkflowTaskCompleted  scheduledEventId=2 startedEventId=4
     6 WorkflowExecutionCompleted`,
  );
});

test.concurrent('signal while the workflow task is started: buffered until it completes', async () => {
  const run = await ScriptedRun.start(server.raw);
  const first = await run.nextWorkflowTask();
  await run.signal('during');
  expect((await run.history()).length).toBe(3);
  await run.completeWorkflowTask(first, [startTimer('t', 60_000)]);
  const second = await run.nextWorkflowTask();
  await run.completeWorkflowTask(second, [completeWorkflow()]);
  expectHistory(
    await run.history(),
    `1 WorkflowExecutionStarted
     2 WorkflowTaskScheduled
     3 WorkflowTaskStarted
     4 WorkflowTaskCompleted
     5 TimerStarted
     6 WorkflowExecutionSignaled  signalName=during
     7 WorkflowTaskScheduled
     8 WorkflowTaskStarted
     9 WorkflowTaskCompleted
     10 WorkflowExecutionCompleted`,
  );
});

test.concurrent('buffered events: an activity result comes after the signals that came after it', async () => {
  const run = await ScriptedRun.start(server.raw);
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [
    scheduleActivity(run.taskQueue, 'a'),
  ]);
  const activity = await run.nextActivityTask();
  await run.signal('wake');
  const task = await run.nextWorkflowTask();
  await run.completeActivity(activity, 1);
  await run.signal('after the result');
  await run.completeWorkflowTask(task);
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [completeWorkflow()]);
  expectHistory(
    await run.history(),
    `1 WorkflowExecutionStarted
     2 WorkflowTaskScheduled
     3 WorkflowTaskStarted
     4 WorkflowTaskCompleted
     5 ActivityTaskScheduled
     6 WorkflowExecutionSignaled  signalName=wake
     7 WorkflowTaskScheduled
     8 WorkflowTaskStarted
     9 WorkflowTaskCompleted
     10 ActivityTaskStarted
     11 WorkflowExecutionSignaled  signalName="after the result"
     12 ActivityTaskCompleted  startedEventId=10
     13 WorkflowTaskScheduled
     14 WorkflowTaskStarted
     15 WorkflowTaskCompleted
     16 WorkflowExecutionCompleted`,
  );
});
