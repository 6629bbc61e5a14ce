// Runs messages of calls on a connection, inside a thread.
//
// R1. A message of writes is one transaction: all of it or nothing.
// R2. A message of reads is one read transaction that ends with the message, so the next one sees every commit.
// R3. A read that fails answers for itself; the others of its message are not touched. The transaction ends by ROLLBACK,
//     since a COMMIT after a read that met a damaged page fails.

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { assert } from '@perdure/kernel';
import type { FaultReport } from './sqlite-fault.ts';
import { type Value, ValueReader } from './value-reader.ts';
import { tag, ValueWriter } from './value-writer.ts';

const answerCapacity = 4096;
/** Statements kept that came as texts: those of the lists that are asked for again and again. */
const keptTextsMax = 200;

export class StatementRunner {
  readonly #database: DatabaseSync;
  readonly #texts: readonly string[];
  readonly #report: (error: unknown) => FaultReport;
  /** Prepared at first use. */
  readonly #statements: StatementSync[] = [];
  /** The one used last comes last. */
  readonly #ofTexts = new Map<string, StatementSync>();
  readonly #begin: StatementSync;
  readonly #beginImmediate: StatementSync;
  readonly #commit: StatementSync;
  readonly #rollback: StatementSync;
  #statementsRun = 0;

  constructor(
    database: DatabaseSync,
    texts: readonly string[],
    report: (error: unknown) => FaultReport,
  ) {
    this.#database = database;
    this.#texts = texts;
    this.#report = report;
    this.#begin = database.prepare('BEGIN');
    this.#beginImmediate = database.prepare('BEGIN IMMEDIATE');
    this.#commit = database.prepare('COMMIT');
    this.#rollback = database.prepare('ROLLBACK');
  }

  /** Statements run for calls. */
  get statementsRun(): number {
    return this.#statementsRun;
  }

  write(message: ArrayBuffer): void {
    const calls = new ValueReader(message);
    this.#beginImmediate.run();
    try {
      while (calls.take(tag.call)) this.#statement(calls.statement()).run(...calls.values());
      this.#commit.run();
    } finally {
      if (this.#database.isTransaction) this.#rollback.run();
    }
  }

  read(message: ArrayBuffer): ArrayBuffer {
    const calls = new ValueReader(message);
    const answer = new ValueWriter(answerCapacity);
    this.#begin.run();
    try {
      while (calls.take(tag.call)) {
        const statement = calls.statement();
        this.#answer(answer, statement, calls.intOrNone(), calls.values());
      }
    } finally {
      this.#rollback.run();
    }
    return answer.finish();
  }

  #answer(
    answer: ValueWriter,
    statement: number | string,
    bytesMax: number | null,
    values: readonly Value[],
  ): void {
    const start = answer.position;
    try {
      this.#rows(answer, this.#statement(statement), bytesMax, values);
      answer.end();
    } catch (error) {
      const { kind, message } = this.#report(error);
      answer.rewind(start);
      answer.failed();
      answer.text(kind);
      answer.text(message);
    }
  }

  /** All rows; with a budget at least one, then while the sum of their bytes stays within it. */
  #rows(
    answer: ValueWriter,
    statement: StatementSync,
    bytesMax: number | null,
    values: readonly Value[],
  ): void {
    const found = bytesMax === null ? statement.all(...values) : statement.iterate(...values);
    let left = bytesMax ?? Infinity;
    let first = true;
    for (const row of found as Iterable<unknown> as Iterable<readonly unknown[]>) {
      if (bytesMax !== null) left -= bytesOf(row);
      if (left < 0 && !first) break;
      first = false;
      answer.row();
      for (const value of row) answer.value(value);
    }
  }

  #statement(statement: number | string): StatementSync {
    this.#statementsRun += 1;
    if (typeof statement === 'string') return this.#ofText(statement);
    const known = this.#statements[statement];
    if (known !== undefined) return known;
    const text = this.#texts[statement];
    assert(text !== undefined, `there is no statement ${statement}`);
    const prepared = this.#prepare(text);
    this.#statements[statement] = prepared;
    return prepared;
  }

  #ofText(text: string): StatementSync {
    const prepared = this.#ofTexts.get(text) ?? this.#prepare(text);
    this.#ofTexts.delete(text);
    this.#ofTexts.set(text, prepared);
    const [oldest] = this.#ofTexts.keys();
    if (this.#ofTexts.size > keptTextsMax && oldest !== undefined) this.#ofTexts.delete(oldest);
    return prepared;
  }

  #prepare(text: string): StatementSync {
    const prepared = this.#database.prepare(text);
    prepared.setReturnArrays(true);
    return prepared;
  }
}

function bytesOf(row: readonly unknown[]): number {
  let length = 0;
  for (const value of row) if (value instanceof Uint8Array) length += value.length;
  return length;
}
