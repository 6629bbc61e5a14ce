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

/** How full the tail is, by whichever bound is nearer; 1 = full. */
export function tailShare(bytes: number, transitions: number, bounds: TailBounds): number {
  return Math.max(bytes / bounds.bytesMax, transitions / bounds.transitionsMax);
}

export function pressureAt(share: number): Pressure {
  if (share < startsShare) return 'none';
  return share < 1 ? 'starts' : 'all';
}
