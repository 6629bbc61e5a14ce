// A LogPartition in memory: the shortest thing that satisfies the contract, and its reference.

import { type LogPartition, type LogRecord, LogTrimmed } from '@perdure/ports';

export class MemoryLog implements LogPartition {
  /** Records from the low mark upwards. */
  readonly #records: LogRecord[] = [];
  #lowMark = 0;
  #closed = false;

  async append(records: readonly Uint8Array[]): Promise<number> {
    this.#refuseIfClosed();
    const first = this.#end();
    for (const bytes of records) this.#records.push({ offset: this.#end(), bytes });
    return first;
  }

  async read(fromOffset: number, maxBytes: number): Promise<readonly LogRecord[]> {
    this.#refuseIfClosed();
    if (fromOffset < this.#lowMark) throw new LogTrimmed(fromOffset, this.#lowMark);
    const found: LogRecord[] = [];
    let bytes = 0;
    for (let i = fromOffset - this.#lowMark; i < this.#records.length; i++) {
      const record = this.#records[i] as LogRecord;
      bytes += record.bytes.length;
      if (bytes > maxBytes && found.length > 0) break;
      found.push(record);
    }
    return found;
  }

  async endOffset(): Promise<number> {
    this.#refuseIfClosed();
    return this.#end();
  }

  async lowMark(): Promise<number> {
    this.#refuseIfClosed();
    return this.#lowMark;
  }

  async trim(offset: number): Promise<void> {
    this.#refuseIfClosed();
    const lowMark = Math.max(this.#lowMark, Math.min(offset, this.#end()));
    this.#records.splice(0, lowMark - this.#lowMark);
    this.#lowMark = lowMark;
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #end(): number {
    return this.#lowMark + this.#records.length;
  }

  #refuseIfClosed(): void {
    if (this.#closed) throw new Error('the log is closed');
  }
}
