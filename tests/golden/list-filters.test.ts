// Lists and counts by fields and by search attributes, as a raw client sees them (wire-contract 6).

import { randomUUID } from 'node:crypto';
import { jsonPayload, readPayload, statusOf } from '@perdure/testing/golden';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { serverUnderTest } from '../server-under-test.ts';

const server = serverUnderTest();
const namespace = `lists-${randomUUID()}`;
const types = { Customer: 2, Total: 3, Weight: 4, Paid: 5, DueAt: 6, Tags: 7, Note: 1 };

const attributesOf: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  a: {
    Customer: 'ann',
    Total: 5,
    Weight: 0.5,
    Paid: true,
    Tags: ['red', 'big'],
    Note: 'A big red one',
  },
  b: { Customer: 'bob', Total: -7, Weight: 2, Paid: false, Tags: ['blue'], Note: 'Small' },
  c: { Customer: 'cid', Total: 100, DueAt: '2026-02-01T10:00:00Z' },
  d: {},
};

/** Whether the server knows the namespace already; the official one takes a moment. */
const eventually = { timeout: 20_000, interval: 100 };

async function start(workflowId: string, workflowType: string): Promise<void> {
  const attributes = Object.entries(attributesOf[workflowId] ?? {});
  await server.raw.call('StartWorkflowExecution', {
    namespace,
    workflowId,
    workflowType: { name: workflowType },
    taskQueue: { name: workflowId === 'a' ? 'first' : 'rest' },
    requestId: workflowId,
    searchAttributes: {
      indexedFields: Object.fromEntries(
        attributes.map(([name, value]) => [name, jsonPayload(value)]),
      ),
    },
  });
}

async function listed(query: string): Promise<string> {
  const { executions } = await server.raw.call('ListWorkflowExecutions', { namespace, query });
  return executions
    .map(({ execution }) => execution?.workflowId ?? '')
    .toSorted()
    .join('');
}

async function counted(query: string): Promise<number> {
  return (await server.raw.call('CountWorkflowExecutions', { namespace, query })).count;
}

beforeAll(async () => {
  await server.raw.call('RegisterNamespace', {
    namespace,
    workflowExecutionRetentionPeriod: { seconds: 86_400 },
  });
  await vi.waitFor(
    () => server.raw.call('AddSearchAttributes', { namespace, searchAttributes: types }),
    eventually,
  );
  await vi.waitFor(() => start('a', 'order'), eventually);
  await start('b', 'order');
  await start('c', 'refund');
  await start('d', 'refund');
  await server.raw.call('TerminateWorkflowExecution', {
    namespace,
    workflowExecution: { workflowId: 'd' },
  });
  await vi.waitFor(async () => {
    expect(await counted('')).toBe(4);
    expect(await counted("ExecutionStatus = 'Terminated'")).toBe(1);
  }, eventually);
}, 60_000);

