// A session with a cluster: prepared statements at LOCAL_QUORUM, sent to a replica of their partition, bounded in number.
//
// S1. Every statement is prepared, and may be sent twice: the driver goes on to another node when one is lost.
// S2. A rejection comes when nothing of the call is on its way any more from here; it may still be on its way in the cluster.
// S3. After `close` every call is refused; calls made before it come to their end first.

import { StoreUnavailable } from '@perdure/ports';
import { Client, types } from 'cassandra-driver';
import { type CassandraSettings, defaultRequestTimeoutMs, defaultWritesMax } from '../settings.ts';
import { faultOf } from './driver-fault.ts';
import { Limiter } from './limiter.ts';

export type CqlValue = string | number | boolean | Uint8Array;

export interface Statement {
  readonly cql: string;
  readonly values: readonly CqlValue[];
}

const { localQuorum, localSerial } = types.consistencies;
const readsMax = 256;
const rowsPerPage = 1000;
/** A page of large rows should not be much larger. */
const pageBytes = 4 * 1024 * 1024;
const rowsPerPageMin = 16;
/** The driver looks at a changed schema again after so long; its own second is for clusters with many clients. */
const schemaDelayMs = 20;

export class Session {
  readonly #client: Client;
  readonly #writes: Limiter;
  readonly #reads = new Limiter(readsMax);
  #open = 0;
  #closed: Promise<void> | null = null;
  #idle: (() => void) | null = null;

  /** Rejects with StoreUnavailable when no node answers, with StorageFault when one refuses. */
  static async connect(settings: CassandraSettings, keyspace: string | null): Promise<Session> {
    const session = new Session(settings, keyspace);
    try {
      await session.#client.connect();
    } catch (error) {
      await session.#client.shutdown();
      throw faultOf(error);
    }
    return session;
  }

  private constructor(settings: CassandraSettings, keyspace: string | null) {
    const { contactPoints, localDataCenter, credentials, tls } = settings;
    this.#writes = new Limiter(settings.writesMax ?? defaultWritesMax);
    this.#client = new Client({
      contactPoints: [...contactPoints],
      localDataCenter,
      ...(keyspace === null ? {} : { keyspace }),
      ...(credentials === undefined ? {} : { credentials }),
      ...(tls === undefined ? {} : { sslOptions: sslOf(tls) }),
      queryOptions: { consistency: localQuorum, prepare: true, isIdempotent: true },
      socketOptions: { readTimeout: settings.requestTimeoutMs ?? defaultRequestTimeoutMs },
      encoding: { copyBuffer: false },
      refreshSchemaDelay: schemaDelayMs,
    });
  }

  /** Statements of one partition: one mutation, whole or not at all. */
  async write(statements: readonly Statement[]): Promise<void> {
    const [first] = statements;
    if (first === undefined) return;
    await this.#use(() =>
      this.#writes.run(async () => {
        if (statements.length === 1) await this.#client.execute(first.cql, [...first.values]);
        else await this.#client.batch(queriesOf(statements), { logged: false });
      }),
    );
  }

  /** Every row, a page at a time. `sizeOf`: bytes of a row, where rows may be large. */
  async *rows(
    { cql, values }: Statement,
    sizeOf: ((row: types.Row) => number) | null = null,
  ): AsyncGenerator<types.Row> {
    let fetchSize = sizeOf === null ? rowsPerPage : rowsPerPageMin;
    let pageState: string | undefined;
    let bytes = 0;
    let count = 0;
    do {
      const options = { fetchSize, ...(pageState === undefined ? {} : { pageState }) };
      const page = await this.#read(cql, values, options);
      pageState = page.pageState ?? undefined;
      for (const row of page.rows) {
        bytes += sizeOf === null ? 0 : sizeOf(row);
        yield row;
      }
      count += page.rows.length;
      if (sizeOf !== null && count > 0) fetchSize = pageRows(bytes / count);
    } while (pageState !== undefined);
  }

  async first({ cql, values }: Statement): Promise<types.Row | null> {
    return (await this.#read(cql, values, {})).first() ?? null;
  }

  /** A read that sees conditional changes whose outcome was not told. */
  async serialRows({ cql, values }: Statement): Promise<types.Row[]> {
    return (await this.#read(cql, values, { consistency: localSerial, fetchSize: 0 })).rows;
  }

  /** A conditional change of rows of one partition: all or none. A rejection is an unknown outcome. */
  async change(statements: readonly Statement[]): Promise<boolean> {
    return this.#use(async () => {
      const options = { isIdempotent: false, serialConsistency: localSerial };
      const [first] = statements as [Statement];
      const result =
        statements.length === 1
          ? await this.#client.execute(first.cql, [...first.values], options)
          : await this.#client.batch(queriesOf(statements), { ...options, logged: true });
      return result.wasApplied();
    });
  }

  /** A change of the schema; resolves when every node that is up has it. */
  async define(cql: string): Promise<void> {
    await this.#use(async () => {
      const { info } = await this.#client.execute(cql, [], { prepare: false });
      // Not in the driver's types. It waits for the agreement, and says whether it came.
      if ((info as { isSchemaInAgreement?: boolean }).isSchemaInAgreement === false) {
        throw new StoreUnavailable('the nodes have not agreed on the schema yet');
      }
    });
  }

  /** Not prepared: for tables that are read once. */
  async look(cql: string, values: readonly string[] = []): Promise<types.Row[]> {
    return this.#use(async () => (await this.#client.execute(cql, [...values])).rows);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    if (this.#open > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
    await this.#client.shutdown();
  }

  #read(cql: string, values: readonly CqlValue[], options: object): Promise<types.ResultSet> {
    return this.#use(() => this.#reads.run(() => this.#client.execute(cql, [...values], options)));
  }

  /** S3. Calls that belong together go through one `use`: between two of them the session is not closed. */
  async use<T>(act: () => Promise<T>): Promise<T> {
    if (this.#closed !== null) throw new Error('the store is closed');
    this.#open += 1;
    try {
      return await act();
    } finally {
      this.#open -= 1;
      if (this.#open === 0) this.#idle?.();
    }
  }

  async #use<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      throw faultOf(error);
    }
  }
}

function pageRows(rowBytes: number): number {
  return Math.max(rowsPerPageMin, Math.min(rowsPerPage, Math.floor(pageBytes / (rowBytes + 1))));
}

function queriesOf(statements: readonly Statement[]): { query: string; params: CqlValue[] }[] {
  return statements.map(({ cql, values }) => ({ query: cql, params: [...values] }));
}

function sslOf(tls: NonNullable<CassandraSettings['tls']>): object {
  const { ca, cert, key, serverName } = tls;
  return { ca, cert, key, servername: serverName, rejectUnauthorized: true };
}
