// Builds a lost visibility index anew from the store (M9). What the log's tail adds comes through the feed afterwards.

import { decodeSnapshot } from '@perdure/core-execution';
import type { RunKey } from '@perdure/kernel';
import type { Namespaces, RunStateRow, Store, VisibilityIndex } from '@perdure/ports';
import { indexedRow, visibilityRow } from './visibility-feed.ts';

const rowsPerRead = 500;

/** Returns the number of runs indexed. */
export async function rebuildVisibility(
  store: Store,
  index: VisibilityIndex,
  namespaces: Namespaces,
): Promise<number> {
  // What it holds may be of runs that were deleted since.
  await index.clear();
  let after: RunKey | null = null;
  let runs = 0;
  for (;;) {
    const rows: readonly RunStateRow[] = await store.scanRunStates(after, rowsPerRead);
    const last = rows.at(-1);
    if (last === undefined) return runs;
    await index.write(
      rows.map(({ run, state }) => {
        const decoded = decodeSnapshot(run, state);
        const { status, version } = decoded.progress;
        return indexedRow(visibilityRow(decoded, version, status !== 1, decoded), namespaces);
      }),
      null,
    );
    runs += rows.length;
    after = last.run;
  }
}
