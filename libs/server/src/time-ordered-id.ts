// UUIDs of version 7. Their randomness is fetched from the system for many at once: one call for each costs more than all
// the rest of an id.

import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

const idBytes = 16;
const pool = new Uint8Array(256 * idBytes);
let next = pool.length;

/** A UUID that sorts by the millisecond in which it was made. */
export function timeOrderedId(): string {
  if (next === pool.length) {
    randomFillSync(pool);
    next = 0;
  }
  const random = pool.subarray(next, next + idBytes);
  next += idBytes;
  return v7({ random });
}
