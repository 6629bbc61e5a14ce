// A thread for connections to SQLite. It starts with its first connection and ends with its last.
//
// A thread costs about 16 MB and 40 ms of CPU to start; so files may share them. What shares a thread waits for each
// other: a fold for a checkpoint or a long list, which harms nobody; reads of the store should wait for neither.

import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { MessageChannel, Worker } from 'node:worker_threads';
import { SqliteConnection } from './sqlite-connection.ts';

export class SqliteThread {
  #worker: Worker | null = null;
  readonly #connections: Set<SqliteConnection> = new Set();

  connect(path: string): SqliteConnection {
    this.#worker ??= this.#start();
    const { port1, port2 } = new MessageChannel();
    const connection = new SqliteConnection(path, port1);
    this.#connections.add(connection);
    this.#worker.postMessage(port2, [port2]);
    return connection;
  }

  async release(connection: SqliteConnection): Promise<void> {
    this.#connections.delete(connection);
    connection.end(new Error('closed'));
    if (this.#connections.size > 0) return;
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
  }

  #start(): Worker {
    const entry = new URL('./sqlite.thread.ts', import.meta.url);
    const worker = new Worker(entry, { execArgv: [], env: environment() });
    worker.unref();
    worker.on('error', (error) => this.#end(worker, error));
    worker.on('exit', (code) => this.#end(worker, new Error(`exit code ${code}`)));
    return worker;
  }

  #end(worker: Worker, cause: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    const error = cause instanceof Error ? cause : new Error(String(cause));
    for (const connection of this.#connections) connection.end(error);
    this.#connections.clear();
  }
}

/** A thread does not inherit the compile cache that its process enabled by a call. */
function environment(): NodeJS.ProcessEnv {
  const cache = getCompileCacheDir();
  return cache === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: dirname(cache) };
}
