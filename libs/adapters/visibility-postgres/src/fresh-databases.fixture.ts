// Databases of their own for tests. On a server that is not ours they go when the tests of the file are over; ours goes whole,
// which is much quicker.

import { randomUUID } from 'node:crypto';
import type { PartFound } from '@perdure/parts';
import pg from 'pg';
import { afterAll } from 'vitest';

export class FreshDatabases {
  readonly #server: string;
  readonly #names: string[] = [];
  readonly #dropMs = 120_000;

  constructor(found: PartFound) {
    const { host, port } = found.kind === 'ready' ? found : { host: '', port: 0 };
    const user = process.env['PGUSER'] ?? 'postgres';
    const password = process.env['PGPASSWORD'] ?? '';
    const credentials = [user, password].filter((part) => part !== '').map(encodeURIComponent);
    this.#server = `postgres://${credentials.join(':')}@${host}:${port}`;
    if (found.kind === 'ready' && found.origin === 'given') {
      afterAll(() => this.#drop(), this.#dropMs);
    }
  }

  /** Resolves with its connection string. */
  async create(settings: Readonly<Record<string, string>> = {}): Promise<string> {
    const name = `perdure_test_${randomUUID().replaceAll('-', '')}`;
    this.#names.push(name);
    await this.query(this.url('postgres'), `CREATE DATABASE ${name}`);
    for (const [setting, value] of Object.entries(settings)) {
      await this.query(this.url('postgres'), `ALTER DATABASE ${name} SET ${setting} = '${value}'`);
    }
    return this.url(name);
  }

  url(database: string): string {
    return `${this.#server}/${database}`;
  }

  async query(url: string, text: string): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(text)).rows;
    } finally {
      await client.end();
    }
  }

  async #drop(): Promise<void> {
    for (const name of this.#names) {
      await this.query(this.url('postgres'), `DROP DATABASE ${name} WITH (FORCE)`);
    }
  }
}
