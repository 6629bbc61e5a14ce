// The memo of a run: user data by name, never looked into but for what takes a name out.

import { noBytes } from '@perdure/kernel';
import { memoCodec, readTextPayload } from '@perdure/wire';

/** The memo with the fields of another put in. A payload that holds nothing, or an empty list, takes its name out. */
export function mergeMemo(memo: Uint8Array, upserted: Uint8Array): Uint8Array {
  // A map: a field may have any name, that of an object's prototype too.
  const merged = new Map(Object.entries(memoCodec.decode(memo).fields));
  for (const [name, payload] of Object.entries(memoCodec.decode(upserted).fields)) {
    const { data } = readTextPayload(payload);
    if (data === '' || data === '[]') merged.delete(name);
    else merged.set(name, payload);
  }
  return merged.size === 0 ? noBytes : memoCodec.encode({ fields: Object.fromEntries(merged) });
}
