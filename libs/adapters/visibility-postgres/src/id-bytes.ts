// Ids of namespaces and runs as the tables hold them (T1 of 0001-visibility.sql).

import { putUuidKey, uuidKeyLength } from '@perdure/ports';

export function idBytes(id: string): Buffer {
  const key = Buffer.allocUnsafe(uuidKeyLength);
  return putUuidKey(id, key, 0) ? key : Buffer.from(id);
}
