// What a verification finds, for people and programs: what, where, which runs, and what to do.

import { type RunKey, runKeyText } from '@perdure/kernel';
import type { LogPlace } from '@perdure/ports';

/** The rule of the protocols that does not hold; `store` and `log` where bytes themselves are bad. */
export type BrokenRule = 'L1' | 'L2' | 'L3' | 'L8' | 'L11' | 'L12' | 'M2' | 'M5' | 'S4' | 'store';

export interface Finding {
  readonly rule: BrokenRule;
  readonly what: string;
  /** Segment and byte, offset, or table. */
  readonly where: string;
  /** Runs that are touched, as far as they are known. */
  readonly runs: readonly RunKey[];
  readonly cure: string;
}

export const restoreAll = 'restore the directory, store and log together, from one backup';

export const cureOfRun =
  'restore the directory from a backup, or go on without the run: a server quarantines it and serves the others';

/** More findings than this are counted and not kept: one cause can touch every run. */
const keptMax = 200;

export class Findings {
  readonly faults: Finding[] = [];
  readonly notes: string[] = [];
  /** Faults found, kept or not. */
  count = 0;
  readonly #touched = new Map<string, RunKey>();

  add(rule: BrokenRule, what: string, where: string, runs: readonly RunKey[], cure: string): void {
    this.count += 1;
    for (const run of runs) this.#touched.set(runKeyText(run), run);
    if (this.faults.length < keptMax) this.faults.push({ rule, what, where, runs, cure });
  }

  /** Every run that a fault touches. */
  get touched(): readonly RunKey[] {
    return [...this.#touched.values()];
  }
}

export function placeText(place: LogPlace, offset: number | null): string {
  const at = `${place.segment}, byte ${place.at}`;
  return offset === null ? at : `offset ${offset} (${at})`;
}
