// Workflow tasks that go wrong or linger (wire-contract 3.3-3.5 and 8), played without an SDK.

import { randomUUID } from 'node:crypto';
import { completeWorkflow, ScriptedRun, startTimer } from '@perdure/testing/golden';
import { expect, test } from 'vitest';
import { expectEvents, expectHistory } from '../expect-history.ts';
import { serverUnderTest } from '../server-under-test.ts';

const server = serverUnderTest();
const stickyQueue = (): string => `golden-sticky-${randomUUID()}`;

const begun = `1 WorkflowExecutionStarted
     2 WorkflowTaskScheduled
     3 WorkflowTaskStarted
     4 WorkflowTaskCompleted`;

test.concurrent('signal and complete in the same task: UnhandledCommand, then the signal is seen', async () => {
  const run = await ScriptedRun.start(server.raw);
  const first = await run.nextWorkflowTask();
  await run.signal('late');
  await expect(run.completeWorkflowTask(first, [completeWorkflow()])).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: 'UnhandledCommand',
  });
  const second = await run.nextWorkflowTask();
  expect(second.attempt).toBe(1);
  await run.completeWorkflowTask(second, [completeWorkflow()]);
  expectHistory(
    await run.history(),
    `1 WorkflowExecutionStarted
     2 WorkflowTaskScheduled
     3 WorkflowTaskStarted
     4 WorkflowTaskFailed  scheduledEventId=2 startedEventId=3 cause=UNHANDLED_COMMAND
     5 WorkflowExecutionSignaled  signalName=late
     6 WorkflowTaskScheduled  attempt=1
     7 WorkflowTaskStarted  scheduledEventId=6
     8 WorkflowTaskCompleted
     9 WorkflowExecutionCompleted`,
  );
});

test.concurrent('task fails twice then ok: only the first failure is written', async () => {
  const run = await ScriptedRun.start(server.raw);
  await run.failWorkflowTask(await run.nextWorkflowTask(), 'first');
  const transient = await run.nextWorkflowTask();
  expect(transient).toMatchObject({ attempt: 2, startedEventId: 6, previousStartedEventId: 0 });
  expectEvents(
    transient.events,
    `1 WorkflowExecutionStarted
     2 WorkflowTaskScheduled
     3 WorkflowTaskStarted
     4 WorkflowTaskFailed
     5 WorkflowTaskScheduled  attempt=2
     6 WorkflowTaskStarted  scheduledEventId=5`,
  );
  await run.failWorkflowTask(transient, 'second');
  const third = await run.nextWorkflowTask();
  expect(third).toMatchObject({ attempt: 3, startedEventId: 6 });
  await run.completeWorkflowTask(third, [completeWorkflow()]);
  expectHistory(
    await run.history(),
    `1 WorkflowExecutionStarted
     2 WorkflowTaskScheduled  attempt=1
     3 WorkflowTaskStarted
     4 WorkflowTaskFailed  cause=WORKFLOW_WORKER_UNHANDLED_FAILURE failure.message=first identity=golden
     5 WorkflowTaskScheduled  attempt=3
     6 WorkflowTaskStarted  scheduledEventId=5
     7 WorkflowTaskCompleted  scheduledEventId=5 startedEventId=6
     8 WorkflowExecutionCompleted`,
  );
});

test.concurrent('signal while a transient task waits: it becomes a written one with attempt 1', async () => {
  const run = await ScriptedRun.start(server.raw);
  await run.failWorkflowTask(await run.nextWorkflowTask(), 'once');
  await run.signal('news');
  const task = await run.nextWorkflowTask();
  expect(task.attempt).toBe(1);
  await run.completeWorkflowTask(task, [completeWorkflow()]);
  expectHistory(
    await run.history(),
    `1 WorkflowExecutionStarted
     2 WorkflowTaskScheduled
     3 WorkflowTaskStarted
     4 WorkflowTaskFailed
     5 WorkflowExecutionSignaled
     6 WorkflowTaskScheduled  attempt=1
     7 WorkflowTaskStarted  scheduledEventId=6
     8 WorkflowTaskCompleted
     9 WorkflowExecutionCompleted`,
  );
});

test.concurrent('task not answered: timed out after start-to-close, tried again', async () => {
  const run = await ScriptedRun.start(server.raw, { workflowTaskTimeout: { seconds: 1 } });
  await run.nextWorkflowTask();
  const second = await run.nextWorkflowTask();
  expect(second.attempt).toBe(2);
  await run.completeWorkflowTask(second, [completeWorkflow()]);
  expectHistory(
    await run.history(),
    `1 WorkflowExecutionStarted  workflowTaskTimeout=1s
     2 WorkflowTaskScheduled  startToCloseTimeout=1s
     3 WorkflowTaskStarted
     4 WorkflowTaskTimedOut  scheduledEventId=2 startedEventId=3 timeoutType=START_TO_CLOSE
     5 WorkflowTaskScheduled  attempt=2
     6 WorkflowTaskStarted
     7 WorkflowTaskCompleted
     8 WorkflowExecutionCompleted`,
  );
});

