// Decodes what value-writer.ts encodes.

import { assert } from '@perdure/kernel';
import { idOfKey } from '@perdure/ports';
import { statementOfText, tag } from './value-writer.ts';

/** Bytes up to this length are copied: a small value that its reader keeps must not keep the whole message. */
const copiedLength = 8192;

export type Value = number | Uint8Array | null;

export class ValueReader {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  #position = 0;

  constructor(message: ArrayBuffer) {
    this.#bytes = Buffer.from(message);
    this.#view = new DataView(message);
  }

  /** Consumes the tag that comes next if it is this one. */
  take(kind: number): boolean {
    if (this.#bytes[this.#position] !== kind) return false;
    this.#position += 1;
    return true;
  }

  /** The statement of a call whose tag was taken. */
  statement(): number | string {
    this.#position += 4;
    const number = this.#view.getUint32(this.#position - 4, true);
    return number === statementOfText ? this.text() : number;
  }

  /** All values that come next, as SQLite takes them. Bytes are views of the message. */
  values(): Value[] {
    const values: Value[] = [];
    for (;;) {
      const kind = this.#bytes[this.#position];
      if (kind === tag.int) values.push(this.int());
      else if (kind === tag.bytes) values.push(this.#viewed());
      else if (this.take(tag.none)) values.push(null);
      else return values;
    }
  }

  int(): number {
    this.#expect(tag.int);
    this.#position += 8;
    return this.#view.getFloat64(this.#position - 8, true);
  }

  intOrNone(): number | null {
    return this.take(tag.none) ? null : this.int();
  }

  bytes(): Uint8Array {
    const bytes = this.#viewed();
    return bytes.length <= copiedLength ? bytes.slice() : bytes;
  }

  bytesOrNone(): Uint8Array | null {
    return this.take(tag.none) ? null : this.bytes();
  }

  text(): string {
    const length = this.#length();
    return this.#bytes.toString('utf8', this.#position - length, this.#position);
  }

  id(): string {
    const length = this.#length();
    return idOfKey(this.#bytes, this.#position - length, this.#position);
  }

  #viewed(): Uint8Array {
    const length = this.#length();
    return new Uint8Array(this.#bytes.buffer, this.#position - length, length);
  }

  /** Passes a run of bytes; its length. */
  #length(): number {
    this.#expect(tag.bytes);
    const length = this.#view.getUint32(this.#position, true);
    this.#position += 4 + length;
    return length;
  }

  #expect(kind: number): void {
    assert(
      this.take(kind),
      'a message of the SQLite thread holds another value than its reader expects',
    );
  }
}
