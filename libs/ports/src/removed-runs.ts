// Runs that were removed from an index that one process has for itself, kept in its memory (V2 of visibility.ts): a row that
// was on its way when its run went must not bring it back.
//
// R1. Such a row is one that this process read or made before the removal: of the page that a rebuild holds, or of a write
//     that follows. The newest removals are enough, and a restart needs none.

import { type RunKey, runKeyText } from '@perdure/kernel';

/** Far more than are removed while a page of rows is on its way. */
const runsMax = 10_000;

export class RemovedRuns {
  /** The oldest first. */
  readonly #keys: Set<string> = new Set();
  readonly #max: number;

  constructor(max: number = runsMax) {
    this.#max = max;
  }

  add(runs: readonly RunKey[]): void {
    for (const run of runs) {
      const key = runKeyText(run);
      this.#keys.delete(key);
      this.#keys.add(key);
    }
    for (const key of this.#keys) {
      if (this.#keys.size <= this.#max) return;
      this.#keys.delete(key);
    }
  }

  has(run: RunKey): boolean {
    return this.#keys.size > 0 && this.#keys.has(runKeyText(run));
  }
}
