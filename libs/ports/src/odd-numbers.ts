// Numbers that a store could not hold: refused before anything is written. Shared by the adapters.

import type { FoldBatch } from './store.ts';

/** Throws a TypeError for the first row with a number that is not a safe integer. */
export function refuseOddNumbers(rows: readonly object[]): void {
  for (const row of rows) {
    for (const value of Object.values(row)) {
      if (typeof value !== 'number' || Number.isSafeInteger(value)) continue;
      throw new TypeError(`${value} is not an integer`);
    }
  }
}

/** Every row of every kind. */
export function rowsOf(batch: FoldBatch): object[] {
  const { applied, ...lists } = batch;
  const rows: object[] = Object.values(lists).flat();
  return applied === null ? rows : [...rows, applied];
}
