// Back-pressure of a LogPartition (W9): refuse before append, new starts first, completions last.

/** `starts`: refuse what begins new work. `all`: refuse everything that appends. */
export type Pressure = 'none' | 'starts' | 'all';

export interface TailBounds {
  readonly bytesMax: number;
  readonly transitionsMax: number;
}

/** The unapplied tail of a node: what is in the log, or on its way there, and not in the store. */
export const defaultTailBounds: TailBounds = { bytesMax: 32 * 1024 * 1024, transitionsMax: 20_000 };

/** The last quarter is for what ends work and so lets the tail shrink. */
const startsShare = 0.75;

export function pressureOf(bytes: number, transitions: number, bounds: TailBounds): Pressure {
  const share = Math.max(bytes / bounds.bytesMax, transitions / bounds.transitionsMax);
  if (share < startsShare) return 'none';
  return share < 1 ? 'starts' : 'all';
}
