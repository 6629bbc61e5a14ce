import { RejectionError } from '@perdure/kernel';
import { expect, test } from 'vitest';
import { parseListQuery } from './list-query.ts';

test.each([
  ['', {}],
  ['   ', {}],
  ['WorkflowId = "order-1"', { workflowId: 'order-1' }],
  ["WorkflowId='order-1'", { workflowId: 'order-1' }],
  ['`WorkflowId`="a b" and TaskQueue = "q"', { workflowId: 'a b', taskQueue: 'q' }],
  ['RunId = "r" AND WorkflowType="t"\n AND RunId="r"', { runId: 'r', workflowType: 't' }],
  ['WorkflowType = "it\'s"', { workflowType: "it's" }],
  ["WorkflowType = 'it''s'", { workflowType: "it's" }],
  ['WorkflowType = "say \\"hi\\" \\\\"', { workflowType: 'say "hi" \\' }],
  ['WorkflowType = " AND RunId = "', { workflowType: ' AND RunId = ' }],
  ['WorkflowId = ""', { workflowId: '' }],
  ['ExecutionStatus = "Running"', { status: 1 }],
  ["ExecutionStatus='TimedOut'", { status: 7 }],
  ['ExecutionStatus = "WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW"', { status: 6 }],
  ['ExecutionStatus = 2', { status: 2 }],
])('parseListQuery takes %j', (query, filter) => {
  expect(parseListQuery(query, 'list')).toEqual({ filter, groupByStatus: false });
});

test.each([
  ['GROUP BY ExecutionStatus', {}],
  ['WorkflowType = "t" group by `ExecutionStatus`', { workflowType: 't' }],
])('a count may be grouped: %j', (query, filter) => {
  expect(parseListQuery(query, 'count')).toEqual({ filter, groupByStatus: true });
  expect(() => parseListQuery(query, 'list')).toThrow("not supported: 'GROUP BY' clause");
});

test.each([
  ['WorkflowId', 'a condition is incomplete'],
  ['WorkflowId = ', 'a condition is incomplete'],
  ['WorkflowId = "a" RunId = "b"', 'unexpected RunId'],
  ['WorkflowId = "a" OR RunId = "b"', 'unexpected OR'],
  ['WorkflowId = "a" AND', 'a condition is incomplete'],
  ['WorkflowId != "a"', 'unexpected !='],
  ['WorkflowId STARTS_WITH "a"', 'unexpected STARTS_WITH'],
  ['(WorkflowId = "a")', 'unexpected WorkflowId'],
  ['WorkflowId = order', 'the value of WorkflowId is not a quoted string'],
  ['WorkflowId = "order', 'the value of WorkflowId is not a quoted string'],
  ['WorkflowId = 5', 'the value of WorkflowId is not a quoted string'],
  ['Colour = "red"', 'Colour is not a field that can be filtered on'],
  ['constructor = "red"', 'constructor is not a field that can be filtered on'],
  ['CloseTime IS NULL', 'unexpected IS'],
  ['ExecutionStatus = "running"', 'running is not a value of ExecutionStatus'],
  ['ExecutionStatus = 9', '9 is not a value of ExecutionStatus'],
  ['WorkflowId = "a" AND WorkflowId = "b"', 'WorkflowId is given twice'],
  ['ORDER BY StartTime', 'unexpected BY'],
  ['GROUP BY WorkflowType', 'only GROUP BY ExecutionStatus is supported'],
])('parseListQuery refuses %j: %s', (query, problem) => {
  const refused = (): unknown => parseListQuery(query, 'count');
  expect(refused).toThrow(RejectionError);
  expect(refused).toThrow(`invalid query: ${problem}; this server version supports`);
});

test.each(['"', '""', "'\\", '`', '= ', 'AND ', '((', 'RunId=""AND '])(
  'a long hostile query of %j is judged in no time',
  (part) => {
    const before = performance.now();
    for (const length of [1_000, 60_000, 4_000_000]) {
      const query = part.repeat(length / part.length);
      expect(() => parseListQuery(query, 'list')).toThrow('invalid query: ');
    }
    expect(performance.now() - before).toBeLessThan(500);
  },
);
