// What a log owes: a ledger of everything it acknowledged and of the one append whose outcome is unknown.
//
// 1. Every acknowledged record that was not trimmed is there, with its bytes, at its offset.
// 2. Behind them stand at most the records of the unknown append: a prefix of them, in order. Nothing else.
// 3. What a check found counts from then on as acknowledged: it was served, so it must never go away again.

import { equalBytes } from '@perdure/kernel';
import type { LogPartition } from '@perdure/ports';

export class LedgerViolation extends Error {
  override readonly name = 'LedgerViolation';
}

export class LogLedger {
  readonly #owed: Uint8Array[] = [];
  #unknown: readonly Uint8Array[] = [];
  #trimmedTo = 0;

  get endOffset(): number {
    return this.#owed.length;
  }

  async append(log: LogPartition, records: readonly Uint8Array[]): Promise<void> {
    this.#unknown = records;
    const first = await log.append(records.map((record) => record.slice()));
    if (first !== this.#owed.length) {
      throw new LedgerViolation(`append answered ${first}, the end was ${this.#owed.length}`);
    }
    this.#owed.push(...records);
    this.#unknown = [];
  }

  async trim(log: LogPartition, offset: number): Promise<void> {
    this.#trimmedTo = Math.max(this.#trimmedTo, offset);
    await log.trim(offset);
  }

  /** Compares the log with what it owes; to be called after every opening. Throws LedgerViolation. */
  async check(log: LogPartition): Promise<void> {
    const lowMark = await log.lowMark();
    const endOffset = await log.endOffset();
    if (lowMark > this.#trimmedTo) {
      throw new LedgerViolation(`low mark ${lowMark}, but only ${this.#trimmedTo} was trimmed`);
    }
    if (endOffset < this.#owed.length) {
      throw new LedgerViolation(`end ${endOffset}, but ${this.#owed.length} were acknowledged`);
    }
    const allowed = [...this.#owed, ...this.#unknown];
    if (endOffset > allowed.length) {
      throw new LedgerViolation(`end ${endOffset}, but only ${allowed.length} were ever appended`);
    }
    await compare(log, lowMark, allowed.slice(0, endOffset));
    this.#owed.push(...this.#unknown.slice(0, endOffset - this.#owed.length));
    this.#unknown = [];
  }
}

/** Reads the log from `lowMark` to its end and compares. */
async function compare(
  log: LogPartition,
  lowMark: number,
  expected: readonly Uint8Array[],
): Promise<void> {
  let next = lowMark;
  for (;;) {
    const records = await log.read(next, 4096);
    if (records.length === 0) break;
    for (const { offset, bytes } of records) {
      const wanted = expected[offset];
      if (offset !== next || wanted === undefined || !equalBytes(bytes, wanted)) {
        throw new LedgerViolation(`at offset ${next} there is another record (${offset})`);
      }
      next += 1;
    }
  }
  if (next !== expected.length) {
    throw new LedgerViolation(`reading ended at ${next}, the end is ${expected.length}`);
  }
}
