// One field of a message that is not decoded: for decisions that must cost less than decoding.
//
// The last occurrence counts, as it does when the message is decoded. Bytes that are no message give what a message without
// the field gives: whoever decodes them says what is wrong.

import protobuf from 'protobufjs/light.js';
import { publicType } from './descriptors.ts';

/** Reads the text field of that name; null when the message has none of that name. */
export function textPeek(typeName: string, field: string): ((bytes: Uint8Array) => string) | null {
  const id = idOf(typeName, field, 'string');
  if (id === null) return null;
  return (bytes) => {
    if (!findLast(bytes, id, WireType.Bytes)) return '';
    return protobuf.util.utf8.read(bytes, found.start, found.end);
  };
}

/** The same for a boolean field. */
export function boolPeek(typeName: string, field: string): ((bytes: Uint8Array) => boolean) | null {
  const id = idOf(typeName, field, 'bool');
  if (id === null) return null;
  return (bytes) => findLast(bytes, id, WireType.Varint) && found.value !== 0;
}

function idOf(typeName: string, name: string, type: string): number | null {
  const field = publicType(typeName).fields[name];
  return field?.type === type && !field.repeated ? field.id : null;
}

const WireType = { Varint: 0, Fixed64: 1, Bytes: 2, Fixed32: 5 } as const;

/** Where the last search ended: one for all, nothing is allocated. */
const found = { start: 0, end: 0, value: 0 };
/** The varint read last, and where it ended; `at` -1: it was cut off. */
const varint = { value: 0, at: 0 };

function findLast(bytes: Uint8Array, id: number, wireType: number): boolean {
  let any = false;
  for (let at = 0; at < bytes.length; ) {
    readVarint(bytes, at);
    if (varint.at < 0) return false;
    const tag = varint.value;
    const type = tag % 8;
    const wanted = (tag - type) / 8 === id && type === wireType;
    at = varint.at;
    if (type === WireType.Varint || type === WireType.Bytes) {
      readVarint(bytes, at);
      if (varint.at < 0) return false;
      at = varint.at;
      const start = at;
      if (type === WireType.Bytes) at += varint.value;
      if (wanted) {
        found.start = start;
        found.end = at;
        found.value = varint.value;
        any = true;
      }
    } else if (type === WireType.Fixed64) at += 8;
    else if (type === WireType.Fixed32) at += 4;
    else return false;
    if (at > bytes.length) return false;
  }
  return any;
}

function readVarint(bytes: Uint8Array, from: number): void {
  let value = 0;
  let factor = 1;
  for (let at = from; at < bytes.length && at < from + 10; at++) {
    const byte = bytes[at] as number;
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) {
      varint.value = value;
      varint.at = at + 1;
      return;
    }
    factor *= 128;
  }
  varint.at = -1;
}
