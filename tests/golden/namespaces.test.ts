// Namespaces and their search attributes as a raw client sees them (wire-contract 1.1, 1.8).

import { randomUUID } from 'node:crypto';
import { statusOf } from '@perdure/testing/golden';
import { expect, test } from 'vitest';
import { serverUnderTest } from '../server-under-test.ts';

const server = serverUnderTest();
const workflowExecutionRetentionPeriod = { seconds: 86_400 };
const keyword = 2;
const int = 3;

async function registered(): Promise<string> {
  const namespace = `ns-${randomUUID()}`;
  await server.raw.call('RegisterNamespace', { namespace, workflowExecutionRetentionPeriod });
  return namespace;
}

const start = (namespace: string) =>
  server.raw.call('StartWorkflowExecution', {
    namespace,
    workflowId: 'one',
    workflowType: { name: 'order' },
    taskQueue: { name: 'orders' },
    requestId: randomUUID(),
  });

test.concurrent('a registered namespace is described with what it was given', async () => {
  const namespace = `ns-${randomUUID()}`;
  const given = { description: 'of a test', ownerEmail: 'a@b', data: { team: 'x' } };
  await server.raw.call('RegisterNamespace', {
    namespace,
    workflowExecutionRetentionPeriod: { seconds: 7_200 },
    ...given,
  });
  const described = await server.raw.call('DescribeNamespace', { namespace });
  expect(described).toMatchObject({
    namespaceInfo: {
      ...given,
      name: namespace,
      state: 1,
      id: expect.stringMatching(/^[\da-f-]{36}$/),
    },
    config: { workflowExecutionRetentionTtl: { seconds: 7_200 } },
    replicationConfig: { activeClusterName: 'active', clusters: [{ clusterName: 'active' }] },
    isGlobalNamespace: false,
  });
  const id = described.namespaceInfo?.id ?? '';
  expect(await server.raw.call('DescribeNamespace', { id })).toEqual(described);
});

test.concurrent('a name that is in use: ALREADY_EXISTS with its detail', async () => {
  const namespace = await registered();
  const again = server.raw.call('RegisterNamespace', {
    namespace,
    workflowExecutionRetentionPeriod,
  });
  const status = await statusOf(again);
  expect(status).toMatchObject({
    code: 'ALREADY_EXISTS',
    message: `Namespace "${namespace}" already exists`,
  });
  expect(status.detail('NamespaceAlreadyExistsFailure')).toEqual({});
});

test.concurrent('retention below an hour: INVALID_ARGUMENT', async () => {
  for (const seconds of [undefined, 0, 3_599]) {
    const period = seconds === undefined ? null : { seconds };
    const request = { namespace: 'unused', workflowExecutionRetentionPeriod: period };
    expect(await statusOf(server.raw.call('RegisterNamespace', request))).toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: 'A valid retention period is not set on request.',
    });
  }
});

test.concurrent('an update changes what is given and merges the data', async () => {
  const namespace = await registered();
  const update = (updateInfo: object) =>
    server.raw.call('UpdateNamespace', { namespace, updateInfo });
  await update({ description: 'one', ownerEmail: 'a@b', data: { a: '1', b: '2' } });
  const answer = await update({ description: 'two', data: { b: '3' } });
  expect(answer.namespaceInfo).toMatchObject({
    description: 'two',
    ownerEmail: 'a@b',
    data: { a: '1', b: '3' },
    state: 1,
  });
});

test.concurrent('a namespace goes from registered to deprecated and not back', async () => {
  const namespace = await registered();
  const toState = (state: number) =>
    server.raw.call('UpdateNamespace', { namespace, updateInfo: { state } });
  expect((await toState(2)).namespaceInfo?.state).toBe(2);
  expect(await statusOf(toState(1))).toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: 'Invalid namespace state update.',
  });
});

