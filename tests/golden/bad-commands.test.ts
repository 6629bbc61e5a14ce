// Commands a server must refuse (wire-contract 2.1 and 2.2): the answer, the event, and that nothing else is done.

import {
  type CommandInit,
  cancelTimer,
  completeWorkflow,
  rawCommand,
  recordMarker,
  requestCancelActivity,
  ScriptedRun,
  scheduleActivity,
  startTimer,
} from '@perdure/testing/golden';
import { expect, test } from 'vitest';
import { expectHistory } from '../expect-history.ts';
import { serverUnderTest } from '../server-under-test.ts';

const server = serverUnderTest();
const long = 'x'.repeat(1_001);

interface Case {
  readonly title: string;
  /** The cause's name; the status message begins with it in camel case. */
  readonly cause: string;
  readonly commands: (queue: string) => readonly CommandInit[];
}

const badActivity = (
  title: string,
  attributes: CommandInit['scheduleActivityTaskCommandAttributes'],
): Case => ({
  title: `ScheduleActivityTask ${title}`,
  cause: 'BAD_SCHEDULE_ACTIVITY_ATTRIBUTES',
  commands: (queue) => [scheduleActivity(queue, 'a', attributes ?? {})],
});

const cases: readonly Case[] = [
  {
    title: 'ScheduleActivityTask without attributes',
    cause: 'BAD_SCHEDULE_ACTIVITY_ATTRIBUTES',
    commands: () => [rawCommand('SCHEDULE_ACTIVITY_TASK')],
  },
  badActivity('without an activity id', { activityId: '' }),
  badActivity('with an activity id that is too long', { activityId: long }),
  badActivity('without an activity type', { activityType: { name: '' } }),
  badActivity('without a task queue', { taskQueue: null }),
  badActivity('without a name of its task queue', { taskQueue: { name: '' } }),
  badActivity('without start-to-close and schedule-to-close', { startToCloseTimeout: null }),
  badActivity('with a negative time-out', { heartbeatTimeout: { seconds: -1 } }),
  badActivity('with a back-off below 1', { retryPolicy: { backoffCoefficient: 0.5 } }),
  badActivity('with negative attempts', { retryPolicy: { maximumAttempts: -1 } }),
  badActivity('with a maximum interval below the initial one', {
    retryPolicy: { initialInterval: { seconds: 5 }, maximumInterval: { seconds: 1 } },
  }),
  {
    title: 'ScheduleActivityTask with the id of a pending activity',
    cause: 'SCHEDULE_ACTIVITY_DUPLICATE_ID',
    commands: (queue) => [scheduleActivity(queue, 'a'), scheduleActivity(queue, 'a')],
  },
  {
    title: 'RequestCancelActivityTask without an event id',
    cause: 'BAD_REQUEST_CANCEL_ACTIVITY_ATTRIBUTES',
    commands: () => [requestCancelActivity(0)],
  },
  {
    title: 'RequestCancelActivityTask for an event that is no pending activity',
    cause: 'BAD_REQUEST_CANCEL_ACTIVITY_ATTRIBUTES',
    commands: () => [requestCancelActivity(3)],
  },
  {
    title: 'StartTimer without attributes',
    cause: 'BAD_START_TIMER_ATTRIBUTES',
    commands: () => [rawCommand('START_TIMER')],
  },
  {
    title: 'StartTimer without an id',
    cause: 'BAD_START_TIMER_ATTRIBUTES',
    commands: () => [startTimer('', 1_000)],
  },
  {
    title: 'StartTimer with an id that is too long',
    cause: 'BAD_START_TIMER_ATTRIBUTES',
    commands: () => [startTimer(long, 1_000)],
  },
  {
    title: 'StartTimer with a negative duration',
    cause: 'BAD_START_TIMER_ATTRIBUTES',
    commands: () => [startTimer('t', -1_000)],
  },
  {
    title: 'StartTimer with the id of an active timer',
    cause: 'START_TIMER_DUPLICATE_ID',
    commands: () => [startTimer('t', 60_000), startTimer('t', 60_000)],
  },
  {
    title: 'CancelTimer without an id',
    cause: 'BAD_CANCEL_TIMER_ATTRIBUTES',
    commands: () => [cancelTimer('')],
  },
  {
    title: 'CancelTimer for a timer that is not active',
    cause: 'BAD_CANCEL_TIMER_ATTRIBUTES',
    commands: () => [cancelTimer('nobody')],
  },
  {
    title: 'RecordMarker without attributes',
    cause: 'BAD_RECORD_MARKER_ATTRIBUTES',
    commands: () => [rawCommand('RECORD_MARKER')],
  },
  {
    title: 'RecordMarker without a name',
    cause: 'BAD_RECORD_MARKER_ATTRIBUTES',
    commands: () => [recordMarker('')],
  },
  {
    title: 'RecordMarker with a name that is too long',
    cause: 'BAD_RECORD_MARKER_ATTRIBUTES',
    commands: () => [recordMarker(long)],
  },
  {
    title: 'CompleteWorkflowExecution without attributes',
    cause: 'BAD_COMPLETE_WORKFLOW_EXECUTION_ATTRIBUTES',
    commands: () => [rawCommand('COMPLETE_WORKFLOW_EXECUTION')],
  },
  {
    title: 'FailWorkflowExecution without attributes',
    cause: 'BAD_FAIL_WORKFLOW_EXECUTION_ATTRIBUTES',
    commands: () => [rawCommand('FAIL_WORKFLOW_EXECUTION')],
  },
  {
    title: 'FailWorkflowExecution without a failure',
    cause: 'BAD_FAIL_WORKFLOW_EXECUTION_ATTRIBUTES',
    commands: () => [
      rawCommand('FAIL_WORKFLOW_EXECUTION', { failWorkflowExecutionCommandAttributes: {} }),
    ],
  },
  {
    title: 'CancelWorkflowExecution without attributes',
    cause: 'BAD_CANCEL_WORKFLOW_EXECUTION_ATTRIBUTES',
    commands: () => [rawCommand('CANCEL_WORKFLOW_EXECUTION')],
  },
];

