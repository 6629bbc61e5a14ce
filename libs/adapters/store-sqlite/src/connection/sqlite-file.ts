// One SQLite file: a writer thread and reader threads, seen from the main thread.
//
// F1. A write is one message and one transaction; writes take effect in the order of the calls.
// F2. A read begins after it was asked for, so it sees every write that had resolved by then.
// F3. Reads asked in one turn of the event loop share a message, a read transaction and an answer.

import { assert } from '@perdure/kernel';
import type { FileDefinition } from './database.ts';
import { pragmaStatements } from './pragmas.ts';
import { ReadBatch, type ReadCall } from './read-batch.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import { SqliteThread } from './sqlite-thread.ts';
import type { FileStats } from './thread-protocol.ts';
import { ValueWriter } from './value-writer.ts';

export interface SqliteOptions {
  /** The thread that writes; one of its own if absent. */
  readonly writer?: SqliteThread;
  /** The threads that read, a connection in each; one of its own if absent. */
  readonly readers?: readonly SqliteThread[];
  /** Pragmas of the user (`--sqlite-pragma`); pragmas.ts says which. */
  readonly sqlitePragmas?: Readonly<Record<string, string>>;
}

interface Link {
  readonly thread: SqliteThread;
  readonly connection: SqliteConnection;
}

const firstWriteCapacity = 65_536;
const slack = 1024;

export class SqliteFile {
  readonly #path: string;
  readonly #writer: Link;
  readonly #readers: readonly Link[];
  #reads: ReadBatch | null = null;
  /** Size of the last write and a little more: the best guess for the next. */
  #writeCapacity = firstWriteCapacity;
  #closing: Promise<void> | null = null;

  /** All threads start at once; the writer opens first, since it may have to create the file. */
  static async open(
    path: string,
    definition: FileDefinition,
    options: SqliteOptions,
  ): Promise<SqliteFile> {
    const pragmas = pragmaStatements(options.sqlitePragmas ?? {});
    const opening = { kind: 'open', path, definition, pragmas } as const;
    const file = new SqliteFile(path, options);
    try {
      await file.#writer.connection.ask({ ...opening, role: 'writer' });
      await file.#allReaders((reader) => reader.ask({ ...opening, role: 'reader' }));
      return file;
    } catch (error) {
      await file.#release();
      throw error;
    }
  }

  private constructor(path: string, options: SqliteOptions) {
    const link = (thread: SqliteThread): Link => ({ thread, connection: thread.connect(path) });
    this.#path = path;
    this.#writer = link(options.writer ?? new SqliteThread());
    this.#readers = (options.readers ?? [new SqliteThread()]).map(link);
    assert(this.#readers.length > 0, 'a file needs a reader');
  }

  /** `fill` writes the calls. */
  async write(fill: (calls: ValueWriter) => void): Promise<void> {
    this.#refuseIfClosed();
    const calls = new ValueWriter(this.#writeCapacity);
    fill(calls);
    this.#writeCapacity = calls.position + slack;
    await this.#writer.connection.ask(calls.finish());
  }

  async read<Row>(call: ReadCall<Row>): Promise<Row[]> {
    this.#refuseIfClosed();
    if (this.#reads === null) {
      this.#reads = new ReadBatch();
      setImmediate(() => this.#flush());
    }
    return this.#reads.add(call);
  }

  async sync(): Promise<void> {
    this.#refuseIfClosed();
    await this.#writer.connection.ask({ kind: 'sync' });
  }

  async stats(): Promise<FileStats> {
    this.#refuseIfClosed();
    return (await this.#writer.connection.ask({ kind: 'stats' })) as FileStats;
  }

  /** What was asked before is done first. The last connection to close moves the WAL into the file. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#flush();
    try {
      await this.#allReaders((reader) => reader.ask({ kind: 'close' }));
      await this.#writer.connection.ask({ kind: 'close' });
    } finally {
      await this.#release();
    }
  }

  #flush(): void {
    const batch = this.#reads;
    if (batch === null) return;
    this.#reads = null;
    const { connection } = this.#readers.reduce((a, b) =>
      b.connection.load < a.connection.load ? b : a,
    );
    void batch.send(async (message) => (await connection.ask(message)) as ArrayBuffer);
  }

  async #allReaders(ask: (reader: SqliteConnection) => Promise<unknown>): Promise<void> {
    await Promise.all(this.#readers.map(({ connection }) => ask(connection)));
  }

  async #release(): Promise<void> {
    const links = [this.#writer, ...this.#readers];
    await Promise.all(links.map(({ thread, connection }) => thread.release(connection)));
  }

  #refuseIfClosed(): void {
    if (this.#closing !== null) throw new Error(`${this.#path} is closed`);
  }
}
