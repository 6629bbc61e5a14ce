// Queries (wire-contract 3.7), asked and answered without an SDK.

import {
  applicationFailure,
  completeWorkflow,
  enumValue,
  jsonPayloads,
  namespace,
  readFailure,
  readPayloads,
  ScriptedRun,
  statusOf,
  type WorkflowTask,
} from '@perdure/testing/golden';
import type { RpcRequestInit, RpcResponse } from '@perdure/wire';
import { expect, test } from 'vitest';
import { serverUnderTest } from '../server-under-test.ts';

const server = serverUnderTest();
const answered = enumValue('QUERY_RESULT_TYPE', 'ANSWERED');
const failed = enumValue('QUERY_RESULT_TYPE', 'FAILED');

function query(
  run: ScriptedRun,
  request: RpcRequestInit<'QueryWorkflow'> = {},
  timeoutMs = 10_000,
): Promise<RpcResponse<'QueryWorkflow'>> {
  return run.client.call(
    'QueryWorkflow',
    {
      namespace,
      execution: run.execution,
      query: { queryType: 'state', queryArgs: jsonPayloads('arg') },
      ...request,
    },
    { timeoutMs },
  );
}

async function answer(run: ScriptedRun, task: WorkflowTask, value: unknown): Promise<void> {
  await run.client.call('RespondQueryTaskCompleted', {
    namespace,
    taskToken: task.taskToken,
    completedType: answered,
    queryResult: jsonPayloads(value),
  });
}

test.concurrent('direct: a task of its own with the whole history and no started event', async () => {
  const run = await ScriptedRun.start(server.raw);
  await run.completeWorkflowTask(await run.nextWorkflowTask());
  const asked = query(run);
  const task = await run.nextWorkflowTask();
  expect(task.startedEventId).toBe(0);
  expect(task.query).toMatchObject({ queryType: 'state' });
  expect(readPayloads(task.query?.queryArgs ?? new Uint8Array())).toEqual(['arg']);
  expect(task.events.map((event) => event.eventId)).toEqual([1, 2, 3, 4]);
  await answer(run, task, 'direct');
  expect(readPayloads((await asked).queryResult)).toEqual(['direct']);
  expect((await run.history()).length).toBe(4);
  await run.terminate('end of test');
});

test.concurrent('direct on a closed run: answered from its history', async () => {
  const run = await ScriptedRun.start(server.raw);
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [completeWorkflow()]);
  const asked = query(run);
  const task = await run.nextWorkflowTask();
  expect(task.events.length).toBe(5);
  await answer(run, task, 'closed');
  expect(readPayloads((await asked).queryResult)).toEqual(['closed']);
});

test.concurrent('direct with a sticky worker: asked there, with no events', async () => {
  const run = await ScriptedRun.start(server.raw);
  const sticky = `${run.taskQueue}-sticky`;
  const parked = run.nextWorkflowTask({ sticky });
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [], { sticky });
  const asked = query(run);
  const task = await parked;
  expect(task.query).toMatchObject({ queryType: 'state' });
  expect(task.events).toEqual([]);
  await answer(run, task, 'sticky');
  expect(readPayloads((await asked).queryResult)).toEqual(['sticky']);
  await run.terminate('end of test');
});

test.concurrent('while a task is scheduled: it comes with that task and sees its events', async () => {
  const run = await ScriptedRun.start(server.raw);
  await run.completeWorkflowTask(await run.nextWorkflowTask());
  await run.signal('before the query');
  const asked = query(run);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const task = await run.nextWorkflowTask();
  expect(task.startedEventId).toBe(7);
  const [id = ''] = Object.keys(task.queries);
  expect(task.queries[id]).toMatchObject({ queryType: 'state' });
  const result = { resultType: answered, answer: jsonPayloads('piggybacked') };
  await run.completeWorkflowTask(task, [], { request: { queryResults: { [id]: result } } });
  expect(readPayloads((await asked).queryResult)).toEqual(['piggybacked']);
  await run.terminate('end of test');
});

test.concurrent('while a task is started: answered after it, directly', async () => {
  const run = await ScriptedRun.start(server.raw);
  await run.completeWorkflowTask(await run.nextWorkflowTask());
  await run.signal('before the query');
  const started = await run.nextWorkflowTask();
  const asked = query(run);
  await new Promise((resolve) => setTimeout(resolve, 300));
  await run.completeWorkflowTask(started);
  const task = await run.nextWorkflowTask();
  expect(task.query).toMatchObject({ queryType: 'state' });
  expect(task.events.length).toBe(8);
  await answer(run, task, 'after');
  expect(readPayloads((await asked).queryResult)).toEqual(['after']);
  await run.terminate('end of test');
});

