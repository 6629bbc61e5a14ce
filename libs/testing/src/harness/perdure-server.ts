// The product as its users run it: `perdure server start-dev` as a child process, with verbs to end and restart it.
//
// The command is node_modules/.bin/perdure, started with the pinned Node first on PATH; PERDURE_TEST_COMMAND names
// another executable that takes the same arguments. Output is kept, and is part of every error this file throws.
// `kill` and `terminate` end exactly the process that `start` began.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, dirname, join, resolve } from 'node:path';
import { freePort } from './free-port.ts';
import { untilAnswering } from './readiness.ts';

/** The root of the repository. */
export const repositoryRoot = resolve(import.meta.dirname, '../../../..');

const logLinesMax = 2_000;

export interface PerdureOptions {
  /** Database file; in memory when left out. */
  readonly dbFilename?: string;
  readonly port?: number;
  /** More arguments of `server start-dev`. */
  readonly args?: readonly string[];
  readonly startTimeoutMs?: number;
  /** More variables of its environment. */
  readonly environment?: Readonly<Record<string, string>>;
}

export class PerdureServer {
  readonly port: number;
  readonly address: string;
  readonly #options: PerdureOptions;
  readonly #logs: string[] = [];
  #child: ChildProcess | undefined;

  /** A server that answers. */
  static async start(options: PerdureOptions = {}): Promise<PerdureServer> {
    const server = new PerdureServer(options.port ?? (await freePort()), options);
    await server.start();
    return server;
  }

  private constructor(port: number, options: PerdureOptions) {
    this.port = port;
    this.address = `127.0.0.1:${port}`;
    this.#options = options;
  }

  /** The process, while there is one. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** What the server printed, over all its lives. */
  get logs(): string {
    return this.#logs.join('\n');
  }

  /** Starts the process on the same port and database, and waits until it answers. */
  async start(): Promise<void> {
    if (this.#child !== undefined) throw new Error('the server runs already');
    const { dbFilename, args = [], environment, startTimeoutMs = 15_000 } = this.#options;
    const child = spawn(
      process.env['PERDURE_TEST_COMMAND'] ?? join(repositoryRoot, 'node_modules/.bin/perdure'),
      [
        'server',
        'start-dev',
        '--port',
        String(this.port),
        '--headless',
        ...(dbFilename === undefined ? [] : ['--db-filename', dbFilename]),
        ...args,
      ],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          ...process.env,
          ...environment,
          PATH: [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
        },
      },
    );
    this.#child = child;
    let ended: Error | undefined;
    child.once('error', (cause) => {
      ended = new Error('the server could not be started', { cause });
    });
    child.once('exit', (code, signal) => {
      ended = new Error(`the server ended with ${code ?? signal}`);
      if (this.#child === child) this.#child = undefined;
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => this.#keep(text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => this.#keep(text));
    try {
      await untilAnswering(this.address, startTimeoutMs, () => ended);
    } catch (cause) {
      await this.kill();
      throw new Error(`no server at ${this.address}; it printed:\n${this.logs}`, { cause });
    }
  }

  /** Ends the process at once, as a power cut would. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL', 5_000);
  }

  /** Asks the process to end, and waits until it has. Throws when it does not. */
  async terminate(timeoutMs = 15_000): Promise<void> {
    await this.#end('SIGTERM', timeoutMs);
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM', timeoutMs: number): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit', { signal: AbortSignal.timeout(timeoutMs) });
    child.kill(signal);
    try {
      await exited;
    } catch (cause) {
      child.kill('SIGKILL');
      throw new Error(`the server did not end on ${signal}; it printed:\n${this.logs}`, { cause });
    } finally {
      this.#child = undefined;
    }
  }

  #keep(text: string): void {
    this.#logs.push(...text.split('\n').filter((line) => line !== ''));
    if (this.#logs.length > logLinesMax) this.#logs.splice(0, this.#logs.length - logLinesMax);
  }
}
