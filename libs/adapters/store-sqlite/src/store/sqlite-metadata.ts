// The metadata port in a table of the store's file.
//
// The directory is locked and the file has one adapter, so a queue makes "compare, then set" one step: a change begins
// when the one before it has ended.

import type { MetadataChange, MetadataRecord, MetadataStore } from '@perdure/ports';
import type { SqliteFile } from '../connection/sqlite-file.ts';
import { storeStatement as statement } from './definition.ts';

export class SqliteMetadata implements MetadataStore {
  readonly #file: SqliteFile;
  #lastChange: Promise<unknown> = Promise.resolve();

  constructor(file: SqliteFile) {
    this.#file = file;
  }

  async list(kind: string): Promise<readonly MetadataRecord[]> {
    const records = await this.#file.read<MetadataRecord>({
      statement: statement.listMetadata,
      bind: (values) => values.text(kind),
      row: (columns) => ({
        kind,
        key: columns.text(),
        version: columns.int(),
        value: columns.bytes(),
      }),
    });
    return records.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  }

  change(changes: readonly MetadataChange[]): Promise<boolean> {
    const copied = changes.map((change) => ({
      ...change,
      value: change.value && new Uint8Array(change.value),
    }));
    const done = this.#lastChange.then(() => this.#compareAndSet(copied));
    this.#lastChange = Promise.allSettled([done]);
    return done;
  }

  async #compareAndSet(changes: readonly MetadataChange[]): Promise<boolean> {
    const keys = new Set(changes.map(({ kind, key }) => JSON.stringify([kind, key])));
    if (keys.size < changes.length) throw new TypeError('a record is changed twice');
    const versions = await Promise.all(changes.map((change) => this.#versionOf(change)));
    if (changes.some(({ expectedVersion }, i) => expectedVersion !== versions[i])) return false;
    await this.#file.write((calls) => {
      for (const { kind, key, expectedVersion, value } of changes) {
        calls.call(value === null ? statement.removeMetadata : statement.putMetadata);
        calls.text(kind);
        calls.text(key);
        if (value === null) continue;
        calls.int(expectedVersion + 1);
        calls.bytes(value);
      }
    });
    await this.#file.sync();
    return true;
  }

  async #versionOf({ kind, key }: MetadataChange): Promise<number> {
    const [found] = await this.#file.read({
      statement: statement.metadataVersion,
      bind: (values) => {
        values.text(kind);
        values.text(key);
      },
      row: (columns) => columns.int(),
    });
    return found ?? 0;
  }
}
