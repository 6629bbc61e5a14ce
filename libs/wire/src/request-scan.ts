// Looks through the bytes of a request before anything is made of them: is it this message, all the way down, user data
// included, and is it of sensible size?
//
// User data is never decoded by the server (descriptors.ts), so this is the one place where a payload that is no payload
// is found. Without it one bad request would write an event that no worker can decode, and its run could not go on.
// One pass, no objects: some 30 ns a field, stopped at `fieldsMax`.

import protobuf from 'protobufjs/light.js';
import { DecodeFault, TooManyFields } from './decode-fault.ts';
import { opaqueTypeOf, publicType } from './descriptors.ts';

const WireType = { Varint: 0, Fixed64: 1, Bytes: 2, Fixed32: 5 } as const;
/** Deeper nesting is refused: failures nest by their causes, and a worker must be able to follow. */
const depthMax = 100;

interface FieldShape {
  readonly wireType: number;
  /** A repeated scalar may also come packed. */
  readonly packable: boolean;
  readonly text: boolean;
  readonly message: (() => Shape) | null;
}
type Shape = ReadonlyMap<number, FieldShape>;

const fixed64 = new Set(['fixed64', 'sfixed64', 'double']);
const fixed32 = new Set(['fixed32', 'sfixed32', 'float']);
const shapes = new Map<protobuf.Type, Shape>();

function wireTypeOf(type: string): number {
  if (type === 'string' || type === 'bytes') return WireType.Bytes;
  if (fixed64.has(type)) return WireType.Fixed64;
  return fixed32.has(type) ? WireType.Fixed32 : WireType.Varint;
}

function scalarShape(type: string, repeated: boolean): FieldShape {
  const wireType = wireTypeOf(type);
  const packable = repeated && wireType !== WireType.Bytes;
  return { wireType, packable, text: type === 'string', message: null };
}

function messageShape(message: () => Shape): FieldShape {
  return { wireType: WireType.Bytes, packable: false, text: false, message };
}

function valueShape(field: protobuf.Field): FieldShape {
  const opaque = opaqueTypeOf(field);
  if (opaque !== null) return messageShape(() => shapeOf(opaque));
  const { resolvedType } = field;
  if (resolvedType instanceof protobuf.Type) return messageShape(() => shapeOf(resolvedType));
  return scalarShape(resolvedType === null ? field.type : 'int32', field.repeated);
}

function fieldShape(field: protobuf.Field): FieldShape {
  field.resolve();
  const value = valueShape(field);
  if (!(field instanceof protobuf.MapField)) return value;
  const entry: Shape = new Map([
    [1, scalarShape(field.keyType, false)],
    [2, value],
  ]);
  return messageShape(() => entry);
}

function shapeOf(type: protobuf.Type): Shape {
  let shape = shapes.get(type);
  if (shape === undefined) {
    shape = new Map(type.fieldsArray.map((field) => [field.id, fieldShape(field)]));
    shapes.set(type, shape);
  }
  return shape;
}

/** Throws DecodeFault unless the bytes are the message, with at most `fieldsMax` fields, nested ones counted. */
export function scanRequest(typeName: string, bytes: Uint8Array, fieldsMax: number): void {
  try {
    new Scan(bytes, fieldsMax).message(shapeOf(publicType(typeName)), bytes.length, 0);
  } catch (cause) {
    throw new DecodeFault(typeName, cause);
  }
}

class Scan {
  readonly #bytes: Uint8Array;
  #fieldsLeft: number;
  #at = 0;

  constructor(bytes: Uint8Array, fieldsMax: number) {
    this.#bytes = bytes;
    this.#fieldsLeft = fieldsMax;
  }

  message(shape: Shape, end: number, depth: number): void {
    if (depth > depthMax) throw new RangeError(`nested deeper than ${depthMax} messages`);
    while (this.#at < end) {
      if (--this.#fieldsLeft < 0) throw new TooManyFields('the message has too many fields');
      const tag = this.#varint(end);
      const id = Math.floor(tag / 8);
      if (id === 0 || tag > 0xffffffff) throw new RangeError(`no field number at ${this.#at}`);
      this.#field(shape.get(id), id, tag % 8, end, depth);
    }
  }

  #field(
    shape: FieldShape | undefined,
    id: number,
    wireType: number,
    end: number,
    depth: number,
  ): void {
    const known = shape !== undefined;
    const packed = known && shape.packable && wireType === WireType.Bytes;
    if (known && wireType !== shape.wireType && !packed) {
      throw new RangeError(`field ${id} has wire type ${wireType}`);
    }
    if (wireType === WireType.Varint) this.#varint(end);
    else if (wireType === WireType.Fixed64) this.#skip(8, end);
    else if (wireType === WireType.Fixed32) this.#skip(4, end);
    else if (wireType !== WireType.Bytes)
      throw new RangeError(`field ${id} has wire type ${wireType}`);
    else {
      const inside = this.#varint(end) + this.#at;
      if (inside > end) throw new RangeError(`field ${id} is cut off`);
      if (known && shape.message !== null) this.message(shape.message(), inside, depth + 1);
      else if (known && shape.text) this.#text(id, inside);
      else this.#at = inside;
    }
  }

  #skip(count: number, end: number): void {
    this.#at += count;
    if (this.#at > end) throw new RangeError('a number is cut off');
  }

  #varint(end: number): number {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      if (this.#at >= end) throw new RangeError('a number is cut off');
      const byte = this.#bytes[this.#at++] as number;
      value += (byte & 0x7f) * shift;
      if (byte < 0x80) return value;
      if (shift > 2 ** 62) throw new RangeError('a number is longer than 10 bytes');
    }
  }

  /** UTF-8 without overlong forms and surrogates, as every protobuf decoder of a string wants it. */
  #text(id: number, end: number): void {
    while (this.#at < end) {
      const first = this.#bytes[this.#at++] as number;
      if (first < 0x80) continue;
      const more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
      if (first < 0xc2 || first > 0xf4 || this.#at + more > end) throw invalidText(id);
      const second = this.#bytes[this.#at] as number;
      const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
      const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
      if (second < least || second > most) throw invalidText(id);
      for (let k = 1; k < more; k++) {
        if (((this.#bytes[this.#at + k] as number) & 0xc0) !== 0x80) throw invalidText(id);
      }
      this.#at += more;
    }
  }
}

function invalidText(id: number): RangeError {
  return new RangeError(`field ${id} is not valid UTF-8`);
}