for (const { title, cause, commands } of cases) {
  test.concurrent(`${title}: the task fails with ${cause}, the other commands are dropped`, async () => {
    const run = await ScriptedRun.start(server.raw);
    const task = await run.nextWorkflowTask();
    const all = [startTimer('dropped', 60_000), ...commands(run.taskQueue)];
    await expect(run.completeWorkflowTask(task, all)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(new RegExp(`^${camel(cause)}(: .+)?$`)) as string,
    });
    const retried = await run.nextWorkflowTask();
    expect(retried.attempt).toBe(2);
    await run.completeWorkflowTask(retried, [completeWorkflow()]);
    expectHistory(
      await run.history(),
      `1 WorkflowExecutionStarted
       2 WorkflowTaskScheduled
       3 WorkflowTaskStarted
       4 WorkflowTaskFailed  scheduledEventId=2 startedEventId=3 cause=${cause} identity=golden
       5 WorkflowTaskScheduled  attempt=2
       6 WorkflowTaskStarted
       7 WorkflowTaskCompleted
       8 WorkflowExecutionCompleted`,
    );
  });
}

test.concurrent('a bad command in a second attempt: refused again, nothing more is written', async () => {
  const run = await ScriptedRun.start(server.raw, { workflowTaskTimeout: { seconds: 1 } });
  for (const attempt of [1, 2]) {
    const task = await run.nextWorkflowTask();
    expect(task.attempt).toBe(attempt);
    await expect(run.completeWorkflowTask(task, [cancelTimer('nobody')])).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  }
  const third = await run.nextWorkflowTask();
  expect(third.attempt).toBe(3);
  await run.completeWorkflowTask(third, [completeWorkflow()]);
  expectHistory(
    await run.history(),
    `1 WorkflowExecutionStarted
     2 WorkflowTaskScheduled
     3 WorkflowTaskStarted
     4 WorkflowTaskFailed  cause=BAD_CANCEL_TIMER_ATTRIBUTES
     5 WorkflowTaskScheduled  attempt=3
     6 WorkflowTaskStarted
     7 WorkflowTaskCompleted
     8 WorkflowExecutionCompleted`,
  );
});

const refusedRequests: readonly { title: string; commands: readonly CommandInit[] }[] = [
  {
    title: 'a command after the closing one',
    commands: [completeWorkflow(), startTimer('t', 1_000)],
  },
  { title: 'a command of an unknown type', commands: [{ commandType: 999 }] },
];
for (const { title, commands } of refusedRequests) {
  test.concurrent(`${title}: the request is refused and nothing is written`, async () => {
    const run = await ScriptedRun.start(server.raw);
    const task = await run.nextWorkflowTask();
    await expect(run.completeWorkflowTask(task, commands)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    expect((await run.history()).length).toBe(3);
    await run.completeWorkflowTask(task, [completeWorkflow()]);
  });
}

test.concurrent('CancelTimer for a timer whose firing is buffered: both vanish, the workflow may complete', async () => {
  const run = await ScriptedRun.start(server.raw);
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [startTimer('t', 1_000)]);
  await run.signal('wake');
  const task = await run.nextWorkflowTask();
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  await run.completeWorkflowTask(task, [cancelTimer('t'), completeWorkflow()]);
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
     11 WorkflowExecutionCompleted`,
  );
});

/** `BadStartTimerAttributes` for BAD_START_TIMER_ATTRIBUTES. */
function camel(cause: string): string {
  return cause
    .toLowerCase()
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
