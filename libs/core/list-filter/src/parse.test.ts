import { IndexedValueType as Type } from '@perdure/wire';
import { describe, expect, test } from 'vitest';
import { systemAttributes } from './attributes.ts';
import { parseListQuery } from './parse.ts';

const custom = new Map<string, number>([
  ['K', Type.Keyword],
  ['I', Type.Int],
  ['D', Type.Double],
  ['B', Type.Bool],
  ['T', Type.Datetime],
  ['L', Type.KeywordList],
  ['X', Type.Text],
]);
const types = (name: string) => custom.get(name) ?? systemAttributes.get(name);
const system = (field: string, sign: string, ...values: unknown[]) => ({
  kind: 'system',
  field,
  sign,
  values,
});
const own = (name: string, sign: string, ...values: unknown[]) => ({
  kind: 'attribute',
  name,
  many: false,
  sign,
  values,
});
const many = (name: string, sign: string, ...values: unknown[]) => ({
  ...own(name, sign, ...values),
  many: true,
});

const y2020 = 1_577_836_800_000_000;

describe('parseListQuery', () => {
  test.each([
    ['', []],
    ['   ', []],
    ['WorkflowId = "order-1"', [system('WorkflowId', '=', 'order-1')]],
    ["WorkflowId='order-1'", [system('WorkflowId', '=', 'order-1')]],
    [
      '`WorkflowId`="a b" and TaskQueue != "q"',
      [system('WorkflowId', '=', 'a b'), system('TaskQueue', '!=', 'q')],
    ],
    ['WorkflowType = "it\'s"', [system('WorkflowType', '=', "it's")]],
    ["WorkflowType = 'it''s'", [system('WorkflowType', '=', "it's")]],
    ['WorkflowType = "say \\"hi\\" \\\\"', [system('WorkflowType', '=', 'say "hi" \\')]],
    ['WorkflowType = " AND RunId = "', [system('WorkflowType', '=', ' AND RunId = ')]],
    ['WorkflowId = ""', [system('WorkflowId', '=', '')]],
    ['WorkflowId IN ("a", \'b\')', [system('WorkflowId', 'in', 'a', 'b')]],
    ['RunId < "r"', [system('RunId', '<', 'r')]],
    ['ExecutionStatus = "Running"', [system('ExecutionStatus', '=', 1)]],
    ["ExecutionStatus='TimedOut'", [system('ExecutionStatus', '=', 7)]],
    [
      'ExecutionStatus <> "WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW"',
      [system('ExecutionStatus', '!=', 6)],
    ],
    ["ExecutionStatus IN (2, 'Failed')", [system('ExecutionStatus', 'in', 2, 3)]],
    ["StartTime >= '2020-01-01T00:00:00Z'", [system('StartTime', '>=', y2020)]],
    [
      "CloseTime BETWEEN '2020-01-01T01:00:00.000001+01:00' AND 1577836800000002999",
      [system('CloseTime', 'between', y2020 + 1, y2020 + 2)],
    ],
    ["K = 'a'", [own('K', '=', 'a')]],
    ['K = 5', [own('K', '=', '5')]],
    ["K BETWEEN 'a' AND 'b' AND I > 7", [own('K', 'between', 'a', 'b'), own('I', '>', 7n)]],
    ['I = 9007199254740993', [own('I', '=', 9_007_199_254_740_993n)]],
    ['I = -5', [own('I', '=', -5n)]],
    ['D <= 1.5e3', [own('D', '<=', 1500)]],
    ["B = true AND B != 'false'", [own('B', '=', true), own('B', '!=', false)]],
    ["T < '2020-01-01T00:00:00Z'", [own('T', '<', y2020)]],
    ["L = 'a'", [many('L', 'in', 'a')]],
    ["L != 'a'", [many('L', '!=', 'a')]],
    ["L IN ('a', 'b')", [many('L', 'in', 'a', 'b')]],
    ["X = 'Big Apple, big'", [many('X', 'in', 'big', 'apple')]],
    ["X != '!'", [many('X', '!=')]],
    ["BuildIds = 'one'", [many('BuildIds', 'in', 'one')]],
  ])('takes %s', (query, filter) => {
    expect(parseListQuery(query, 'list', types)).toEqual({
      ok: true,
      value: { filter, groupByStatus: false },
    });
  });

  test.each([
    ['GROUP BY ExecutionStatus', []],
    ['K = "t" group by `ExecutionStatus`', [own('K', '=', 't')]],
  ])('takes a count by status: %s', (query, filter) => {
    expect(parseListQuery(query, 'count', types)).toEqual({
      ok: true,
      value: { filter, groupByStatus: true },
    });
    expect(parseListQuery(query, 'list', types)).toMatchObject({
      rejection: { message: "invalid query: operation is not supported: 'group by' clause" },
    });
  });

  test.each([
    ['WorkflowId', 'invalid expression: incomplete expression'],
    ['WorkflowId = ', 'invalid expression: incomplete expression'],
    ['WorkflowId = "a" AND', 'invalid expression: incomplete expression'],
    ['I BETWEEN 1', 'invalid expression: incomplete expression'],
    ['I IN 1', 'invalid expression: incomplete expression'],
    ['I IN (1', 'invalid expression: incomplete expression'],
    ['I IN ()', 'invalid expression: incomplete expression'],
    ['Colour = "red"', "invalid expression: column name 'Colour' is not a valid search attribute"],
    [
      'constructor = 1',
      "invalid expression: column name 'constructor' is not a valid search attribute",
    ],
    ['1 = 1', 'invalid expression: must be a column name but was 1'],
    ['"K" = 1', 'invalid expression: must be a column name but was "K"'],
    [
      'WorkflowId = order',
      'invalid expression: invalid value for search attribute WorkflowId: order',
    ],
    ['WorkflowId = "order', 'invalid expression: invalid value for search attribute WorkflowId: "'],
    ['ExecutionStatus = "running"', "invalid expression: invalid ExecutionStatus value 'running'"],
    ['ExecutionStatus = 9', 'invalid expression: invalid ExecutionStatus value 9'],
    ["StartTime > 'abc'", "invalid expression: unable to parse datetime 'abc'"],
    [
      'T = "2020-02-30T00:00:00Z"',
      "invalid expression: unable to parse datetime '2020-02-30T00:00:00Z'",
    ],
    ["I = 'x'", "invalid expression: invalid value for search attribute I: 'x'"],
    ['I = 1.5', 'invalid expression: invalid value for search attribute I: 1.5'],
    [
      "L > 'x'",
      "invalid expression: operator '>' not supported for KeywordList type search attribute in `L > 'x'`",
    ],
    [
      "X IN ('a')",
      "invalid expression: operator 'in' not supported for Text type search attribute in `X in ('a')`",
    ],
    [
      'B > true',
      "invalid expression: operator '>' not supported for Bool type search attribute in `B > true`",
    ],
    ['ORDER BY StartTime', "operation is not supported: 'order by' clause"],
    ['K = "a" LIMIT 5', "operation is not supported: 'limit' clause"],
    [
      'GROUP BY WorkflowType',
      "operation is not supported: 'group by' clause is only supported for ExecutionStatus search attribute",
    ],
  ])('refuses %s: %s', (query, problem) => {
    expect(parseListQuery(query, 'count', types)).toEqual({
      ok: false,
      rejection: { code: 'INVALID_ARGUMENT', message: `invalid query: ${problem}` },
    });
  });

  test.each([
    ['WorkflowId = "a" RunId = "b"', 'unexpected RunId'],
    ['WorkflowId = "a" OR RunId = "b"', 'unexpected OR'],
    ['WorkflowId STARTS_WITH "a"', 'unexpected STARTS_WITH'],
    ['(WorkflowId = "a")', 'unexpected ('],
    ['NOT K = "a"', 'unexpected NOT'],
    ['CloseTime IS NULL', 'unexpected IS'],
  ])('says of %s what would be taken', (query, problem) => {
    expect(parseListQuery(query, 'count', types)).toMatchObject({
      rejection: {
        message: expect.stringContaining(`invalid query: ${problem}; this server version supports`),
      },
    });
  });

  test('bounds conditions, values and length', () => {
    const messages = [
      Array.from({ length: 101 }, () => 'I = 1').join(' AND '),
      `I IN (${Array.from({ length: 1_001 }, (_, n) => n).join(',')})`,
      `K = '${'x'.repeat(70_000)}'`,
    ].map((query) => parseListQuery(query, 'list', types));
    for (const parsed of messages)
      expect(parsed).toMatchObject({
        rejection: { message: expect.stringMatching(/more than|longer/) },
      });
  });

  test.each(['"', '""', "'\\", '`', '= ', 'AND ', '((', 'RunId=""AND ', 'I IN (1,'])(
    'judges a long hostile query of %j in no time',
    (part) => {
      const before = performance.now();
      for (const length of [1_000, 60_000, 4_000_000]) {
        const query = part.repeat(length / part.length);
        expect(parseListQuery(query, 'list', types).ok).toBe(false);
      }
      expect(performance.now() - before).toBeLessThan(500);
    },
  );
});
