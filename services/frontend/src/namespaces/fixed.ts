// The namespaces that are given at the start of a server.

import { createHash } from 'node:crypto';
import { usPerHour } from '@perdure/kernel';
import type { Namespace } from '@perdure/ports';
import { NamespaceState } from '../scope.ts';

/** Makes a namespace's id from its name. Never changed: data directories know the ids. */
const idSpace = Buffer.from('6f0c2a52c1d84f0e9a3b7d1e5b8f4c60', 'hex');

/** A name-based UUID (version 5): the same name has the same id in every process. */
function namespaceId(name: string): string {
  const hash = createHash('sha1').update(idSpace).update(name).digest().subarray(0, 16);
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  return hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** A namespace that is given at the start of the server. */
export function startNamespace(name: string): Namespace {
  return {
    id: namespaceId(name),
    name,
    state: NamespaceState.Registered,
    description: '',
    ownerEmail: '',
    data: {},
    retentionUs: 24 * usPerHour,
    searchAttributes: new Map(),
  };
}