test.concurrent('a deleted namespace is renamed by its id, and its name unknown', async () => {
  const namespace = await registered();
  const { namespaceInfo } = await server.raw.call('DescribeNamespace', { namespace });
  const deletion = await server.raw.call('DeleteNamespace', { namespace });
  const deletedNamespace = `${namespace}-deleted-${namespaceInfo?.id.slice(0, 5)}`;
  expect(deletion.deletedNamespace).toBe(deletedNamespace);
  const status = await statusOf(server.raw.call('DescribeNamespace', { namespace }));
  expect(status.code).toBe('NOT_FOUND');
  expect(status.detail('NamespaceNotFoundFailure')).toEqual({ namespace });
});

test.concurrent('pages of one namespace each are all namespaces', async () => {
  const namespace = await registered();
  const names: (string | undefined)[] = [];
  let nextPageToken = new Uint8Array();
  do {
    const page = await server.raw.call('ListNamespaces', { pageSize: 1, nextPageToken });
    expect(page.namespaces.length).toBeLessThanOrEqual(1);
    names.push(...page.namespaces.map(({ namespaceInfo }) => namespaceInfo?.name));
    nextPageToken = new Uint8Array(page.nextPageToken);
  } while (nextPageToken.length > 0);
  expect(names).toContain(namespace);
  expect(names).toContain('default');
  expect(new Set(names).size).toBe(names.length);
});

test.concurrent('search attributes: added, listed beside the system ones, removed', async ({
  expect,
}) => {
  const namespace = await registered();
  await expect
    .poll(() =>
      server.raw.call('ListSearchAttributes', { namespace }).then(
        () => 'known',
        () => 'unknown',
      ),
    )
    .toBe('known');
  const list = () => server.raw.call('ListSearchAttributes', { namespace });
  await server.raw.call('AddSearchAttributes', {
    namespace,
    searchAttributes: { Customer: keyword, Total: int },
  });
  await server.raw.call('AddSearchAttributes', { namespace, searchAttributes: { Customer: int } });
  const { customAttributes, systemAttributes } = await list();
  expect(customAttributes).toEqual({ Customer: keyword, Total: int });
  expect(systemAttributes).toMatchObject({ WorkflowType: keyword, HistoryLength: int });
  await server.raw.call('RemoveSearchAttributes', {
    namespace,
    searchAttributes: ['Total', 'Nobody'],
  });
  expect((await list()).customAttributes).toEqual({ Customer: keyword });
});

test.concurrent('search attributes: reserved names and one too many are refused', async ({
  expect,
}) => {
  const namespace = await registered();
  const refused = async (searchAttributes: Record<string, number>) => {
    const add = server.raw.call('AddSearchAttributes', { namespace, searchAttributes });
    const { code, message } = await statusOf(add);
    return `${code}: ${message}`;
  };
  await expect
    .poll(() => refused({ WorkflowId: keyword }))
    .toBe('INVALID_ARGUMENT: Search attribute WorkflowId is reserved by system.');
  expect(await refused({ TemporalMine: keyword })).toBe(
    'INVALID_ARGUMENT: Search attribute TemporalMine is reserved by system.',
  );
  expect(await refused({ a: int, b: int, c: int, d: int })).toBe(
    'INVALID_ARGUMENT: Unable to create search attributes: cannot have more than 3 search attribute of type Int.',
  );
  const remove = server.raw.call('RemoveSearchAttributes', {
    namespace,
    searchAttributes: ['WorkflowId'],
  });
  expect((await statusOf(remove)).message).toBe(
    'Unable to remove non-custom search attributes: WorkflowId.',
  );
});

test.concurrent('runs of two namespaces with one workflow id are apart', async ({ expect }) => {
  const namespaces = [await registered(), await registered()];
  for (const namespace of namespaces)
    await expect.poll(() => start(namespace).then(({ started }) => started, String)).toBe(true);
  const described = await Promise.all(
    namespaces.map((namespace) =>
      server.raw.call('DescribeWorkflowExecution', { namespace, execution: { workflowId: 'one' } }),
    ),
  );
  const runs = described.map(({ workflowExecutionInfo: info }) => info?.execution?.runId);
  expect(new Set(runs).size).toBe(2);
});

test.concurrent('the one cluster is listed', async () => {
  const { clusters } = await server.raw.call('ListClusters', {});
  expect(clusters).toMatchObject([{ clusterName: 'active', isConnectionEnabled: true }]);
});
