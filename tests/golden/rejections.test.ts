// Calls that are refused: their status, the texts that clients match (wire-contract 11) and the typed details.

import { randomUUID } from 'node:crypto';
import { Client, credentials, status } from '@grpc/grpc-js';
import {
  completeWorkflow,
  namespace,
  ScriptedRun,
  scheduleActivity,
  statusOf,
} from '@perdure/testing/golden';
import { expect, test } from 'vitest';
import { serverUnderTest } from '../server-under-test.ts';

const server = serverUnderTest();

async function closedRun(): Promise<ScriptedRun> {
  const run = await ScriptedRun.start(server.raw);
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [completeWorkflow()]);
  return run;
}

const alreadyCompleted = { code: 'NOT_FOUND', message: 'workflow execution already completed' };

test.concurrent('signal to a closed run: NOT_FOUND, already completed', async () => {
  const run = await closedRun();
  expect(await statusOf(run.signal('late'))).toMatchObject(alreadyCompleted);
});

test.concurrent('terminate of a closed run: NOT_FOUND, already completed', async () => {
  const run = await closedRun();
  expect(await statusOf(run.terminate('late'))).toMatchObject(alreadyCompleted);
});

test.concurrent('workflow task of a closed run: NOT_FOUND', async () => {
  const run = await ScriptedRun.start(server.raw);
  const task = await run.nextWorkflowTask();
  await run.terminate('now');
  const status = await statusOf(run.completeWorkflowTask(task, []));
  expect(status.code).toBe('NOT_FOUND');
});

test.concurrent('workflow task completed twice: the second is NOT_FOUND', async () => {
  const run = await ScriptedRun.start(server.raw);
  const task = await run.nextWorkflowTask();
  await run.completeWorkflowTask(task, []);
  const status = await statusOf(run.completeWorkflowTask(task, []));
  expect(status).toMatchObject({ code: 'NOT_FOUND', message: 'Workflow task not found.' });
  const failed = await statusOf(run.failWorkflowTask(task, 'again'));
  expect(failed).toMatchObject({ code: 'NOT_FOUND', message: 'Workflow task not found.' });
});

test.concurrent('token of an earlier transient attempt: NOT_FOUND', async () => {
  const run = await ScriptedRun.start(server.raw);
  await run.failWorkflowTask(await run.nextWorkflowTask(), 'first');
  const second = await run.nextWorkflowTask();
  await run.failWorkflowTask(second, 'second');
  const third = await run.nextWorkflowTask();
  const status = await statusOf(run.completeWorkflowTask(second, []));
  expect(status.code).toBe('NOT_FOUND');
  await run.completeWorkflowTask(third, [completeWorkflow()]);
});

test.concurrent('activity completed twice, and after the run is closed: NOT_FOUND', async () => {
  const run = await ScriptedRun.start(server.raw);
  const commands = ['a', 'b'].map((id) => scheduleActivity(run.taskQueue, id));
  await run.completeWorkflowTask(await run.nextWorkflowTask(), commands);
  const first = await run.nextActivityTask();
  const second = await run.nextActivityTask();
  await run.completeActivity(first, 1);
  expect((await statusOf(run.completeActivity(first, 2))).code).toBe('NOT_FOUND');
  await run.terminate('now');
  expect((await statusOf(run.completeActivity(second, 1))).code).toBe('NOT_FOUND');
  const beat = run.client.call('RecordActivityTaskHeartbeat', {
    namespace,
    taskToken: second.taskToken,
  });
  expect((await statusOf(beat)).code).toBe('NOT_FOUND');
});

test.concurrent('token of an earlier activity attempt: NOT_FOUND', async () => {
  const run = await ScriptedRun.start(server.raw);
  const retryPolicy = { initialInterval: { nanos: 20_000_000 } };
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [
    scheduleActivity(run.taskQueue, 'a', { retryPolicy }),
  ]);
  const first = await run.nextActivityTask();
  await run.failActivity(first);
  const second = await run.nextActivityTask();
  expect((await statusOf(run.completeActivity(first, 1))).code).toBe('NOT_FOUND');
  await run.completeActivity(second, 2);
});

test.concurrent('task token that is none: INVALID_ARGUMENT', async () => {
  const taskToken = new Uint8Array([1, 2, 3]);
  const call = server.raw.call('RespondWorkflowTaskCompleted', { namespace, taskToken });
  const status = await statusOf(call);
  expect(status).toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: 'Error deserializing task token.',
  });
});

test.concurrent('workflow that does not exist: NOT_FOUND for each call that names it', async () => {
  const workflowId = `missing-${randomUUID()}`;
  const missing = new ScriptedRun(server.raw, workflowId);
  const calls = [
    missing.signal('x'),
    missing.requestCancel('x'),
    missing.terminate('x'),
    missing.describe(),
    missing.history(),
    server.raw.call('QueryWorkflow', {
      namespace,
      execution: { workflowId },
      query: { queryType: 'q' },
    }),
  ];
  const statuses = await Promise.all(calls.map(statusOf));
  expect(statuses.map((status) => status.code)).toEqual(calls.map(() => 'NOT_FOUND'));
});

