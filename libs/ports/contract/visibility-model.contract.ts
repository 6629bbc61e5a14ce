// Part of the contract of the visibility index: writes in any order, removals and generations against a plain model.

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { VisibilityIndex, VisibilityRow } from '../src/index.ts';
import {
  inOrder,
  matches,
  type OpenVisibility,
  openRow,
  put,
  where,
} from './visibility-fixture.ts';

type Step =
  | { readonly kind: 'write'; readonly rows: readonly VisibilityRow[] }
  | { readonly kind: 'remove'; readonly n: number }
  | { readonly kind: 'begin' | 'end' };

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
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      rows: fc.array(row, { maxLength: 6 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), n: numbers }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('begin' as const, 'end' as const) }) },
);

/** What the index holds of one namespace, which is fed by one LogPartition. */
class Model {
  readonly rows: Map<string, VisibilityRow> = new Map();
  readonly #removed: Set<string> = new Set();
  /** Runs that were written since the generation began; null: none is under way. */
  #touched: Set<string> | null = null;

  write(rows: readonly VisibilityRow[]): void {
    for (const it of rows) {
      const { runId } = it.run;
      if (this.#removed.has(runId)) continue;
      this.#touched?.add(runId);
      if (it.version > (this.rows.get(runId)?.version ?? 0)) this.rows.set(runId, it);
    }
  }

  remove(runId: string): void {
    this.#removed.add(runId);
    this.rows.delete(runId);
  }

  begin(): void {
    this.#touched = new Set();
  }

  end(): void {
    const touched = this.#touched;
    if (touched === null) return;
    this.#touched = null;
    for (const runId of this.rows.keys()) if (!touched.has(runId)) this.rows.delete(runId);
  }
}

async function take(
  index: VisibilityIndex,
  model: Model,
  of: { readonly namespaceId: string; readonly logPartition: number; generation: number },
  taken: Step,
): Promise<void> {
  const { namespaceId, logPartition } = of;
  const within = (it: VisibilityRow): VisibilityRow => ({ ...it, run: { ...it.run, namespaceId } });
  if (taken.kind === 'write') {
    const rows = taken.rows.map(within);
    model.write(rows);
    await put(index, rows, [], logPartition);
  } else if (taken.kind === 'remove') {
    const { run } = within(openRow(taken.n));
    model.remove(run.runId);
    await put(index, [], [run], logPartition);
  } else if (taken.kind === 'begin') {
    model.begin();
    of.generation = await index.beginGeneration(logPartition);
  } else {
    model.end();
    await index.endGeneration(logPartition, of.generation, 1);
    of.generation = 0;
  }
}

export function visibilityModelContract(open: OpenVisibility): void {
  test('lists and counts follow any sequence of writes, removals and generations', async () => {
    const index = await open();
    let example = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
        const of = { namespaceId: `example ${example}`, logPartition: example++, generation: 0 };
        const model = new Model();
        for (const taken of steps) await take(index, model, of, taken);
        const expected = inOrder([...model.rows.values()]);
        expect(await index.list(of.namespaceId, [], null, 100)).toEqual(expected);
        for (const held of [{}, { status: 2 }, { workflowType: 'a', taskQueue: 'b' }]) {
          const filter = where(held);
          const count = expected.filter((it) => matches(it, filter)).length;
          expect(await index.count(of.namespaceId, filter)).toBe(count);
        }
      }),
      { numRuns: 60 },
    );
  });
}
