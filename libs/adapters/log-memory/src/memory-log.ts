// A LogPartition in memory: the shortest thing that satisfies the contract, and its reference.

import type { LogPartition, LogRecord } from '@perdure/ports';
import { MemoryRecords } from './memory-records.ts';

export class MemoryLog implements LogPartition {
  readonly #records = new MemoryRecords();
  #closed = false;

  async append(records: readonly Uint8Array[]): Promise<number> {
    return this.#open().append(records);
  }

  async read(fromOffset: number, maxBytes: number): Promise<readonly LogRecord[]> {
    return this.#open().read(fromOffset, maxBytes);
  }

  async endOffset(): Promise<number> {
    return this.#open().end;
  }

  async lowMark(): Promise<number> {
    return this.#open().lowMark;
  }

  async trim(offset: number): Promise<void> {
    this.#open().trim(offset);
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #open(): MemoryRecords {
    if (this.#closed) throw new Error('the log is closed');
    return this.#records;
  }
}
