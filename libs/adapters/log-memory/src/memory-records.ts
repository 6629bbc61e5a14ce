// The records of one LogPartition in memory, apart from who has them open.

import { type LogRecord, LogTrimmed } from '@perdure/ports';

export class MemoryRecords {
  /** Records from the low mark upwards. */
  readonly #records: LogRecord[] = [];
  #lowMark = 0;

  get end(): number {
    return this.#lowMark + this.#records.length;
  }

  get lowMark(): number {
    return this.#lowMark;
  }

  /** The offset of the first. */
  append(records: readonly Uint8Array[]): number {
    const first = this.end;
    for (const bytes of records) this.#records.push({ offset: this.end, bytes });
    return first;
  }

  read(fromOffset: number, maxBytes: number): LogRecord[] {
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

  trim(offset: number): void {
    const lowMark = Math.max(this.#lowMark, Math.min(offset, this.end));
    this.#records.splice(0, lowMark - this.#lowMark);
    this.#lowMark = lowMark;
  }
}
