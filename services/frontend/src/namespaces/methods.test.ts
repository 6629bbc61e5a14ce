// The methods about namespaces and search attributes: what they change and what they refuse. Texts are the official
// server's, word for word.

import { jsonPayload, IndexedValueType as Type } from '@perdure/wire';
import { beforeEach, describe, expect, test } from 'vitest';
import { type ScriptedFrontend, scriptedFrontend } from '../../fixtures/scripted-frontend.ts';
import { long, refusalOf, rows } from '../../fixtures/spoiled.ts';
import { validRequests } from '../../fixtures/valid-requests.ts';

let frontend: ScriptedFrontend;
beforeEach(() => {
  frontend = scriptedFrontend();
});

const namespace = 'default';
const noRetention = 'A valid retention period is not set on request.';

test.each([
  ...rows('RegisterNamespace', 'INVALID_ARGUMENT', {
    'Namespace not set on request.': [{ namespace: '' }],
    'Namespace length exceeds limit.': [{ namespace: long }],
    [noRetention]: [
      { workflowExecutionRetentionPeriod: null },
      { workflowExecutionRetentionPeriod: { seconds: 3_599, nanos: 999_000_000 } },
      { workflowExecutionRetentionPeriod: { seconds: -3_600 } },
      { workflowExecutionRetentionPeriod: { seconds: 3_601, nanos: -1 } },
    ],
    'Cannot register global namespace when not enabled': [{ isGlobalNamespace: true }],
    'Invalid cluster name: elsewhere': [
      { activeClusterName: 'elsewhere' },
      { clusters: [{ clusterName: 'active' }, { clusterName: 'elsewhere' }] },
    ],
  }),
  ...rows('UpdateNamespace', 'INVALID_ARGUMENT', {
    'Namespace not set on request.': [{ namespace: '' }],
    [noRetention]: [{ config: { workflowExecutionRetentionTtl: { seconds: 1 } } }],
    "Bad binary checksum abc doesn't exists.": [{ deleteBadBinary: 'abc' }],
    'Invalid cluster name: elsewhere': [{ replicationConfig: { activeClusterName: 'elsewhere' } }],
    'Invalid namespace state update.': [
      { namespace: 'old', updateInfo: { state: 1 } },
      { updateInfo: { state: 4 } },
    ],
  }),
  ...rows('DeprecateNamespace', 'INVALID_ARGUMENT', {
    'Namespace not set on request.': [{ namespace: '' }],
    'Invalid namespace state update.': [{ namespace: 'gone' }],
  }),
  ...rows('DeleteNamespace', 'INVALID_ARGUMENT', {
    'Namespace not set on request.': [{ namespace: '' }],
    'Only one of namespace name or Id should be set on request.': [{ namespaceId: 'x' }],
  }),
  ...rows('AddSearchAttributes', 'INVALID_ARGUMENT', {
    'Namespace is not set on request.': [{ namespace: '' }],
    'SearchAttributes are not set on request.': [{ searchAttributes: {} }],
    'Search attribute WorkflowId is reserved by system.': [{ searchAttributes: { WorkflowId: 2 } }],
    'Search attribute TemporalMine is reserved by system.': [
      { searchAttributes: { TemporalMine: 2 } },
    ],
    'Unknown search attribute type: 99.': [{ searchAttributes: { Customer: 99 } }],
    'Unable to create search attributes: cannot have more than 0 search attribute of type Unspecified.':
      [{ searchAttributes: { Customer: 0 } }],
  }),
  ...rows('RemoveSearchAttributes', 'INVALID_ARGUMENT', {
    'Namespace is not set on request.': [{ namespace: '' }],
    'SearchAttributes are not set on request.': [{ searchAttributes: [] }],
    'Unable to remove non-custom search attributes: BuildIds.': [
      { searchAttributes: ['Customer', 'BuildIds'] },
    ],
  }),
  ...rows('ListSearchAttributes', 'INVALID_ARGUMENT', {
    'Namespace is not set on request.': [{ namespace: '' }],
  }),
  ...rows('ListSearchAttributes', 'NOT_FOUND', {
    'Namespace nope is not found.': [{ namespace: 'nope' }],
  }),
])('$rpc with $fields: $text', async ({ rpc, fields, text }) => {
  expect((await refusalOf(rpc, fields)).text).toBe(text);
});

