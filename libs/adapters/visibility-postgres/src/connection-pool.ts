// The connections of one index: some for writes, some for reads, so that slow lists never hold up the feeds.
//
// P1. Everything has an end: a statement at the server, a wait for a lock, for a connection and for an answer.
// P2. A statement that another one undid (deadlock, serialization) is tried again; nothing else is: its outcome is unknown,
//     and who asked for it knows whether to ask again.
// P3. Values come back as the tables hold them: bytea as bytes, integers as numbers. All of ours are safe integers.

import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { faultOf, wasUndone } from './postgres-fault.ts';
import type { Statement } from './statement.ts';

export interface PostgresOptions {
  /** postgres://user:password@host:port/database?sslmode=...; what is absent comes from the PG... variables. */
  readonly connectionString: string;
  /** Most connections for writes, and most for reads. */
  readonly writersMax?: number;
  readonly readersMax?: number;
  /** Longest statement, milliseconds. */
  readonly statementTimeoutMs?: number;
}

const byteaType = 17;
const bigintType = 20;
const integerType = 23;
const triesMax = 5;
const retryMs = 10;
const connectMs = 5_000;
/** An answer may be on its way when the server has given up the statement. */
const answerMs = 2_000;

/**
 * A page is read off an index that has its order. Until a table is analysed first, PostgreSQL takes every equality for a few
 * rows, and would collect and sort all of them; compiling a plan costs more than running it.
 */
const readerSettings = '-c enable_bitmapscan=off -c jit=off';

const parsers: Readonly<Record<number, (text: string) => unknown>> = {
  [byteaType]: (text) => Buffer.from(text.slice(2), 'hex'),
  [bigintType]: Number,
  [integerType]: Number,
};
const types = {
  getTypeParser: (type: number) => parsers[type] ?? String,
} as unknown as pg.CustomTypesConfig;

export class ConnectionPool {
  /** For messages. */
  readonly place: string;
  readonly #writers: pg.Pool;
  readonly #readers: pg.Pool;
  #closing: Promise<void> | null = null;

  constructor(options: PostgresOptions) {
    const { writersMax = 4, readersMax = 8, statementTimeoutMs = 15_000 } = options;
    const pool = (max: number, settings: string): pg.Pool => {
      const made = new pg.Pool({
        connectionString: options.connectionString,
        application_name: 'perdure',
        max,
        options: settings,
        connectionTimeoutMillis: connectMs,
        statement_timeout: statementTimeoutMs,
        lock_timeout: statementTimeoutMs,
        query_timeout: statementTimeoutMs + answerMs,
        idle_in_transaction_session_timeout: statementTimeoutMs,
        keepAlive: true,
      });
      // Of a connection that nobody uses: it leaves the pool, and the next call makes another.
      made.on('error', () => undefined);
      return made;
    };
    this.#writers = pool(writersMax, '');
    this.#readers = pool(readersMax, readerSettings);
    const { host, port, database } = new pg.Client({ connectionString: options.connectionString });
    this.place = `PostgreSQL at ${host}:${port}/${database ?? ''}`;
  }

  write<Row>(statement: Statement): Promise<Row[]> {
    return this.#query(this.#writers, statement);
  }

  read<Row>(statement: Statement): Promise<Row[]> {
    return this.#query(this.#readers, statement);
  }

  /** Several statements on one connection; what `use` throws is wrapped like the failure of a statement. */
  async session<T>(use: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    this.refuseIfClosed();
    let client: pg.PoolClient | undefined;
    let broken = true;
    try {
      client = await this.#writers.connect();
      const result = await use(client);
      broken = false;
      return result;
    } catch (error) {
      throw error instanceof Error && error.name === 'StorageFault'
        ? error
        : faultOf(this.place, error);
    } finally {
      client?.release(broken);
    }
  }

  close(): Promise<void> {
    this.#closing ??= Promise.all([this.#writers.end(), this.#readers.end()]).then(() => undefined);
    return this.#closing;
  }

  refuseIfClosed(): void {
    if (this.#closing !== null) throw new Error('the visibility index is closed');
  }

  async #query<Row>(pool: pg.Pool, { text, values }: Statement): Promise<Row[]> {
    this.refuseIfClosed();
    for (let attempt = 1; ; attempt++) {
      try {
        const query: pg.QueryArrayConfig = { text, values: [...values], rowMode: 'array', types };
        return (await pool.query(query)).rows as Row[];
      } catch (error) {
        if (!wasUndone(error) || attempt === triesMax) throw faultOf(this.place, error);
        await sleep(retryMs * attempt);
      }
    }
  }
}
