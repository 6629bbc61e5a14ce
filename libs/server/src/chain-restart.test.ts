// Chains across restarts: the next run is there with the end of the one before or not at all, and what waits for its time is
// found again, from the log's tail and from the store alone (W6, M5, I15).

import { CommandType, failureCodec, type RpcRequestInit, type RpcResponse } from '@perdure/wire';
import { expect, test } from 'vitest';
import { emptyStorage, namespace, open, rpc, taskQueue } from '../fixtures/in-process.ts';
import type { Services } from './services.ts';

type Command = NonNullable<
  NonNullable<RpcRequestInit<'RespondWorkflowTaskCompleted'>['commands']>[number]
>;
type Start = RpcRequestInit<'StartWorkflowExecution'>;

const workflowId = 'chain';
const soon = { nanos: 150_000_000 };
const retryPolicy = { initialInterval: soon, backoffCoefficient: 1 };
const continueAsNew: Command = {
  commandType: CommandType.ContinueAsNewWorkflowExecution,
  continueAsNewWorkflowExecutionCommandAttributes: { retryPolicy },
};
const fail: Command = {
  commandType: CommandType.FailWorkflowExecution,
  failWorkflowExecutionCommandAttributes: {
    failure: failureCodec.encode({ message: 'broken', applicationFailureInfo: { type: 'T' } }),
  },
};
const complete: Command = {
  commandType: CommandType.CompleteWorkflowExecution,
  completeWorkflowExecutionCommandAttributes: {},
};

async function start(services: Services, request: Start = {}): Promise<string> {
  const { runId } = await rpc(services, 'StartWorkflowExecution', {
    namespace,
    workflowId,
    workflowType: { name: 'order' },
    taskQueue,
    requestId: 'first',
    retryPolicy,
    ...request,
  });
  return runId;
}

async function work(services: Services, command: Command): Promise<string> {
  const task = await rpc(services, 'PollWorkflowTaskQueue', { namespace, taskQueue });
  const { taskToken, workflowExecution } = task;
  await rpc(services, 'RespondWorkflowTaskCompleted', {
    namespace,
    taskToken,
    commands: [command],
  });
  return workflowExecution?.runId ?? '';
}

type Info = NonNullable<RpcResponse<'DescribeWorkflowExecution'>['workflowExecutionInfo']>;

async function describe(services: Services, runId = ''): Promise<Info> {
  const execution = { workflowId, runId };
  const { workflowExecutionInfo } = await rpc(services, 'DescribeWorkflowExecution', {
    namespace,
    execution,
  });
  return workflowExecutionInfo as Info;
}

/** `drained`: everything is in the store, and the log has forgotten it. */
for (const drained of [false, true]) {
  const where = drained ? 'the store alone' : 'the log';

  test(`from ${where}: the next run of a closed one, before its first task`, async () => {
    const storage = emptyStorage();
    const first = await open(storage);
    const runId = await start(first);
    await work(first, fail);
    if (drained) await first.history.drain();
    first.history.stop();

    const second = await open(storage);
    const next = await describe(second);
    expect(next).toMatchObject({ status: 1, firstRunId: runId, historyLength: 1 });
    expect((await describe(second, runId)).status).toBe(3);
    // Its first task comes in its time; the request that began the chain still means its first run.
    expect(await work(second, complete)).toBe(next.execution?.runId);
    expect(await start(second)).toBe(runId);
    expect((await describe(second)).status).toBe(2);
    second.history.stop();
  });

  test(`from ${where}: a chain goes on with a run of which only the task was known`, async () => {
    const storage = emptyStorage();
    const first = await open(storage);
    await start(first);
    if (drained) await first.history.drain();
    first.history.stop();

    const second = await open(storage);
    const runs = [await work(second, continueAsNew), await work(second, fail)];
    if (drained) await second.history.drain();
    second.history.stop();

    const third = await open(storage);
    runs.push(await work(third, continueAsNew), await work(third, complete));
    expect(new Set(runs).size).toBe(4);
    const statuses = await Promise.all(runs.map(async (id) => (await describe(third, id)).status));
    expect(statuses).toEqual([6, 3, 6, 2]);
    expect((await describe(third)).firstRunId).toBe(runs[0]);
    third.history.stop();
  });

  test(`from ${where}: a run that is out of time while nobody is there is tried again`, async () => {
    const storage = emptyStorage();
    const first = await open(storage);
    const runId = await start(first, { workflowRunTimeout: soon });
    if (drained) await first.history.drain();
    first.history.stop();
    await new Promise((resolve) => setTimeout(resolve, 200));

    const second = await open(storage);
    await expect.poll(async () => (await describe(second, runId)).status).toBe(7);
    const next = await describe(second);
    expect(next.execution?.runId).not.toBe(runId);
    expect(next).toMatchObject({ status: 1, firstRunId: runId });
    second.history.stop();
  });

  test(`from ${where}: a start that waits for its time`, async () => {
    const storage = emptyStorage();
    const first = await open(storage);
    await start(first, { workflowStartDelay: { nanos: 400_000_000 } });
    if (drained) await first.history.drain();
    first.history.stop();

    const second = await open(storage);
    expect((await describe(second)).historyLength).toBe(1);
    await work(second, complete);
    const { startTime, executionTime, status } = await describe(second);
    expect(status).toBe(2);
    const ms = (time: typeof startTime): number =>
      (time?.seconds ?? 0) * 1e3 + (time?.nanos ?? 0) / 1e6;
    expect(ms(executionTime) - ms(startTime)).toBe(400);
    second.history.stop();
  });
}
