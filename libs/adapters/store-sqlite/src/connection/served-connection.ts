// One connection to SQLite inside a thread: the writer of a file or one of its readers.
//
// S1. After a failed fsync every later call gets the same fault: SQLite and the platform may have dropped what it was
//     to make safe, and a later fsync would succeed without it.
// S2. An idle writer moves the WAL into the file, so that a commit seldom has to.

import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import type { MessagePort } from 'node:worker_threads';
import { assert } from '@perdure/kernel';
import { openReader, openWriter, powerSafe, pragma } from './database.ts';
import { type FaultReport, isFailedSync, reportFault } from './sqlite-fault.ts';
import { StatementRunner } from './statement-runner.ts';
import type { Answer, FileStats, Opening, Request } from './thread-protocol.ts';

interface OpenFile {
  readonly opening: Opening;
  readonly database: DatabaseSync;
  readonly runner: StatementRunner;
}

const idleMs = 1000;

export class ServedConnection {
  #file: OpenFile | null = null;
  #brokenBy: FaultReport | null = null;
  #idle: NodeJS.Timeout | null = null;

  constructor(port: MessagePort) {
    port.on('message', (request: Request) => {
      const answer = this.#answer(request);
      port.postMessage(answer, answer instanceof ArrayBuffer ? [answer] : []);
    });
  }

  #answer(request: Request): Answer {
    if (!(request instanceof ArrayBuffer) && request.kind === 'open') return this.#open(request);
    const file = this.#file;
    assert(file !== null, 'the first request opens the file');
    if (this.#brokenBy !== null) return { fault: this.#brokenBy };
    try {
      return this.#answerOrThrow(file, request);
    } catch (error) {
      return { fault: this.#report(file.opening, error) };
    }
  }

  #open(opening: Opening): Answer {
    const { role, path, definition, pragmas } = opening;
    const report = (error: unknown): FaultReport => this.#report(opening, error);
    try {
      const database =
        role === 'writer' ? openWriter(path, definition, pragmas) : openReader(path, pragmas);
      const runner = new StatementRunner(database, definition.statements, report);
      this.#file = { opening, database, runner };
      return null;
    } catch (error) {
      return { fault: report(error) };
    }
  }

  #answerOrThrow(
    { opening, database, runner }: OpenFile,
    request: Exclude<Request, Opening>,
  ): Answer {
    if (request instanceof ArrayBuffer) {
      if (opening.role === 'reader') return runner.read(request);
      runner.write(request);
      this.#idle ??= setTimeout(() => this.#checkpoint(), idleMs).unref();
      this.#idle.refresh();
      return null;
    }
    switch (request.kind) {
      case 'sync':
        powerSafe(database);
        return null;
      case 'copy':
        database.prepare('VACUUM INTO ?').run(request.to);
        return null;
      case 'stats':
        return statsOf(opening.path, database, runner.statementsRun);
      case 'close':
        if (this.#idle !== null) clearTimeout(this.#idle);
        database.close();
        return null;
    }
  }

  /** Waits for nobody. A failure other than of fsync shows again at a later commit. */
  #checkpoint(): void {
    assert(this.#file !== null, 'the timer starts after a write');
    const { database, opening } = this.#file;
    try {
      database.exec('PRAGMA wal_checkpoint(PASSIVE)');
    } catch (error) {
      this.#report(opening, error);
    }
  }

  #report({ path, definition }: Opening, error: unknown): FaultReport {
    const fault = reportFault(path, definition.cureOfCorruption, error);
    if (isFailedSync(error)) this.#brokenBy = fault;
    return fault;
  }
}

function statsOf(path: string, database: DatabaseSync, statements: number): FileStats {
  const size = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const syncs = database.prepare(`SELECT value FROM meta WHERE name = 'syncs'`).get()?.['value'];
  return {
    fileBytes: size(path),
    walBytes: size(`${path}-wal`),
    pageBytes: Number(pragma(database, 'page_size')),
    pages: Number(pragma(database, 'page_count')),
    freePages: Number(pragma(database, 'freelist_count')),
    synchronous: Number(pragma(database, 'synchronous')),
    journalMode: String(pragma(database, 'journal_mode')),
    syncs: Number(syncs),
    statements,
  };
}
