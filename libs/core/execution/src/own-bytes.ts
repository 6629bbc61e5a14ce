// Bytes of a state that is kept: of its own. What a state holds of user data was cut out of the request or row that it came
// with, and would keep all of that in memory for as long as the run is.

import { noBytes } from '@perdure/kernel';
import type { ExecutionState } from './state.ts';

/** Puts copies in the place of bytes that are a part of something larger. The state says the same as before. */
export function ownBytes(state: ExecutionState): void {
  const { memo, searchAttributes, start } = state;
  state.start = owned(start);
  state.memo = memo === start.memo ? state.start.memo : ownedBytes(memo);
  state.searchAttributes =
    searchAttributes === start.searchAttributes
      ? state.start.searchAttributes
      : ownedBytes(searchAttributes);
  state.progress = owned(state.progress);
  for (const [id, activity] of state.activities) {
    const kept = owned(activity);
    if (kept !== activity) state.activities.set(id, kept);
  }
  for (const [id, message] of state.outbox) {
    const kept = owned(message);
    if (kept !== message) state.outbox.set(id, kept);
  }
  for (const [at, event] of state.buffered.entries()) {
    if (!isWhole(event)) state.buffered[at] = new Uint8Array(event);
  }
}

function isWhole(bytes: Uint8Array): boolean {
  return bytes.byteLength === bytes.buffer.byteLength;
}

/** The record itself when there is nothing to copy. */
function owned<T extends object>(record: T): T {
  let copy: Record<string, unknown> | null = null;
  for (const [name, value] of Object.entries(record) as [string, unknown][]) {
    const kept = ownedValue(value);
    if (kept === value) continue;
    copy ??= { ...record } as Record<string, unknown>;
    copy[name] = kept;
  }
  return (copy as T | null) ?? record;
}

/** Bytes, or an array with bytes in it; anything else is left as it is. */
function ownedValue(value: unknown): unknown {
  if (Array.isArray(value)) {
    const kept = value.map(ownedValue);
    return kept.some((item, at) => item !== value[at]) ? kept : value;
  }
  return value instanceof Uint8Array ? ownedBytes(value) : value;
}

function ownedBytes(value: Uint8Array): Uint8Array {
  if (isWhole(value)) return value;
  return value.length === 0 ? noBytes : new Uint8Array(value);
}
