// How a record lies on disk. Numbers are little-endian.
//
//    0  magic 'PLOG'       4 bytes
//    4  format version     2, then 2 zero bytes
//    8  log id             4, a random number of this log
//   12  body length        4
//   16  record offset      8
//   24  position           8, where this header stands: the base of its segment + its place in the file
//   32  synced             8, everything below this position was covered by a returned sync when this was written
//   40  CRC32C of the body 4
//   44  CRC32C of the header up to here
//   48  the body, then zeros up to a multiple of 8
//
// 1. Every format version keeps the length of the header, its magic, version and CRC, so that a record of another
//    version is known as such and not taken for damage.
// 2. Position and log id make sure that stale bytes, bytes of another log and a copy of a log inside a body never pass
//    for a record of this log.

import { crc32c } from './crc32c.ts';

export const headerBytes = 48;
export const formatVersion = 1;
export const bodyBytesMax: number = 2 ** 30;

const magic = 0x474f4c50;
const magicLowByte = magic & 255;
const twoTo32 = 2 ** 32;

export interface RecordHeader {
  readonly version: number;
  readonly logId: number;
  readonly length: number;
  readonly offset: number;
  readonly position: number;
  readonly synced: number;
  readonly bodyCrc: number;
}

export function aligned(length: number): number {
  return Math.ceil(length / 8) * 8;
}

/** Bytes that a record takes on disk. */
export function recordBytes(bodyLength: number): number {
  return headerBytes + aligned(bodyLength);
}

/** Writes the record with its padding into `target` at `at`. */
export function writeRecord(
  target: Uint8Array,
  at: number,
  body: Uint8Array,
  place: Pick<RecordHeader, 'logId' | 'offset' | 'position' | 'synced'>,
): void {
  const end = at + headerBytes + body.length;
  target.set(body, at + headerBytes);
  target.fill(0, end, at + recordBytes(body.length));
  putU32(target, at, magic);
  putU32(target, at + 4, formatVersion);
  putU32(target, at + 8, place.logId);
  putU32(target, at + 12, body.length);
  putU64(target, at + 16, place.offset);
  putU64(target, at + 24, place.position);
  putU64(target, at + 32, place.synced);
  putU32(target, at + 40, crc32c(target, at + headerBytes, end));
  putU32(target, at + 44, crc32c(target, at, at + 44));
}

/** The header at `at`, or null when there is none that passes its check. */
export function readHeader(bytes: Uint8Array, at: number): RecordHeader | null {
  if (at + headerBytes > bytes.length || bytes[at] !== magicLowByte) return null;
  if (u32(bytes, at) !== magic) return null;
  if (u32(bytes, at + 44) !== crc32c(bytes, at, at + 44)) return null;
  return {
    version: u32(bytes, at + 4) & 0xffff,
    logId: u32(bytes, at + 8),
    length: u32(bytes, at + 12),
    offset: u64(bytes, at + 16),
    position: u64(bytes, at + 24),
    synced: u64(bytes, at + 32),
    bodyCrc: u32(bytes, at + 40),
  };
}

/** The body that belongs to `header` at `at`, or null when it is cut short or fails its check. */
export function readBody(bytes: Uint8Array, at: number, header: RecordHeader): Uint8Array | null {
  const start = at + headerBytes;
  const end = start + header.length;
  if (end > bytes.length || crc32c(bytes, start, end) !== header.bodyCrc) return null;
  return bytes.subarray(start, end);
}

function putU32(target: Uint8Array, at: number, value: number): void {
  target[at] = value;
  target[at + 1] = value >>> 8;
  target[at + 2] = value >>> 16;
  target[at + 3] = value >>> 24;
}

function putU64(target: Uint8Array, at: number, value: number): void {
  putU32(target, at, value % twoTo32);
  putU32(target, at + 4, Math.floor(value / twoTo32));
}

function u32(bytes: Uint8Array, at: number): number {
  const high = (bytes[at + 3]! << 24) | (bytes[at + 2]! << 16);
  return (high | (bytes[at + 1]! << 8) | bytes[at]!) >>> 0;
}

function u64(bytes: Uint8Array, at: number): number {
  return u32(bytes, at) + u32(bytes, at + 4) * twoTo32;
}
