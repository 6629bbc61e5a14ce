// Part of the contract of the visibility index: writes in any order and removals against a plain model.

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { VisibilityRow } from '../src/index.ts';
import { inOrder, matches, type OpenVisibility, openRow, where } from './visibility-fixture.ts';

type Step =
  | { readonly kind: 'write'; readonly rows: readonly VisibilityRow[] }
  | { readonly kind: 'remove'; readonly n: number };

const numbers = fc.integer({ min: 0, max: 5 });

const row = fc
  .record({
    n: numbers,
    version: fc.integer({ min: 1, max: 4 }),
    status: fc.integer({ min: 1, max: 3 }),
    workflowType: fc.constantFrom('a', 'b'),
    taskQueue: fc.constantFrom('a', 'b'),
    closeTimeUs: fc.constantFrom(null, 5, 6),
    startTimeUs: fc.constantFrom(1, 2),
  })
  .map(({ n, ...held }) => openRow(n, held));

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      rows: fc.array(row, { maxLength: 6 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), n: numbers }) },
);

export function visibilityModelContract(open: OpenVisibility): void {
  test('lists and counts follow any sequence of writes and removals', async () => {
    const index = await open();
    let example = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
        const namespaceId = `example ${example++}`;
        const within = (it: VisibilityRow): VisibilityRow => ({
          ...it,
          run: { ...it.run, namespaceId },
        });
        const model = new Map<string, VisibilityRow>();
        for (const taken of steps) {
          if (taken.kind === 'remove') {
            const { run } = within(openRow(taken.n));
            model.delete(run.runId);
            await index.write([], null, [run]);
            continue;
          }
          const rows = taken.rows.map(within);
          for (const it of rows) {
            if (it.version > (model.get(it.run.runId)?.version ?? 0)) model.set(it.run.runId, it);
          }
          await index.write(rows, null);
        }
        const expected = inOrder([...model.values()]);
        expect(await index.list(namespaceId, [], null, 100)).toEqual(expected);
        for (const held of [{}, { status: 2 }, { workflowType: 'a', taskQueue: 'b' }]) {
          const filter = where(held);
          const count = expected.filter((it) => matches(it, filter)).length;
          expect(await index.count(namespaceId, filter)).toBe(count);
        }
      }),
      { numRuns: 60 },
    );
  });
}