test.concurrent('before the first task: waits for it', async () => {
  const run = await ScriptedRun.start(server.raw);
  const asked = query(run);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const first = await run.nextWorkflowTask();
  await run.completeWorkflowTask(first);
  const task = await run.nextWorkflowTask();
  expect(task.query).toMatchObject({ queryType: 'state' });
  await answer(run, task, 'first');
  expect(readPayloads((await asked).queryResult)).toEqual(['first']);
  await run.terminate('end of test');
});

test.concurrent('failed by the worker: INVALID_ARGUMENT with its failure in the detail', async () => {
  const run = await ScriptedRun.start(server.raw);
  await run.completeWorkflowTask(await run.nextWorkflowTask());
  const asked = statusOf(query(run));
  const task = await run.nextWorkflowTask();
  await run.client.call('RespondQueryTaskCompleted', {
    namespace,
    taskToken: task.taskToken,
    completedType: failed,
    errorMessage: 'no such state',
    failure: applicationFailure('no such state', { type: 'Missing' }),
  });
  const status = await asked;
  expect(status).toMatchObject({ code: 'INVALID_ARGUMENT', message: 'no such state' });
  const failure = readFailure(status.detail('QueryFailedFailure')?.['failure'] as Uint8Array);
  expect(failure.message).toBe('no such state');
  await run.terminate('end of test');
});

// grpc-js may see the stream reset just before its own deadline, which it reports as CANCELLED.
test.concurrent('not answered in time: DEADLINE_EXCEEDED', async () => {
  const run = await ScriptedRun.start(server.raw);
  await run.completeWorkflowTask(await run.nextWorkflowTask());
  const status = await statusOf(query(run, {}, 2_000));
  expect(status.code).toBeOneOf(['DEADLINE_EXCEEDED', 'CANCELLED']);
  await run.terminate('end of test');
});

test.concurrent('task that failed three times: FAILED_PRECONDITION with WorkflowNotReady', async () => {
  const run = await ScriptedRun.start(server.raw);
  await run.completeWorkflowTask(await run.nextWorkflowTask());
  await run.signal('poison');
  for (const attempt of [1, 2, 3]) {
    await run.failWorkflowTask(await run.nextWorkflowTask(), `attempt ${attempt}`);
  }
  const status = await statusOf(query(run));
  expect(status.code).toBe('FAILED_PRECONDITION');
  expect(status.message).toBe('Unable to query workflow due to Workflow Task in failed state.');
  expect(status.detail('WorkflowNotReadyFailure')).toBeDefined();
  await run.terminate('end of test');
});

const conditions: readonly {
  condition: string;
  end: 'complete' | 'terminate';
  rejected: boolean;
}[] = [
  { condition: 'NOT_OPEN', end: 'complete', rejected: true },
  { condition: 'NOT_OPEN', end: 'terminate', rejected: true },
  { condition: 'NOT_COMPLETED_CLEANLY', end: 'complete', rejected: false },
  { condition: 'NOT_COMPLETED_CLEANLY', end: 'terminate', rejected: true },
];
for (const { condition, end, rejected } of conditions) {
  const outcome = rejected ? 'rejected with the status' : 'asked';
  test.concurrent(`reject condition ${condition} after ${end}: ${outcome}`, async () => {
    const run = await ScriptedRun.start(server.raw);
    const commands = end === 'complete' ? [completeWorkflow()] : [];
    await run.completeWorkflowTask(await run.nextWorkflowTask(), commands);
    if (end === 'terminate') await run.terminate('for the query');
    const queryRejectCondition = enumValue('QUERY_REJECT_CONDITION', condition);
    const asked = query(run, { queryRejectCondition });
    if (rejected) {
      const status = end === 'complete' ? 'COMPLETED' : 'TERMINATED';
      expect((await asked).queryRejected).toMatchObject({
        status: enumValue('WORKFLOW_EXECUTION_STATUS', status),
      });
      return;
    }
    await answer(run, await run.nextWorkflowTask(), 'asked');
    expect((await asked).queryRejected).toBeNull();
  });
}
