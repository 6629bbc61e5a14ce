// The numbered CQL files by which the schema came to be what it is: `NNNN-name.cql`, each applied once, in order.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Migration {
  readonly name: string;
  /** Of the whole file: what was applied is never changed. */
  readonly checksum: string;
  /** Each may be sent again. */
  readonly statements: readonly string[];
}

const folder = fileURLToPath(new URL('../../../../../deploy/cassandra', import.meta.url));

export function readMigrations(from = folder): Migration[] {
  const names = readdirSync(from).filter((name) => /^\d{4}-[a-z0-9-]+\.cql$/.test(name));
  return names.toSorted().map((name) => {
    const text = readFileSync(join(from, name), 'utf8');
    const checksum = createHash('sha256').update(text).digest('hex');
    return { name, checksum, statements: statementsOf(text) };
  });
}

/** No text in these files holds a semicolon or two dashes. */
function statementsOf(text: string): string[] {
  const plain = text.replaceAll(/--.*$/gm, '');
  return plain.split(';').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
}
