// A namespace as a record of the metadata (proto/perdure/metadata.proto).

import type { Namespace } from '@perdure/ports';
import { type Codec, ownCodec } from '@perdure/wire';

interface NamespaceRecord extends Omit<Namespace, 'id' | 'searchAttributes'> {
  readonly searchAttributes: Readonly<Record<string, number>>;
}

const recordCodec: Codec<NamespaceRecord, NamespaceRecord> = ownCodec(
  'metadata',
  'perdure.metadata.v1.NamespaceRecord',
);
const nameCodec: Codec<{ readonly id: string }, { readonly id: string }> = ownCodec(
  'metadata',
  'perdure.metadata.v1.NamespaceName',
);

export function encodeNamespace({ id: _, searchAttributes, ...rest }: Namespace): Uint8Array {
  return recordCodec.encode({ ...rest, searchAttributes: Object.fromEntries(searchAttributes) });
}

export function decodeNamespace(id: string, bytes: Uint8Array): Namespace {
  const { name, state, description, ownerEmail, data, retentionUs, searchAttributes } =
    recordCodec.decode(bytes);
  const attributes = new Map(Object.entries(searchAttributes));
  return {
    id,
    name,
    state,
    description,
    ownerEmail,
    data,
    retentionUs,
    searchAttributes: attributes,
  };
}

export function encodeName(id: string): Uint8Array {
  return nameCodec.encode({ id });
}
