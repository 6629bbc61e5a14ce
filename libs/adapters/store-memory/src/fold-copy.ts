// The rows of a fold with bytes that nobody else can change or keep.

import type { FoldBatch } from '@perdure/ports';

export function copyOf(batch: FoldBatch): FoldBatch {
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
