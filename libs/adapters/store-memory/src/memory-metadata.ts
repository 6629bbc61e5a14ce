// The metadata port in memory: the shortest thing that satisfies the contract, and its reference.

import type { MetadataChange, MetadataRecord, MetadataStore } from '@perdure/ports';
import { compareTexts, textOf } from './row-key.ts';

export function createMemoryMetadata(): MetadataStore {
  const records = new Map<string, MetadataRecord>();
  const versionOf = ({ kind, key }: MetadataChange): number =>
    records.get(textOf(kind, key))?.version ?? 0;
  return {
    async list(kind) {
      return [...records.values()]
        .filter((record) => record.kind === kind)
        .map((record) => ({ ...record, value: record.value.slice() }))
        .sort((a, b) => compareTexts(a.key, b.key));
    },
    async change(changes) {
      const keys = new Set(changes.map(({ kind, key }) => textOf(kind, key)));
      if (keys.size < changes.length) throw new TypeError('a record is changed twice');
      if (changes.some((change) => versionOf(change) !== change.expectedVersion)) return false;
      for (const { kind, key, expectedVersion, value } of changes) {
        const version = expectedVersion + 1;
        if (value === null) records.delete(textOf(kind, key));
        else records.set(textOf(kind, key), { kind, key, version, value: value.slice() });
      }
      return true;
    },
  };
}
