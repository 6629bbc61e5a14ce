// Part of the contract of the visibility index: every sign on every field and on attributes of every type.

import { describe, expect, test } from 'vitest';
import type { AttributeValue, Condition, IndexedRow, ListFilter, Sign } from '../src/index.ts';
import {
  closedRow,
  inOrder,
  listAll,
  matches,
  namespaceId,
  type OpenVisibility,
  openRow,
  put,
  shown,
} from './visibility-fixture.ts';

const signs: readonly Sign[] = ['=', '!=', '<', '<=', '>', '>=', 'in', 'between'];

function system(
  field: Extract<Condition, { kind: 'system' }>['field'],
  ...held: (string | number)[]
) {
  return signs.map(
    (sign): Condition => ({ kind: 'system', field, sign, values: taken(sign, held) }),
  );
}

function attribute(name: string, ...held: AttributeValue[]): Condition[] {
  return signs.map((sign) => ({
    kind: 'attribute',
    name,
    many: false,
    sign,
    values: taken(sign, held),
  }));
}

function listAttribute(name: string, ...held: AttributeValue[]): Condition[] {
  return (['in', '!='] as const).flatMap((sign) =>
    [held, held.slice(0, 1), []].map((values) => ({
      kind: 'attribute' as const,
      name,
      many: true,
      sign,
      values,
    })),
  );
}

const taken = <T>(sign: Sign, held: readonly T[]): readonly T[] =>
  sign === 'in' ? held : held.slice(0, sign === 'between' ? 2 : 1);

const uuid = (n: number): string => `0194cbb4-9a3f-7a45-9d4e-${n.toString(16).padStart(12, '0')}`;

function rowsOfAll(): IndexedRow[] {
  return Array.from({ length: 40 }, (_, n) => {
    const attributes = [
      { name: 'K', values: [`k${n % 5}`] },
      { name: 'L', values: n % 3 === 0 ? ['a', 'b'] : [`l${n % 2}`] },
      { name: 'I', values: [[-(2n ** 53n) - 1n, -1n, 0n, 7n, 2n ** 60n][n % 5] ?? 0n] },
      { name: 'D', values: [[-1.5, -0, 0.25, 1e300, -1e-300][n % 5] ?? 0] },
      { name: 'B', values: [n % 2 === 0] },
      { name: 'T', values: [1_577_836_800_000_000 + (n % 4)] },
    ].filter((_, i) => (n + i) % 7 !== 0);
    const common = {
      run: {
        namespaceId,
        workflowId: n % 4 === 0 ? uuid(n % 8) : `w${n % 8}`,
        runId: uuid(100 + n),
      },
      workflowType: n % 2 === 0 ? 'order' : 'refund',
      startTimeUs: 1000 + (n % 11),
      executionTimeUs: 1000 + (n % 13),
      attributes,
    };
    return n % 3 === 0
      ? openRow(n, common)
      : closedRow(n, { ...common, closeTimeUs: 2000 + (n % 6), status: 2 + (n % 3) });
  });
}

const conditions: readonly Condition[] = [
  ...system('WorkflowId', 'w2', 'w5'),
  ...system('WorkflowId', uuid(4), 'w5'),
  ...system('RunId', uuid(110), uuid(120)),
  ...system('WorkflowType', 'order', 'refund'),
  ...system('TaskQueue', 'q', 'r'),
  ...system('ExecutionStatus', 2, 3),
  ...system('StartTime', 1003, 1007),
  ...system('ExecutionTime', 1003, 1007),
  ...system('CloseTime', 2001, 2003),
  ...attribute('K', 'k1', 'k3'),
  ...attribute('I', -1n, 7n),
  ...attribute('D', -1e-300, 0.25),
  ...attribute('D', 0, 1),
  ...attribute('B', false, true),
  ...attribute('T', 1_577_836_800_000_001, 1_577_836_800_000_002),
  ...attribute('Nobody', 'has', 'it'),
  ...listAttribute('L', 'a', 'l1'),
];

export function visibilityFilterContract(open: OpenVisibility): void {
  describe('filters', () => {
    test('every condition alone, and joined with others: lists, pages and counts', async () => {
      const index = await open();
      const rows = rowsOfAll();
      await put(index, rows);
      const filters: ListFilter[] = [
        ...conditions.map((one) => [one]),
        ...conditions.flatMap((one, i) =>
          [7, 31].map((step) => [one, conditions[(i * step + 3) % conditions.length] as Condition]),
        ),
      ];
      for (const filter of filters) {
        const expected = inOrder(rows.filter((row) => matches(row, filter))).map((row) =>
          shown(row),
        );
        expect({ filter, rows: await listAll(index, filter, 7) }).toEqual({
          filter,
          rows: expected,
        });
        expect(await index.count(namespaceId, filter)).toBe(expected.length);
      }
    });

    test('attributes follow their run: a newer version replaces them, a removal takes them', async () => {
      const index = await open();
      const version = (n: number, value: string): IndexedRow =>
        openRow(1, { version: n, attributes: [{ name: 'K', values: [value] }] });
      const found = (value: string): Promise<number> =>
        index.count(namespaceId, [
          { kind: 'attribute', name: 'K', many: false, sign: '=', values: [value] },
        ]);
      await put(index, [version(5, 'five'), version(4, 'four')]);
      expect([await found('five'), await found('four')]).toEqual([1, 0]);
      await put(index, [version(6, 'six'), version(6, 'another six')]);
      expect([await found('five'), await found('six')]).toEqual([0, 1]);
      await put(index, [openRow(1, { version: 7 })]);
      expect(await found('six')).toBe(0);
      await put(index, [version(8, 'eight')], [openRow(1).run]);
      expect(await found('eight')).toBe(0);
    });

    test('an attribute of another namespace is not found', async () => {
      const index = await open();
      const attributes = [{ name: 'K', values: ['k'] }];
      await put(index, [openRow(1, { attributes })]);
      const filter: ListFilter = [
        { kind: 'attribute', name: 'K', many: false, sign: '=', values: ['k'] },
      ];
      expect(await index.list('other', filter, null, 10)).toEqual([]);
      expect(await index.count(namespaceId, filter)).toBe(1);
    });
  });
}
