// Polls and long waits (wire-contract 4.4), task by task, without an SDK.

import {
  completeWorkflow,
  namespace,
  ScriptedRun,
  scheduleActivity,
} from '@perdure/testing/golden';
import { expect, test } from 'vitest';
import { serverUnderTest } from '../server-under-test.ts';

const server = serverUnderTest();

test.concurrent('empty workflow poll: an answer without a token, before the deadline', async () => {
  const run = new ScriptedRun(server.raw);
  const began = performance.now();
  const task = await run.pollWorkflowTask({ timeoutMs: 3_000 });
  const elapsed = performance.now() - began;
  expect(task.taskToken.length).toBe(0);
  expect(task.workflowExecution).toBeNull();
  expect(elapsed).toBeGreaterThan(1_500);
  expect(elapsed).toBeLessThan(3_000);
});

test.concurrent('empty activity poll: an answer without a token, before the deadline', async () => {
  const run = new ScriptedRun(server.raw);
  const task = await run.pollActivityTask(2_500);
  expect(task.taskToken.length).toBe(0);
});

test.concurrent('poll that waits: gets the task as soon as there is one', async () => {
  const run = new ScriptedRun(server.raw);
  const waiting = run.pollWorkflowTask();
  await new Promise((resolve) => setTimeout(resolve, 300));
  const began = performance.now();
  await run.start();
  expect((await waiting).startedEventId).toBe(3);
  expect(performance.now() - began).toBeLessThan(2_000);
});

test.concurrent('poll that was cancelled: swallows no task', async () => {
  const run = new ScriptedRun(server.raw);
  const abort = new AbortController();
  const taskQueue = { name: run.taskQueue };
  const canceled = run.client.call(
    'PollWorkflowTaskQueue',
    { namespace, taskQueue },
    { timeoutMs: 20_000, signal: abort.signal },
  );
  const outcome = expect(canceled).rejects.toMatchObject({ code: 'CANCELLED' });
  await new Promise((resolve) => setTimeout(resolve, 200));
  abort.abort();
  await outcome;
  await new Promise((resolve) => setTimeout(resolve, 200));
  run.runId = (await run.start()).runId;
  const task = await run.nextWorkflowTask();
  expect(task.attempt).toBe(1);
  await run.completeWorkflowTask(task, [completeWorkflow()]);
});

test.concurrent('several polls: each task goes to exactly one', async () => {
  const run = await ScriptedRun.start(server.raw);
  const ids = Array.from({ length: 20 }, (_, index) => `a${index}`);
  const commands = ids.map((id) => scheduleActivity(run.taskQueue, id));
  const polls = ids.map(() => run.nextActivityTask());
  await run.completeWorkflowTask(await run.nextWorkflowTask(), commands);
  const tasks = await Promise.all(polls);
  expect(tasks.map((task) => task.activityId).toSorted()).toEqual(ids.toSorted());
  await run.terminate('end of test');
});

test.concurrent('workflow and activity tasks: a queue name serves both, apart', async () => {
  const run = await ScriptedRun.start(server.raw);
  expect((await run.pollActivityTask(2_500)).taskToken.length).toBe(0);
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [
    scheduleActivity(run.taskQueue, 'a'),
  ]);
  expect((await run.pollWorkflowTask({ timeoutMs: 2_500 })).taskToken.length).toBe(0);
  expect((await run.nextActivityTask()).activityId).toBe('a');
  await run.terminate('end of test');
});

test.concurrent('ShutdownWorker: the next task does not wait for the sticky queue', async () => {
  const run = await ScriptedRun.start(server.raw);
  const sticky = `${run.taskQueue}-sticky`;
  await run.pollWorkflowTask({ sticky, timeoutMs: 2_500 });
  const options = { sticky, stickyTimeoutSeconds: 30 };
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [], options);
  await run.client.call('ShutdownWorker', {
    namespace,
    stickyTaskQueue: sticky,
    identity: 'golden',
  });
  await run.signal('go');
  const began = performance.now();
  const task = await run.nextWorkflowTask();
  expect(performance.now() - began).toBeLessThan(3_000);
  expect(task.events[0]?.eventId).toBe(1);
  await run.completeWorkflowTask(task, [completeWorkflow()]);
});

test.concurrent('ResetStickyTaskQueue: the next task comes to the normal queue', async () => {
  const run = await ScriptedRun.start(server.raw);
  const sticky = `${run.taskQueue}-sticky`;
  await run.pollWorkflowTask({ sticky, timeoutMs: 2_500 });
  const options = { sticky, stickyTimeoutSeconds: 30 };
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [], options);
  await run.client.call('ResetStickyTaskQueue', { namespace, execution: run.execution });
  await run.signal('go');
  const task = await run.nextWorkflowTask();
  expect(task.events[0]?.eventId).toBe(1);
  await run.completeWorkflowTask(task, [completeWorkflow()]);
});
