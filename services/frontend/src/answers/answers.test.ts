import { expect, test } from 'vitest';
import { queueStats, scriptedFrontend } from '../../fixtures/scripted-frontend.ts';

const frontend = scriptedFrontend();

test('GetSystemInfo says what is there', async () => {
  const { serverVersion, capabilities } = await frontend.ask('GetSystemInfo', {});
  expect(serverVersion).toMatch(/^1\.32\.\d+$/);
  expect(capabilities).toEqual({
    signalAndQueryHeader: true,
    internalErrorDifferentiation: true,
    activityFailureIncludeHeartbeat: true,
    encodedFailureAttributes: true,
    sdkMetadata: true,
    countGroupByExecutionStatus: true,
    eagerWorkflowStart: true,
  });
});

test('GetClusterInfo names clients, version and stores', async () => {
  expect(await frontend.ask('GetClusterInfo', {})).toMatchObject({
    supportedClients: { 'temporal-go': '<2.0.0', 'temporal-ui': '<3.0.0' },
    serverVersion: '1.32.0',
    clusterId: 'cluster-id',
    clusterName: 'active',
    historyShardCount: 16_384,
    persistenceStore: 'embedded',
    visibilityStore: 'sqlite',
  });
});

test('DescribeNamespace answers by name and by id', async () => {
  const byName = await frontend.ask('DescribeNamespace', { namespace: 'default' });
  expect(byName).toMatchObject({
    namespaceInfo: {
      name: 'default',
      state: 1,
      capabilities: { eagerWorkflowStart: true, workerHeartbeats: true },
      limits: { blobSizeLimitError: 2_097_152, memoSizeLimitError: 2_097_152 },
    },
    config: { workflowExecutionRetentionTtl: { seconds: 86_400 } },
    replicationConfig: { activeClusterName: 'active', clusters: [{ clusterName: 'active' }] },
  });
  const { capabilities } = byName.namespaceInfo ?? {};
  const can = Object.entries(capabilities ?? {}).filter(([, value]) => value);
  expect(can.map(([name]) => name)).toEqual(['eagerWorkflowStart', 'workerHeartbeats']);
  const byId = await frontend.ask('DescribeNamespace', { id: byName.namespaceInfo?.id ?? '' });
  expect(byId).toEqual(byName);
});

test('DescribeNamespace of none or an unknown one is refused', async () => {
  expect(await frontend.refusal('DescribeNamespace', new Uint8Array())).toMatchObject({
    text: 'INVALID_ARGUMENT: Namespace not set on request.',
  });
  expect(await frontend.refusal('DescribeNamespace', Buffer.from('\x0a\x01x'))).toEqual({
    text: 'NOT_FOUND: Namespace x is not found.',
    detail: { kind: 'namespaceNotFound', namespace: 'x' },
  });
  expect(await frontend.refusal('DescribeNamespace', Buffer.from('\x12\x01x'))).toMatchObject({
    detail: { kind: 'namespaceNotFound', namespace: 'x' },
  });
});

test('ListNamespaces pages through all', async () => {
  const first = await frontend.ask('ListNamespaces', { pageSize: 1 });
  const { nextPageToken } = first;
  const second = await frontend.ask('ListNamespaces', { pageSize: 2, nextPageToken });
  const pages = [first, second].map(({ namespaces }) =>
    namespaces.map(({ namespaceInfo }) => namespaceInfo?.name),
  );
  expect(pages).toEqual([['default'], ['old', 'other']]);
  expect(second.nextPageToken).toHaveLength(0);
  expect((await frontend.ask('ListNamespaces', {})).namespaces).toHaveLength(3);
  const namespaceFilter = { includeDeleted: true };
  const all = await frontend.ask('ListNamespaces', { namespaceFilter });
  expect(all.namespaces.map(({ namespaceInfo }) => namespaceInfo?.state)).toEqual([1, 3, 2, 1]);
});

test('ListNamespaces refuses what is no page', async () => {
  const broken = await frontend.refusal('ListNamespaces', Buffer.from('1201ff', 'hex'));
  expect(broken.text).toBe('INVALID_ARGUMENT: Invalid NextPageToken.');
  const negative = await frontend.refusal(
    'ListNamespaces',
    Buffer.from('08ffffffffffffffffff01', 'hex'),
  );
  expect(negative.text).toBe('INVALID_ARGUMENT: Invalid PageSize.');
});

const queue = { namespace: 'default', taskQueue: { name: 'orders' } };
const pollers = [{ identity: 'worker', lastAccessTime: { seconds: 1 }, ratePerSecond: 100_000 }];
const stats = {
  approximateBacklogCount: queueStats.backlogCount,
  approximateBacklogAge: { seconds: 2, nanos: 500_000_000 },
  tasksAddRate: 1.5,
  tasksDispatchRate: 0.5,
};

test('DescribeTaskQueue shows pollers, and the backlog to who asks', async () => {
  const plain = await frontend.ask('DescribeTaskQueue', queue);
  expect(plain).toMatchObject({ pollers, stats: null, taskQueueStatus: null });
  const full = { ...queue, reportStats: true, includeTaskQueueStatus: true };
  expect(await frontend.ask('DescribeTaskQueue', full)).toMatchObject({
    pollers,
    stats,
    taskQueueStatus: { backlogCountHint: 7 },
  });
});

test('DescribeTaskQueue in enhanced mode answers by type of task', async () => {
  const enhanced = { ...queue, apiMode: 1, reportStats: true, reportPollers: true };
  const { versionsInfo } = await frontend.ask('DescribeTaskQueue', enhanced);
  expect(versionsInfo['']?.typesInfo).toMatchObject({
    1: { pollers, stats },
    2: { pollers, stats },
  });
});