test.concurrent('run id that does not exist: NOT_FOUND; one that is no UUID: INVALID_ARGUMENT', async () => {
  const run = await ScriptedRun.start(server.raw);
  const describe = (runId: string): Promise<unknown> =>
    server.raw.call('DescribeWorkflowExecution', {
      namespace,
      execution: { workflowId: run.workflowId, runId },
    });
  expect((await statusOf(describe(randomUUID()))).code).toBe('NOT_FOUND');
  const status = await statusOf(describe('not a uuid'));
  expect(status.code).toBe('INVALID_ARGUMENT');
  expect(status.message).toContain('Invalid RunId');
});

test.concurrent('namespace that does not exist: NOT_FOUND with its name in the detail', async () => {
  const name = `missing-${randomUUID()}`;
  const calls = [
    server.raw.call('DescribeNamespace', { namespace: name }),
    new ScriptedRun(server.raw).start({ namespace: name }),
    server.raw.call('PollWorkflowTaskQueue', { namespace: name, taskQueue: { name: 'q' } }),
  ];
  for (const status of await Promise.all(calls.map(statusOf))) {
    expect(status.code).toBe('NOT_FOUND');
    expect(status.message).toContain(name);
    expect(status.detail('NamespaceNotFoundFailure')).toMatchObject({ namespace: name });
  }
});

test.concurrent('start of a running workflow: ALREADY_EXISTS with run id and request id', async () => {
  const run = new ScriptedRun(server.raw);
  const requestId = randomUUID();
  const { runId } = await run.start({ requestId });
  const status = await statusOf(run.start());
  expect(status.code).toBe('ALREADY_EXISTS');
  expect(status.message).toMatch(
    /^Workflow execution is already running\. WorkflowId: .+, RunId: /,
  );
  expect(status.detail('WorkflowExecutionAlreadyStartedFailure')).toMatchObject({
    runId,
    startRequestId: requestId,
  });
});

const badStarts: readonly { title: string; request: Parameters<ScriptedRun['start']>[0] }[] = [
  { title: 'without a workflow id', request: { workflowId: '' } },
  { title: 'with a workflow id that is too long', request: { workflowId: 'x'.repeat(1_001) } },
  { title: 'without a workflow type', request: { workflowType: { name: '' } } },
  { title: 'without a task queue', request: { taskQueue: { name: '' } } },
  { title: 'without a namespace', request: { namespace: '' } },
  { title: 'with a negative time-out', request: { workflowRunTimeout: { seconds: -1 } } },
  { title: 'with a reserved task queue', request: { taskQueue: { name: '/_sys/x/1' } } },
  { title: 'with a request id that is too long', request: { requestId: 'x'.repeat(1_001) } },
];
for (const { title, request } of badStarts) {
  test.concurrent(`start ${title}: INVALID_ARGUMENT`, async () => {
    const status = await statusOf(new ScriptedRun(server.raw).start(request));
    expect(status.code).toBe('INVALID_ARGUMENT');
  });
}

test.concurrent('signal without a name: INVALID_ARGUMENT', async () => {
  const run = await ScriptedRun.start(server.raw);
  expect((await statusOf(run.signal(''))).code).toBe('INVALID_ARGUMENT');
});

test.concurrent('poll without a task queue: INVALID_ARGUMENT', async () => {
  const call = server.raw.call('PollWorkflowTaskQueue', { namespace });
  expect((await statusOf(call)).code).toBe('INVALID_ARGUMENT');
});

test.concurrent('page token that is none: INVALID_ARGUMENT', async () => {
  const run = await ScriptedRun.start(server.raw);
  const call = server.raw.call('GetWorkflowExecutionHistory', {
    namespace,
    execution: run.execution,
    nextPageToken: new Uint8Array([1, 2, 3]),
  });
  expect((await statusOf(call)).code).toBe('INVALID_ARGUMENT');
});

test.concurrent('request of more than 4 MiB: RESOURCE_EXHAUSTED, and the server goes on', async () => {
  const run = new ScriptedRun(server.raw);
  const status = await statusOf(run.start({ input: Buffer.alloc(4.5 * 1024 * 1024) }));
  expect(status.code).toBe('RESOURCE_EXHAUSTED');
  expect(status.message).toContain('grpc: received message larger than max');
  expect((await run.start()).started).toBe(true);
});

test.concurrent('RPC that does not exist: UNIMPLEMENTED', async () => {
  const path = '/temporal.api.workflowservice.v1.WorkflowService/NoSuchRpc';
  const client = new Client(server.address, credentials.createInsecure());
  const code = await new Promise((resolve) => {
    const same = (bytes: Buffer): Buffer => bytes;
    const deadline = Date.now() + 5_000;
    client.makeUnaryRequest(path, same, same, Buffer.alloc(0), { deadline }, (error) => {
      resolve(error?.code);
    });
  });
  client.close();
  expect(code).toBe(status.UNIMPLEMENTED);
});
