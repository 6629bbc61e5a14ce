// What the store does with a fold before it looks at it: it refuses a bad one whole, and takes bytes of its own.

import type { FoldBatch } from '@perdure/ports';

export function refuseOddNumbers(batch: FoldBatch): void {
  for (const rows of Object.values(batch)) {
    for (const row of Array.isArray(rows) ? rows : [rows]) {
      for (const value of Object.values((row as object | null) ?? {})) {
        if (typeof value !== 'number' || Number.isSafeInteger(value)) continue;
        throw new TypeError(`${value} is not an integer`);
      }
    }
  }
}

/** The same rows, with bytes that nobody else can change or keep. */
export function owned(batch: FoldBatch): FoldBatch {
  return {
    ...batch,
    history: batch.history.map((row) => ({ ...row, events: new Uint8Array(row.events) })),
    wake: batch.wake.map((row) => ({ ...row, offer: row.offer && new Uint8Array(row.offer) })),
    quarantine: batch.quarantine.map((row) => ({
      ...row,
      transition: new Uint8Array(row.transition),
    })),
    workflows: batch.workflows.map((row) => ({ ...row, state: new Uint8Array(row.state) })),
    runStates: batch.runStates.map((row) => ({ ...row, state: new Uint8Array(row.state) })),
  };
}