test.concurrent('sticky: the next task comes to the sticky queue with the new events only', async () => {
  const run = await ScriptedRun.start(server.raw);
  const sticky = stickyQueue();
  const parked = run.nextWorkflowTask({ sticky });
  const first = await run.nextWorkflowTask();
  await run.completeWorkflowTask(first, [startTimer('t', 60_000)], { sticky });
  await run.signal('go');
  const task = await parked;
  expect(task).toMatchObject({ previousStartedEventId: 3, startedEventId: 8 });
  expect(task.workflowExecutionTaskQueue).toMatchObject({ name: run.taskQueue });
  expectEvents(
    task.events,
    `4 WorkflowTaskCompleted
     5 TimerStarted
     6 WorkflowExecutionSignaled
     7 WorkflowTaskScheduled  taskQueue.name=${sticky} taskQueue.kind=STICKY taskQueue.normalName=${run.taskQueue}
     8 WorkflowTaskStarted`,
  );
  await run.completeWorkflowTask(task, [completeWorkflow()]);
});

test.concurrent('sticky worker dies: schedule-to-start times out, then the normal queue, attempt 1', async () => {
  const run = await ScriptedRun.start(server.raw);
  const sticky = stickyQueue();
  await run.pollWorkflowTask({ sticky, timeoutMs: 2_500 });
  const options = { sticky, stickyTimeoutSeconds: 1 };
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [], options);
  await run.signal('anybody');
  const task = await run.nextWorkflowTask();
  expect(task).toMatchObject({ attempt: 1, previousStartedEventId: 3 });
  await run.completeWorkflowTask(task, [completeWorkflow()]);
  expectHistory(
    await run.history(),
    `${begun}
     5 WorkflowExecutionSignaled
     6 WorkflowTaskScheduled  taskQueue.name=${sticky} taskQueue.kind=STICKY
     7 WorkflowTaskTimedOut  scheduledEventId=6 startedEventId=0 timeoutType=SCHEDULE_TO_START
     8 WorkflowTaskScheduled  attempt=1 taskQueue.name=${run.taskQueue} taskQueue.kind=NORMAL
     9 WorkflowTaskStarted  scheduledEventId=8
     10 WorkflowTaskCompleted
     11 WorkflowExecutionCompleted`,
  );
});

test.concurrent('sticky queue without a poller: the task goes to the normal queue at once', async () => {
  const run = await ScriptedRun.start(server.raw);
  const sticky = stickyQueue();
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [], { sticky });
  await run.signal('anybody');
  const began = performance.now();
  const task = await run.nextWorkflowTask();
  expect(performance.now() - began).toBeLessThan(3_000);
  expect(task.events[0]?.eventId).toBe(1);
  await run.completeWorkflowTask(task, [completeWorkflow()]);
});

test.concurrent('task fails while sticky: stickiness goes, the attempt stays 1, both are written', async () => {
  const run = await ScriptedRun.start(server.raw);
  const sticky = stickyQueue();
  const parked = run.nextWorkflowTask({ sticky });
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [], { sticky });
  await run.signal('go');
  await run.failWorkflowTask(await parked, 'evicted');
  const task = await run.nextWorkflowTask();
  expect(task.attempt).toBe(1);
  expect(task.events[0]?.eventId).toBe(1);
  await run.completeWorkflowTask(task, [completeWorkflow()]);
  expectHistory(
    await run.history(),
    `${begun}
     5 WorkflowExecutionSignaled
     6 WorkflowTaskScheduled  taskQueue.kind=STICKY
     7 WorkflowTaskStarted
     8 WorkflowTaskFailed  failure.message=evicted
     9 WorkflowTaskScheduled  attempt=1 taskQueue.kind=NORMAL
     10 WorkflowTaskStarted
     11 WorkflowTaskCompleted
     12 WorkflowExecutionCompleted`,
  );
});

test.concurrent('terminate with the task started: it is failed by force, then terminated', async () => {
  const run = await ScriptedRun.start(server.raw);
  const task = await run.nextWorkflowTask();
  await run.terminate('enough');
  expectHistory(
    await run.history(),
    `1 WorkflowExecutionStarted
     2 WorkflowTaskScheduled
     3 WorkflowTaskStarted
     4 WorkflowTaskFailed  scheduledEventId=2 startedEventId=3 cause=FORCE_CLOSE_COMMAND
     5 WorkflowExecutionTerminated  reason=enough identity=golden`,
  );
  await expect(run.completeWorkflowTask(task, [completeWorkflow()])).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
});

test.concurrent('terminate with the task only scheduled: nothing but terminated', async () => {
  const run = await ScriptedRun.start(server.raw);
  await run.terminate('unstarted');
  expectHistory(
    await run.history(),
    `1 WorkflowExecutionStarted
     2 WorkflowTaskScheduled
     3 WorkflowExecutionTerminated  reason=unstarted`,
  );
});

test.concurrent('heartbeat: a forced new task comes back in the response, started', async () => {
  const run = await ScriptedRun.start(server.raw);
  const first = await run.nextWorkflowTask();
  const { inlineTask } = await run.completeWorkflowTask(first, [], {
    sticky: stickyQueue(),
    returnNew: true,
    forceNew: true,
  });
  expect(inlineTask).toMatchObject({ previousStartedEventId: 3, startedEventId: 6, attempt: 1 });
  expectEvents(
    inlineTask?.events ?? [],
    `4 WorkflowTaskCompleted
     5 WorkflowTaskScheduled
     6 WorkflowTaskStarted  scheduledEventId=5`,
  );
  await run.completeWorkflowTask(inlineTask ?? first, [completeWorkflow()]);
  expectHistory(
    await run.history(),
    `${begun}
     5 WorkflowTaskScheduled
     6 WorkflowTaskStarted  requestId=request-from-RespondWorkflowTaskCompleted
     7 WorkflowTaskCompleted
     8 WorkflowExecutionCompleted`,
  );
});
