// Search attributes and memo that code changes: the events, and what describe and lists show (wire-contract 2.2, 6.3, 6.4).

import {
  completeWorkflow,
  identity,
  jsonPayload,
  memoOf,
  modifyMemo,
  namespace,
  rawCommand,
  readMemo,
  readPayload,
  ScriptedRun,
  statusOf,
  typedPayload,
  upsertSearchAttributes,
} from '@perdure/testing/golden';
import { readTextPayload } from '@perdure/wire';
import { expect, test, vi } from 'vitest';
import { expectEvents } from '../expect-history.ts';
import { serverUnderTest } from '../server-under-test.ts';

const server = serverUnderTest();

type Fields = Readonly<Record<string, Uint8Array>>;
/** The values, but for what the server writes on its own account. */
const valuesOf = (fields: Fields | undefined): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields ?? {})
      .filter(([name]) => name !== 'BuildIds')
      .map(([name, payload]) => [name, readPayload(payload)]),
  );

/** The type in the metadata of an attribute. */
const typeOf = (attributes: { indexedFields: Fields } | null | undefined, name: string): string =>
  readTextPayload(attributes?.indexedFields[name] ?? new Uint8Array()).type;

async function describedAttributes(run: ScriptedRun): Promise<Record<string, unknown>> {
  const { workflowExecutionInfo: info } = await run.describe();
  return valuesOf(info?.searchAttributes?.indexedFields);
}

test.concurrent('upsert: typed in the event, merged in describe and in lists', async () => {
  const run = await ScriptedRun.start(server.raw, {
    searchAttributes: {
      indexedFields: { BatcherUser: jsonPayload('me'), BatcherNamespace: jsonPayload('here') },
    },
  });
  const started = (await run.history())[0]?.workflowExecutionStartedEventAttributes;
  expect(typeOf(started?.searchAttributes, 'BatcherUser')).toBe('Keyword');
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [
    upsertSearchAttributes({
      BatcherUser: jsonPayload('you'),
      TemporalChangeVersion: jsonPayload(['change-1']),
    }),
  ]);
  const events = await run.history();
  expectEvents(
    events.slice(3),
    '4 WorkflowTaskCompleted\n5 UpsertWorkflowSearchAttributes  workflowTaskCompletedEventId=4',
  );
  const upserted = events[4]?.upsertWorkflowSearchAttributesEventAttributes?.searchAttributes;
  expect(typeOf(upserted, 'TemporalChangeVersion')).toBe('KeywordList');
  const wanted = {
    BatcherUser: 'you',
    BatcherNamespace: 'here',
    TemporalChangeVersion: ['change-1'],
  };
  expect(await describedAttributes(run)).toEqual(wanted);
  await vi.waitFor(async () => {
    const { executions } = await server.raw.call('ListWorkflowExecutions', {
      namespace,
      query: `WorkflowId = '${run.workflowId}'`,
    });
    expect(valuesOf(executions[0]?.searchAttributes?.indexedFields)).toEqual(wanted);
  });
  await run.terminate('end of test');
});

test.concurrent('upsert: an empty list takes an attribute out', async () => {
  const run = await ScriptedRun.start(server.raw, {
    searchAttributes: {
      indexedFields: { BinaryChecksums: jsonPayload(['a']), BatcherUser: jsonPayload('me') },
    },
  });
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [
    upsertSearchAttributes({ BinaryChecksums: jsonPayload([]) }),
    completeWorkflow(),
  ]);
  expect(await describedAttributes(run)).toEqual({ BatcherUser: 'me' });
});

test.concurrent('memo: what the code says is put in, and nothing takes a name out', async () => {
  const run = await ScriptedRun.start(server.raw, {
    memo: memoOf({ a: jsonPayload(0), b: jsonPayload('b'), c: jsonPayload('c') }),
  });
  const command = modifyMemo({
    a: jsonPayload(1),
    b: typedPayload('', undefined),
    d: jsonPayload(null),
  });
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [command]);
  expectEvents(
    (await run.history()).slice(3),
    '4 WorkflowTaskCompleted\n5 WorkflowPropertiesModified  workflowTaskCompletedEventId=4',
  );
  const { workflowExecutionInfo: info } = await run.describe();
  expect(readMemo(info?.memo)).toEqual({ a: 1, c: 'c', d: null });
  await vi.waitFor(async () => {
    const { executions } = await server.raw.call('ListWorkflowExecutions', {
      namespace,
      query: `WorkflowId = '${run.workflowId}'`,
    });
    expect(readMemo(executions[0]?.memo)).toEqual({ a: 1, c: 'c', d: null });
  });
  await run.terminate('end of test');
});

const refusals: readonly [string, string, ReturnType<typeof rawCommand>][] = [
  [
    'BadSearchAttributes',
    'UpsertWorkflowSearchAttributesCommandAttributes is not set on UpsertWorkflowSearchAttributesCommand.',
    rawCommand('UPSERT_WORKFLOW_SEARCH_ATTRIBUTES'),
  ],
  [
    'BadSearchAttributes',
    'IndexedFields is not set on UpsertWorkflowSearchAttributesCommand.',
    upsertSearchAttributes({}),
  ],
  [
    'BadSearchAttributes',
    "WorkflowId attribute can't be set in SearchAttributes",
    upsertSearchAttributes({ WorkflowId: jsonPayload('x') }),
  ],
  [
    'BadSearchAttributes',
    'invalid value for search attribute BuildIds of type KeywordList: x',
    upsertSearchAttributes({ BuildIds: jsonPayload('x') }),
  ],
  [
    'BadModifyWorkflowPropertiesAttributes',
    'ModifyWorkflowPropertiesCommandAttributes is not set on ModifyWorkflowPropertiesCommand.',
    rawCommand('MODIFY_WORKFLOW_PROPERTIES'),
  ],
];
for (const [cause, detail, command] of refusals) {
  test.concurrent(`${cause}: ${detail}`, async () => {
    const run = await ScriptedRun.start(server.raw);
    const status = await statusOf(
      run.completeWorkflowTask(await run.nextWorkflowTask(), [command]),
    );
    expect(`${status.code} ${status.message}`).toBe(`INVALID_ARGUMENT ${cause}: ${detail}`);
    expect((await run.nextWorkflowTask()).attempt).toBe(2);
    await run.terminate('end of test');
  });
}

test.concurrent('start: an attribute of the server, and a value of the wrong type, are refused', async () => {
  const start = (name: string, value: unknown): Promise<unknown> =>
    new ScriptedRun(server.raw).start({
      identity,
      searchAttributes: { indexedFields: { [name]: jsonPayload(value) } },
    });
  const system = await statusOf(start('RunId', 'x'));
  expect(system).toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: "RunId attribute can't be set in SearchAttributes",
  });
  const wrong = await statusOf(start('BuildIds', 'x'));
  expect(wrong).toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: 'invalid value for search attribute BuildIds of type KeywordList: x',
  });
});
