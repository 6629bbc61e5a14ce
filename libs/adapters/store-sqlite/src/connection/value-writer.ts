// Encodes what travels between the main thread and a thread of SQLite: one buffer per message, transferred.
//
//   request  = (call statement:u32 text? value*)* end    the text of a statement that has no number; the first value of a read is its budget of bytes, or none
//   answer   = ((row value*)* end | failed kind text)*   one per call, in their order
//   value    = none | int f64 | bytes length:u32 byte*
//
// V1. A number that is not an integer throws before anything is sent.

import { putUuidKey, uuidKeyLength } from '@perdure/ports';

export const tag = { end: 0, none: 1, int: 2, bytes: 3, call: 4, row: 5, failed: 6 } as const;

/** Stands for a statement that comes with its text. */
export const statementOfText = 0xffff_ffff;

const headerLength = 5;
/** Up to this length a loop over ASCII is faster than the call into Node. */
const shortText = 48;

export class ValueWriter {
  #bytes: Buffer<ArrayBuffer>;
  #view: DataView;
  #position = 0;

  constructor(capacity: number) {
    this.#bytes = Buffer.from(new ArrayBuffer(capacity));
    this.#view = new DataView(this.#bytes.buffer);
  }

  get position(): number {
    return this.#position;
  }

  /** Forgets what was written from `position` on. */
  rewind(position: number): void {
    this.#position = position;
  }

  /** A number of the file's definition, or the text of a statement with all its values bound. */
  call(statement: number | string): void {
    this.#reserve(headerLength);
    this.#bytes[this.#position] = tag.call;
    const number = typeof statement === 'number' ? statement : statementOfText;
    this.#view.setUint32(this.#position + 1, number, true);
    this.#position += headerLength;
    if (typeof statement === 'string') this.text(statement);
  }

  row(): void {
    this.#mark(tag.row);
  }

  failed(): void {
    this.#mark(tag.failed);
  }

  end(): void {
    this.#mark(tag.end);
  }

  none(): void {
    this.#mark(tag.none);
  }

  int(value: number): void {
    if (!Number.isSafeInteger(value)) throw new TypeError(`${value} is not an integer`);
    this.#reserve(9);
    this.#bytes[this.#position] = tag.int;
    this.#view.setFloat64(this.#position + 1, value, true);
    this.#position += 9;
  }

  intOrNone(value: number | null): void {
    if (value === null) this.none();
    else this.int(value);
  }

  bytes(value: Uint8Array): void {
    this.#reserve(headerLength + value.length);
    this.#bytes.set(value, this.#position + headerLength);
    this.#close(value.length);
  }

  bytesOrNone(value: Uint8Array | null): void {
    if (value === null) this.none();
    else this.bytes(value);
  }

  text(value: string): void {
    this.#reserve(headerLength + 3 * value.length);
    this.#close(this.#putText(value, this.#position + headerLength));
  }

  /** An id as its key. */
  id(value: string): void {
    this.#reserve(headerLength + uuidKeyLength);
    const at = this.#position + headerLength;
    if (putUuidKey(value, this.#bytes, at)) this.#close(uuidKeyLength);
    else this.text(value);
  }

  /** A value as SQLite gave it. */
  value(value: unknown): void {
    if (value === null) this.none();
    else if (typeof value === 'number') this.int(value);
    else if (value instanceof Uint8Array) this.bytes(value);
    else throw new TypeError(`a column held a ${typeof value}`);
  }

  /** The buffer, to be transferred; what stands after the last `end` means nothing. The writer is used up. */
  finish(): ArrayBuffer {
    this.end();
    return this.#bytes.buffer;
  }

  #putText(value: string, at: number): number {
    const bytes = this.#bytes;
    if (value.length > shortText) return bytes.write(value, at);
    for (let i = 0; i < value.length; i++) {
      const unit = value.charCodeAt(i);
      if (unit > 0x7f) return bytes.write(value, at);
      bytes[at + i] = unit;
    }
    return value.length;
  }

  /** Writes the header of a run of bytes that stand in their place already. */
  #close(length: number): void {
    this.#bytes[this.#position] = tag.bytes;
    this.#view.setUint32(this.#position + 1, length, true);
    this.#position += headerLength + length;
  }

  #mark(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#position] = value;
    this.#position += 1;
  }

  #reserve(length: number): void {
    const needed = this.#position + length;
    if (needed <= this.#bytes.length) return;
    const grown = this.#bytes.buffer.transfer(Math.max(needed, 2 * this.#bytes.length));
    this.#bytes = Buffer.from(grown);
    this.#view = new DataView(grown);
  }
}
