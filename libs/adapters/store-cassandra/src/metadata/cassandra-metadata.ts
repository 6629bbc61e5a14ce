// The metadata port on Cassandra: conditional changes of rows of one partition (Paxos), all or none.
//
// M1. These are the only conditional writes, and not on the data path: a namespace changes a few times in its life.
// M2. Records are read serially: a read sees a change whose outcome its author was not told.
// M3. Changes of one process go one after the other: contenders for one partition would hold each other up.

import type { MetadataChange, MetadataRecord, MetadataStore } from '@perdure/ports';
import type { Session, Statement } from '../connection/session.ts';
import { bytesOf, numberOf, textOf } from '../store/columns.ts';
import { joined } from '../store/parts.ts';

/** Everything is in one partition. */
const realm = 0;

const cql = {
  list: 'SELECT key, version, value FROM metadata WHERE realm = ? AND kind = ?',
  insert: `INSERT INTO metadata (realm, kind, key, version, value) VALUES (?, ?, ?, ?, ?)
    IF NOT EXISTS`,
  update: `UPDATE metadata SET version = ?, value = ? WHERE realm = ? AND kind = ? AND key = ?
    IF version = ?`,
  remove: 'DELETE FROM metadata WHERE realm = ? AND kind = ? AND key = ? IF version = ?',
  /** Changes nothing, if there is nothing. */
  absent: 'DELETE FROM metadata WHERE realm = ? AND kind = ? AND key = ? IF version = NULL',
} as const;

export class CassandraMetadata implements MetadataStore {
  readonly #session: Session;
  #changing: Promise<unknown> = Promise.resolve();

  constructor(session: Session) {
    this.#session = session;
  }

  list(kind: string): Promise<readonly MetadataRecord[]> {
    return this.#session.use(async () => {
      const rows = await this.#session.serialRows({ cql: cql.list, values: [realm, kind] });
      const records = rows.map((row) => ({
        kind,
        key: textOf(row, 'key'),
        version: numberOf(row, 'version'),
        value: joined([bytesOf(row, 'value')]),
      }));
      return records.toSorted((a, b) => (a.key < b.key ? -1 : 1));
    });
  }

  async change(changes: readonly MetadataChange[]): Promise<boolean> {
    const keys = new Set(changes.map(({ kind, key }) => JSON.stringify([kind, key])));
    if (keys.size < changes.length) throw new TypeError('a record is changed twice');
    if (changes.length === 0) return true;
    const statements = changes.map(statementOf);
    return this.#session.use(() => {
      const change = this.#changing.then(() => this.#session.change(statements));
      this.#changing = change.catch(() => undefined);
      return change;
    });
  }
}

function statementOf({ kind, key, expectedVersion, value }: MetadataChange): Statement {
  const place = [realm, kind, key];
  if (value === null && expectedVersion === 0) return { cql: cql.absent, values: place };
  if (value === null) return { cql: cql.remove, values: [...place, expectedVersion] };
  const bytes = Buffer.from(value);
  if (expectedVersion === 0) return { cql: cql.insert, values: [...place, 1, bytes] };
  return { cql: cql.update, values: [expectedVersion + 1, bytes, ...place, expectedVersion] };
}
