// The claim of an owner (L4): an Announce above everything that is known to have been tried.

import { assert } from '@perdure/kernel';
import type { ReaderState } from './log-reader.ts';
import type { Announce } from './records.ts';

/** Who claims. The nonce is fresh for every claim, of 1 to 64 characters. */
export interface Claimant {
  readonly owner: string;
  readonly nonce: string;
  /** Generation of the assignment that named the owner; 0 when embedded. */
  readonly generation: number;
}

/**
 * The Announce to append. `atEnd` is the reader state at the log's end, `lastTried` the highest epoch this process ever
 * announced here (0: none): an Announce whose outcome is unknown may still land. The owner serves only if it counts.
 */
export function claim(atEnd: ReaderState, lastTried: number, claimant: Claimant): Announce {
  assert(
    claimant.nonce.length > 0 && claimant.nonce.length <= 64,
    'a nonce has 1 to 64 characters',
  );
  return { epoch: Math.max(atEnd.epoch, lastTried) + 1, ...claimant };
}
