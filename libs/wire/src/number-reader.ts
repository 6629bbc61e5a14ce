// A protobuf reader that yields plain numbers for 64-bit fields, in place of protobufjs' Long objects.
//
// Overriding the reader leaves the protobufjs instance of other users (the official SDK in a test) untouched.
// A value outside ±2^53 loses its low bits; no field of ours has such values but hostile input, which is then merely wrong.

import protobuf from 'protobufjs/light.js';

// protobufjs types the class only as far as its public face goes; `buf` and `pos` are documented members.
interface ReaderFace {
  buf: Uint8Array;
  pos: number;
  len: number;
}

// Node's Buffer by way of protobufjs: this package compiles without the types of any platform.
const platformBuffer = protobuf.util.Buffer as unknown as {
  from(bytes: ArrayBufferLike, offset: number, length: number): Uint8Array;
  isBuffer(bytes: Uint8Array): boolean;
  alloc(size: number): Uint8Array;
};
const bufferBase = (protobuf.Reader.create(platformBuffer.alloc(0)) as object).constructor as new (
  buffer: Uint8Array,
) => protobuf.Reader;

function readVarint(reader: ReaderFace, signed: boolean): number {
  const { buf } = reader;
  let low = 0;
  let high = 0;
  let shift = 0;
  for (;;) {
    if (reader.pos >= reader.len) throw new RangeError('index out of range: truncated varint');
    const byte = buf[reader.pos++] as number;
    const bits = byte & 0x7f;
    if (shift < 28) low |= bits << shift;
    else if (shift === 28) {
      low |= bits << 28;
      high |= bits >>> 4;
    } else high |= bits << (shift - 32);
    if (byte < 0x80) break;
    shift += 7;
    if (shift >= 70) throw new Error('invalid varint encoding');
  }
  return (signed ? high | 0 : high >>> 0) * 4294967296 + (low >>> 0);
}

class NumberReader extends bufferBase {
  override int64(): never {
    return readVarint(this as unknown as ReaderFace, true) as never;
  }
  override uint64(): never {
    return readVarint(this as unknown as ReaderFace, false) as never;
  }
  override sint64(): never {
    const value = readVarint(this as unknown as ReaderFace, false);
    return (value % 2 === 0 ? value / 2 : -(value + 1) / 2) as never;
  }
  override fixed64(): never {
    const low = this.fixed32() >>> 0;
    return ((this.fixed32() >>> 0) * 4294967296 + low) as never;
  }
  override sfixed64(): never {
    const low = this.fixed32() >>> 0;
    return ((this.fixed32() | 0) * 4294967296 + low) as never;
  }
}

/** A reader over the bytes; no copy is made, and byte fields are slices of them. */
export function numberReader(bytes: Uint8Array): protobuf.Reader {
  const buffer = platformBuffer.isBuffer(bytes)
    ? bytes
    : platformBuffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return new NumberReader(buffer);
}
