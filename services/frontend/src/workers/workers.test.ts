import { type RpcRequestInit } from '@perdure/wire';
import { beforeEach, expect, test } from 'vitest';
import { type ScriptedFrontend, scriptedFrontend } from '../../fixtures/scripted-frontend.ts';

const namespace = 'default';
const worker = (key: string, more: object = {}) => ({
  workerInstanceKey: key,
  workerIdentity: `${key}@host`,
  taskQueue: 'orders',
  sdkName: 'temporal-typescript',
  sdkVersion: '1.20.0',
  hostInfo: { hostName: 'host', processId: '7' },
  startTime: { seconds: 1_577_836_800 },
  status: 1,
  ...more,
});

let frontend: ScriptedFrontend;
beforeEach(async () => {
  frontend = scriptedFrontend();
  const workerHeartbeat = [
    worker('c', { taskQueue: 'refunds' }),
    worker('a'),
    worker('b', { status: 2, startTime: { seconds: 1_577_836_801 } }),
  ];
  await frontend.ask('RecordWorkerHeartbeat', { namespace, workerHeartbeat });
});

const keys = async (request: RpcRequestInit<'ListWorkers'>): Promise<string> => {
  const { workers } = await frontend.ask('ListWorkers', { namespace, ...request });
  return workers.map(({ workerInstanceKey }) => workerInstanceKey).join('');
};

test('a worker is listed and described as its newest heartbeat says', async () => {
  await frontend.ask('RecordWorkerHeartbeat', {
    namespace,
    workerHeartbeat: [worker('a', { totalStickyCacheHit: 5 }), worker('')],
  });
  const { workers, workersInfo } = await frontend.ask('ListWorkers', { namespace });
  expect(workers[0]).toMatchObject({
    workerInstanceKey: 'a',
    workerIdentity: 'a@host',
    taskQueue: 'orders',
    sdkName: 'temporal-typescript',
    sdkVersion: '1.20.0',
    hostName: 'host',
    processId: '7',
    status: 1,
    startTime: { seconds: 1_577_836_800 },
  });
  expect(workersInfo[0]?.workerHeartbeat).toMatchObject({ totalStickyCacheHit: 5 });
  const described = await frontend.ask('DescribeWorker', { namespace, workerInstanceKey: 'a' });
  expect(described.workerInfo).toEqual(workersInfo[0]);
  expect((await frontend.ask('ListWorkers', { namespace: 'other' })).workers).toEqual([]);
});

test.each([
  ['', 'abc'],
  ["TaskQueue = 'orders'", 'ab'],
  ["TaskQueue != 'orders'", 'c'],
  ["WorkerInstanceKey IN ('a', 'c')", 'ac'],
  ["WorkerStatus = 'Running' AND TaskQueue = 'orders'", 'a'],
  ["Status = 'ShuttingDown'", 'b'],
  ["StartTime > '2020-01-01T00:00:00Z'", 'b'],
  ["HostName = 'host' AND SdkName = 'temporal-typescript' AND SdkVersion = '1.20.0'", 'abc'],
  ["WorkerIdentity = 'b@host'", 'b'],
  ["BuildId = 'x'", ''],
  ["DeploymentName = 'x'", ''],
  ["HeartbeatTime < '2020-01-01T00:00:00Z'", 'abc'],
])('workers by %s', async (query, expected) => {
  expect(await keys({ query })).toBe(expected);
  const { count } = await frontend.ask('CountWorkers', { namespace, query });
  expect(count).toBe(expected.length);
});

test('pages of two are all workers', async () => {
  const first = await frontend.ask('ListWorkers', { namespace, pageSize: 2 });
  expect(await keys({ pageSize: 2 })).toBe('ab');
  expect(await keys({ pageSize: 2, nextPageToken: first.nextPageToken })).toBe('c');
  const all = await frontend.ask('ListWorkers', { namespace, pageSize: 3 });
  expect(all.nextPageToken).toHaveLength(0);
});

test('what is not a field of workers is refused', async () => {
  await expect(keys({ query: "WorkflowId = 'a'" })).rejects.toThrow(
    "invalid query: invalid expression: column name 'WorkflowId' is not a valid search attribute",
  );
  await expect(keys({ pageSize: -1 })).rejects.toThrow('Invalid PageSize.');
  const nobody = frontend.ask('DescribeWorker', { namespace, workerInstanceKey: 'nobody' });
  await expect(nobody).rejects.toThrow('worker nobody is not found');
});

test('heartbeats in a poll for Nexus tasks and in a goodbye count', async () => {
  const taskQueue = { name: 'orders' };
  const workerHeartbeat = [worker('d')];
  await frontend.ask('PollNexusTaskQueue', { namespace, taskQueue, workerHeartbeat });
  await frontend.ask('ShutdownWorker', { namespace, workerHeartbeat: worker('a', { status: 3 }) });
  expect(await keys({})).toBe('abcd');
  expect(await keys({ query: "WorkerStatus = 'Shutdown'" })).toBe('a');
});

test('there is no Nexus task to report', async () => {
  const report = { namespace, taskToken: new Uint8Array(3) };
  for (const rpc of ['RespondNexusTaskCompleted', 'RespondNexusTaskFailed'] as const)
    await expect(frontend.ask(rpc, report)).rejects.toThrow('Nexus task not found');
});

test('a queue has one partition', async () => {
  const partitions = await frontend.ask('ListTaskQueuePartitions', {
    namespace,
    taskQueue: { name: 'orders' },
  });
  expect(partitions.workflowTaskQueuePartitions.map(({ key }) => key)).toEqual(['orders']);
  expect(partitions.activityTaskQueuePartitions.map(({ key }) => key)).toEqual(['orders']);
});
