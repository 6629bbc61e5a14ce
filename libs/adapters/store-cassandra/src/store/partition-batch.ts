// Statements gathered by the partition that they go to. What goes to one partition is one mutation (M3): one round trip and
// one entry of the commit log for many rows, bounded in bytes and number.
//
// B1. Tables with the same partition key share a mutation.
// B2. Order within a partition means nothing: timestamps decide.

import type { CqlValue, Statement } from '../connection/session.ts';

/** A batch should not be much larger: the coordinator holds it whole. One statement may be. */
const bytesMax = 512 * 1024;
const statementsMax = 200;
const statementBytes = 100;

interface Gathered {
  statements: Statement[];
  bytes: number;
}

export class PartitionBatches {
  readonly #open = new Map<string, Gathered>();
  readonly #full: Statement[][] = [];

  /** `key`: the values of the partition key, which are the partition's whatever the table. */
  add(key: readonly (string | number)[], cql: string, values: readonly CqlValue[]): void {
    const name = JSON.stringify(key);
    const bytes = bytesOf(values);
    let gathered = this.#open.get(name);
    const isFull =
      gathered !== undefined &&
      (gathered.bytes + bytes > bytesMax || gathered.statements.length >= statementsMax);
    if (gathered === undefined || isFull) {
      if (gathered !== undefined) this.#full.push(gathered.statements);
      gathered = { statements: [], bytes: 0 };
      this.#open.set(name, gathered);
    }
    gathered.statements.push({ cql, values });
    gathered.bytes += bytes;
  }

  get batches(): readonly (readonly Statement[])[] {
    return [...this.#full, ...Array.from(this.#open.values(), ({ statements }) => statements)];
  }
}

function bytesOf(values: readonly CqlValue[]): number {
  let bytes = statementBytes;
  for (const value of values) {
    if (typeof value === 'string' || value instanceof Uint8Array) bytes += value.length;
    else bytes += 8;
  }
  return bytes;
}
