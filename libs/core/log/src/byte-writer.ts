// A growing byte string that protobuf fields are written to, in one pass.
//
// The length of a nested message is not computed beforehand: room for its prefix is left as wide as the expected
// length needs, and in the rare case that this was wrong the message is moved.
//
// Y1. What was written stays as it is until `length` is set back: growing copies.
// Y2. A lone surrogate is written as U+FFFD, so every length is that of what was written.

/** Bytes that the value takes as a varint; a whole number from 0 to 2^53. */
export function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size += 1;
  return size;
}

export class ByteWriter {
  bytes: Uint8Array;
  length = 0;

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
  }

  /** What was written from `start` on: a view, valid until the next write. */
  written(start = 0): Uint8Array {
    return this.bytes.subarray(start, this.length);
  }

  /** Makes room for `count` more bytes. */
  #reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    grown.set(this.written());
    this.bytes = grown;
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  varint(value: number): void {
    this.#reserve(8);
    this.length = putVarint(this.bytes, this.length, value);
  }

  /** A varint field; `tag` is field number << 3. */
  number(tag: number, value: number): void {
    this.varint(tag);
    this.varint(value);
  }

  string(tag: number, text: string): void {
    const start = this.open(tag, text.length);
    this.#reserve(text.length * 3);
    this.length = putUtf8(this.bytes, this.length, text);
    this.close(start, text.length);
  }

  message(tag: number, bytes: Uint8Array): void {
    this.varint(tag);
    this.varint(bytes.length);
    this.raw(bytes);
  }

  /** Begins a nested field of about `expected` bytes. Give the answer to `close`, with the same `expected`. */
  open(tag: number, expected: number): number {
    this.varint(tag);
    this.#reserve(8);
    const start = this.length;
    this.length += varintSize(expected);
    return start;
  }

  /** `following`: bytes of the field that are put behind what is written here by somebody else. */
  close(start: number, expected: number, following = 0): void {
    const from = start + varintSize(expected);
    const size = this.length - from;
    const to = start + varintSize(size + following);
    if (to !== from) {
      this.#reserve(8);
      this.bytes.copyWithin(to, from, this.length);
    }
    putVarint(this.bytes, start, size + following);
    this.length = to + size;
  }
}

function putVarint(bytes: Uint8Array, position: number, value: number): number {
  let at = position;
  let rest = value;
  while (rest >= 0x80000000) {
    bytes[at++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  while (rest >= 0x80) {
    bytes[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  bytes[at++] = rest;
  return at;
}

function putUtf8(bytes: Uint8Array, position: number, text: string): number {
  let at = position;
  for (let i = 0; i < text.length; i++) {
    let code = text.charCodeAt(i);
    if (code < 0x80) {
      bytes[at++] = code;
      continue;
    }
    if (code >= 0xd800 && code < 0xe000) {
      code = text.codePointAt(i) as number;
      if (code >= 0x10000) i += 1;
      else code = 0xfffd;
    }
    if (code < 0x800) bytes[at++] = 0xc0 | (code >> 6);
    else {
      if (code < 0x10000) bytes[at++] = 0xe0 | (code >> 12);
      else {
        bytes[at++] = 0xf0 | (code >> 18);
        bytes[at++] = 0x80 | ((code >> 12) & 0x3f);
      }
      bytes[at++] = 0x80 | ((code >> 6) & 0x3f);
    }
    bytes[at++] = 0x80 | (code & 0x3f);
  }
  return at;
}