describe('a list and a count by', () => {
  test.each([
    ['', 'abcd'],
    ["WorkflowId = 'b'", 'b'],
    ["WorkflowId != 'b'", 'acd'],
    ["WorkflowId > 'b'", 'cd'],
    ["WorkflowId IN ('a', 'c', 'nobody')", 'ac'],
    ["WorkflowId BETWEEN 'b' AND 'c'", 'bc'],
    ["WorkflowType = 'refund' AND TaskQueue = 'rest'", 'cd'],
    ["TaskQueue = 'first'", 'a'],
    ["ExecutionStatus = 'Running'", 'abc'],
    ["ExecutionStatus != 'Running'", 'd'],
    ["ExecutionStatus IN ('Running', 'Terminated')", 'abcd'],
    ["StartTime > '2020-01-01T00:00:00Z'", 'abcd'],
    ["StartTime < '2020-01-01T00:00:00Z'", ''],
    ["CloseTime < '2100-01-01T00:00:00Z'", 'd'],
    ["Customer = 'ann'", 'a'],
    ["Customer != 'ann'", 'bc'],
    ["Customer >= 'bob'", 'bc'],
    ["Customer IN ('ann', 'cid')", 'ac'],
    ["Customer = 'ann' AND Paid = true", 'a'],
    ["Customer = 'bob' AND WorkflowType = 'refund'", ''],
    ['Total = 5', 'a'],
    ['Total > -8 AND Total < 6', 'ab'],
    ['Total BETWEEN 5 AND 100', 'ac'],
    ['Weight < 1.5', 'a'],
    ['Weight >= 2', 'b'],
    ['Paid = false', 'b'],
    ["DueAt > '2026-02-01T09:59:59Z'", 'c'],
    ["DueAt < '2026-02-01T10:00:00Z'", ''],
    ["Tags = 'red'", 'a'],
    ["Tags IN ('blue', 'big')", 'ab'],
    ["Tags != 'red'", 'bcd'],
    ["Note != 'big'", 'bcd'],
    ["Note = 'big'", 'a'],
  ])('%s', async (query, expected) => {
    expect(await listed(query)).toBe(expected);
    expect(await counted(query)).toBe(expected.length);
  });
});

test('a count grouped by status', async () => {
  const query = "WorkflowType = 'refund' GROUP BY ExecutionStatus";
  const { count, groups } = await server.raw.call('CountWorkflowExecutions', { namespace, query });
  expect(count).toBe(2);
  const shown = groups.map((group) => [
    readPayload(group.groupValues[0] ?? new Uint8Array()),
    group.count,
  ]);
  expect(shown.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1))).toEqual([
    ['Running', 1],
    ['Terminated', 1],
  ]);
});

test('pages of one run each', async () => {
  const query = 'Total > -100';
  const ids: (string | undefined)[] = [];
  let nextPageToken = new Uint8Array();
  do {
    const page = await server.raw.call('ListWorkflowExecutions', {
      namespace,
      query,
      pageSize: 1,
      nextPageToken,
    });
    ids.push(...page.executions.map(({ execution }) => execution?.workflowId));
    nextPageToken = new Uint8Array(page.nextPageToken);
  } while (nextPageToken.length > 0);
  expect(ids).toEqual(['c', 'b', 'a']);
});

test('a listed run shows its search attributes', async () => {
  const query = "WorkflowId = 'a'";
  const { executions } = await server.raw.call('ListWorkflowExecutions', { namespace, query });
  const fields = executions[0]?.searchAttributes?.indexedFields ?? {};
  const shown = Object.entries(fields).map(([name, payload]) => [name, readPayload(payload)]);
  expect(Object.fromEntries(shown)).toMatchObject(attributesOf['a'] ?? {});
});

describe('a query that is refused', () => {
  test.each([
    ["Nobody = 'a'", "invalid expression: column name 'Nobody' is not a valid search attribute"],
    ['Customer', 'invalid expression: incomplete expression'],
    ["ExecutionStatus = 'Bogus'", "invalid expression: invalid ExecutionStatus value 'Bogus'"],
    ["StartTime > 'abc'", "invalid expression: unable to parse datetime 'abc'"],
    ["Customer = 'a' ORDER BY StartTime", "operation is not supported: 'order by' clause"],
    ["Customer = 'a' LIMIT 5", "operation is not supported: 'limit' clause"],
    [
      'GROUP BY WorkflowType',
      "operation is not supported: 'group by' clause is only supported for ExecutionStatus search attribute",
    ],
    [
      "Tags > 'x'",
      "invalid expression: operator '>' not supported for KeywordList type search attribute in `Tags > 'x'`",
    ],
    [
      "Note IN ('a')",
      "invalid expression: operator 'in' not supported for Text type search attribute in `Note in ('a')`",
    ],
  ])('%s', async (query, problem) => {
    const status = await statusOf(server.raw.call('CountWorkflowExecutions', { namespace, query }));
    expect(status).toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: `invalid query: ${problem}`,
    });
  });
});
