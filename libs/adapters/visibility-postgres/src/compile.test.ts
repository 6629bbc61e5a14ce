import type { Condition } from '@perdure/ports';
import { expect, test } from 'vitest';
import { compileCount, compileList } from './compile.ts';

const hostile = `'; DROP TABLE x; --`;

test('no value is in the text of a statement, however it is asked for', () => {
  const fields = ['WorkflowId', 'RunId', 'WorkflowType', 'TaskQueue'] as const;
  const signs = ['=', '!=', '<', '>=', 'in', 'between'] as const;
  const conditions: Condition[] = signs.flatMap((sign) => [
    ...fields.map(
      (field) => ({ kind: 'system', field, sign, values: [hostile, hostile] }) as const,
    ),
    { kind: 'attribute', name: hostile, many: false, sign, values: [hostile, hostile] },
    { kind: 'attribute', name: hostile, many: true, sign, values: [hostile] },
  ]);
  const position = { closeTimeUs: null, startTimeUs: 1, runId: hostile };
  for (const condition of conditions) {
    const list = compileList(hostile, [condition], position, 10);
    expect(list.text).not.toContain('DROP');
    expect(compileCount(hostile, [condition]).text).not.toContain('DROP');
    const places = [...list.text.matchAll(/\$(\d+)/g)].map(([, n]) => Number(n));
    expect(new Set(places)).toEqual(new Set(list.values.map((_value, i) => i + 1)));
  }
});

test('S2: counts by type, queue and status read the table of counts, all others the rows', () => {
  const status: Condition = { kind: 'system', field: 'ExecutionStatus', sign: '=', values: [1] };
  const started: Condition = { kind: 'system', field: 'StartTime', sign: '>', values: [1] };
  expect(compileCount('n', [status]).text).toContain('visibility_counts');
  expect(compileCount('n', [status, started]).text).not.toContain('visibility_counts');
});