describe('UpdateNamespace', () => {
  test('changes what is given, merges data, and answers like DescribeNamespace', async () => {
    await frontend.ask('UpdateNamespace', {
      namespace,
      updateInfo: { description: 'first', ownerEmail: 'a@b', data: { a: '1', b: '2' } },
    });
    const answer = await frontend.ask('UpdateNamespace', {
      namespace,
      updateInfo: { data: { b: '3' } },
      config: { workflowExecutionRetentionTtl: { seconds: 7_200 } },
    });
    expect(answer).toMatchObject({
      namespaceInfo: {
        description: 'first',
        ownerEmail: 'a@b',
        data: { a: '1', b: '3' },
        state: 1,
      },
      config: { workflowExecutionRetentionTtl: { seconds: 7_200 } },
    });
    const described = await frontend.ask('DescribeNamespace', { namespace });
    expect(described).toMatchObject({ namespaceInfo: answer.namespaceInfo, config: answer.config });
  });

  test('a namespace that is deprecated starts nothing, and stays so', async () => {
    await frontend.ask('DeprecateNamespace', { namespace });
    await frontend.ask('UpdateNamespace', { namespace, updateInfo: { state: 2 } });
    const { namespaceInfo } = await frontend.ask('DescribeNamespace', { namespace });
    expect(namespaceInfo?.state).toBe(2);
  });
});

describe('search attributes', () => {
  const list = async () =>
    (await frontend.ask('ListSearchAttributes', { namespace })).customAttributes;

  test('what was added is listed beside those of the system; a known name keeps its type', async () => {
    const add = { Customer: Type.Keyword, Total: Type.Int, '': Type.Text };
    await frontend.ask('AddSearchAttributes', { namespace, searchAttributes: add });
    await frontend.ask('AddSearchAttributes', {
      namespace,
      searchAttributes: { Total: Type.Bool },
    });
    expect(await list()).toEqual({ Customer: Type.Keyword, Total: Type.Int });
    const { systemAttributes } = await frontend.ask('ListSearchAttributes', { namespace });
    expect(systemAttributes).toMatchObject({
      ExecutionStatus: Type.Keyword,
      CloseTime: Type.Datetime,
      HistoryLength: Type.Int,
      BuildIds: Type.KeywordList,
    });
    const { keys } = await frontend.ask('GetSearchAttributes', {});
    expect(keys).toEqual({ ...systemAttributes, Customer: Type.Keyword, Total: Type.Int });
  });

  test('what was removed is gone; an unknown name is passed over', async () => {
    await frontend.ask('AddSearchAttributes', { namespace, searchAttributes: { a: 2, b: 2 } });
    const searchAttributes = ['a', 'nope'];
    await frontend.ask('RemoveSearchAttributes', { namespace, searchAttributes });
    expect(await list()).toEqual({ b: 2 });
  });

  test.each([
    ['Text', 3],
    ['Keyword', 10],
    ['Int', 3],
    ['Double', 3],
    ['Bool', 3],
    ['Datetime', 3],
    ['KeywordList', 3],
  ] as const)('of type %s there are at most %i, all of a request or none', async (type, most) => {
    const numbered = (from: number, to: number) =>
      Object.fromEntries(
        Array.from({ length: to - from + 1 }, (_, i) => [`a${from + i}`, Type[type]]),
      );
    const add = (searchAttributes: Record<string, number>) =>
      frontend.ask('AddSearchAttributes', { namespace, searchAttributes });
    const refused = `Unable to create search attributes: cannot have more than ${most} search attribute of type ${type}.`;
    await expect(add(numbered(1, most + 1))).rejects.toThrow(refused);
    expect(await list()).toEqual({});
    await add(numbered(1, most));
    await expect(add({ more: Type[type] })).rejects.toThrow(refused);
    await add({ other: type === 'Text' ? Type.Keyword : Type.Text });
    expect(Object.keys(await list())).toHaveLength(most + 1);
  });
});

test.each(['StartWorkflowExecution', 'SignalWithStartWorkflowExecution'] as const)(
  '%s takes an attribute as soon as it is registered, in its namespace alone',
  async (rpc) => {
    const searchAttributes = { indexedFields: { Customer: jsonPayload('me') } };
    const start = (where: string) =>
      frontend.ask(rpc, { ...validRequests[rpc], namespace: where, searchAttributes });
    await expect(start(namespace)).rejects.toThrow('search attribute Customer is not defined');
    await frontend.ask('AddSearchAttributes', { namespace, searchAttributes: { Customer: 2 } });
    await start(namespace);
    await expect(start('other')).rejects.toThrow('search attribute Customer is not defined');
  },
);
