// Where the quarantine rows of a run stand: few slots, so that all rows can be listed without a walk through the cluster.

import type { RunKey } from '@perdure/ports';

export const quarantineSlots = 16;

/** Never changes: rows would not be found again. FNV-1a of the run id. */
export function quarantineSlotOf({ runId }: RunKey): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < runId.length; at++) {
    hash = Math.imul(hash ^ runId.charCodeAt(at), 0x01000193);
  }
  return (hash >>> 0) % quarantineSlots;
}
