// Reads header blocks (RFC 7541). One per connection: blocks refer to fields of earlier blocks.
//
// H1. Every block is read to its end, whatever becomes of its stream: a block that is skipped would spoil all later ones.
// H2. What a block may unfold to is bounded: a byte can stand for 4 KiB. Fields beyond the bound are read and dropped.

import { staticFields } from './hpack-static.ts';
import { decodeHuffman } from './huffman.ts';

/** The connection cannot go on: COMPRESSION_ERROR. */
export class HpackFault extends Error {
  override readonly name = 'HpackFault';
}

/** Fields in their order, names and values by turns. */
export interface HeaderBlock {
  readonly fields: readonly string[];
  /** Fields were dropped: the list is longer than the bound. */
  readonly tooLarge: boolean;
}

/** What a field counts beyond its letters, in the table and in a list. */
const fieldOverhead = 32;
/** The size of the table that peers may use unless told otherwise; we never tell. */
export const tableBytesMax = 4096;
const integerMax = 2 ** 28;

export class HpackDecoder {
  readonly #listBytesMax: number;
  /** The dynamic table: the newest last, those before `#first` have been evicted. */
  #names: string[] = [];
  #values: string[] = [];
  #first = 0;
  #tableBytes = 0;
  #tableMax = tableBytesMax;
  #block: Uint8Array = new Uint8Array();
  #at = 0;

  constructor(listBytesMax: number) {
    this.#listBytesMax = listBytesMax;
  }

  /** Throws HpackFault. */
  decode(block: Uint8Array): HeaderBlock {
    this.#block = block;
    this.#at = 0;
    const fields: string[] = [];
    let listBytes = 0;
    while (this.#at < block.length) {
      const first = block[this.#at] as number;
      let name: string;
      let value: string;
      if (first >= 0x80) {
        const index = this.#integer(0x7f);
        name = this.#nameOf(index);
        value = this.#valueOf(index);
      } else if (first >= 0x20 && first < 0x40) {
        if (fields.length > 0 || listBytes > 0) throw new HpackFault('a size between two fields');
        this.#resize(this.#integer(0x1f));
        continue;
      } else {
        const kept = first >= 0x40;
        const index = this.#integer(kept ? 0x3f : 0x0f);
        name = index === 0 ? this.#text() : this.#nameOf(index);
        value = this.#text();
        if (kept) this.#keep(name, value);
      }
      listBytes += name.length + value.length + fieldOverhead;
      if (listBytes <= this.#listBytesMax) fields.push(name, value);
    }
    return { fields, tooLarge: listBytes > this.#listBytesMax };
  }

  #nameOf(index: number): string {
    if (index > 0 && index <= staticFields.length)
      return (staticFields[index - 1] as readonly string[])[0] as string;
    return this.#names[this.#position(index)] as string;
  }

  #valueOf(index: number): string {
    if (index > 0 && index <= staticFields.length)
      return (staticFields[index - 1] as readonly string[])[1] as string;
    return this.#values[this.#position(index)] as string;
  }

  #position(index: number): number {
    const position = this.#names.length - (index - staticFields.length);
    if (index === 0 || position < this.#first) throw new HpackFault(`no field ${index}`);
    return position;
  }

  #keep(name: string, value: string): void {
    const bytes = name.length + value.length + fieldOverhead;
    this.#shrinkTo(this.#tableMax - bytes);
    if (bytes > this.#tableMax) return;
    this.#names.push(name);
    this.#values.push(value);
    this.#tableBytes += bytes;
  }

  #resize(bytes: number): void {
    if (bytes > tableBytesMax) throw new HpackFault(`a table of ${bytes} bytes`);
    this.#tableMax = bytes;
    this.#shrinkTo(bytes);
  }

  #shrinkTo(bytes: number): void {
    while (this.#tableBytes > bytes && this.#first < this.#names.length) {
      const name = this.#names[this.#first] as string;
      const value = this.#values[this.#first] as string;
      this.#tableBytes -= name.length + value.length + fieldOverhead;
      this.#first += 1;
    }
    // Evicted fields are cut off now and then, so that each costs little.
    if (this.#first < 256) return;
    this.#names = this.#names.slice(this.#first);
    this.#values = this.#values.slice(this.#first);
    this.#first = 0;
  }

  /** An integer whose first bits are those of `mask` in the next byte. */
  #integer(mask: number): number {
    const first = this.#byte() & mask;
    if (first < mask) return first;
    let value = first;
    let factor = 1;
    for (;;) {
      const byte = this.#byte();
      value += (byte & 0x7f) * factor;
      if (value > integerMax) throw new HpackFault('an integer too large');
      if (byte < 0x80) return value;
      factor *= 128;
      if (factor > integerMax) throw new HpackFault('an integer too long');
    }
  }

  #byte(): number {
    const byte = this.#block[this.#at++];
    if (byte === undefined) throw new HpackFault('a block that ends within a field');
    return byte;
  }

  /** Letters are bytes: gRPC allows ASCII only, anything else stays recognisable. */
  #text(): string {
    const huffman = (this.#block[this.#at] ?? 0) >= 0x80;
    const length = this.#integer(0x7f);
    const from = this.#at;
    const to = from + length;
    if (to > this.#block.length) throw new HpackFault('a block that ends within a text');
    this.#at = to;
    if (!huffman) return latin1(this.#block, from, to);
    const decoded = decodeHuffman(this.#block, from, to);
    if (decoded === null) throw new HpackFault('no Huffman code');
    return decoded.toString('latin1');
  }
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
}
