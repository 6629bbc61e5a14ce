// Which shard, and which block, a workflow id belongs to. For ever: stored rows and routes depend on it.
//
// hash64 is XXH64 with seed 0 over `namespaceId NUL workflowId` in UTF-8; the shard is its top 14 bits.

import { utf8Bytes } from '@perdure/kernel';

/** 16,384 shards. */
const shardBits = 14n;
/** Neighbouring shards that move together and share a part of the wake index. */
export const shardsPerBlock = 64;
export const blockCount = 2 ** Number(shardBits) / shardsPerBlock;

const mask = (1n << 64n) - 1n;
const prime1 = 0x9e3779b185ebca87n;
const prime2 = 0xc2b2ae3d27d4eb4fn;
const prime3 = 0x165667b19e3779f9n;
const prime4 = 0x85ebca77c2b2ae63n;
const prime5 = 0x27d4eb2f165667c5n;

const rotate = (value: bigint, bits: bigint): bigint =>
  ((value << bits) | (value >> (64n - bits))) & mask;
const round = (lane: bigint, input: bigint): bigint =>
  (rotate((lane + input * prime2) & mask, 31n) * prime1) & mask;
const mergeRound = (hash: bigint, lane: bigint): bigint =>
  ((hash ^ round(0n, lane)) * prime1 + prime4) & mask;

/** XXH64, seed 0. */
export function xxh64(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length;
  let at = 0;
  let hash = prime5;
  if (length >= 32) {
    let a = (prime1 + prime2) & mask;
    let b = prime2;
    let c = 0n;
    let d = (mask + 1n - prime1) & mask;
    for (; at + 32 <= length; at += 32) {
      a = round(a, view.getBigUint64(at, true));
      b = round(b, view.getBigUint64(at + 8, true));
      c = round(c, view.getBigUint64(at + 16, true));
      d = round(d, view.getBigUint64(at + 24, true));
    }
    hash = (rotate(a, 1n) + rotate(b, 7n) + rotate(c, 12n) + rotate(d, 18n)) & mask;
    hash = mergeRound(mergeRound(mergeRound(mergeRound(hash, a), b), c), d);
  }
  hash = (hash + BigInt(length)) & mask;
  for (; at + 8 <= length; at += 8) {
    hash ^= round(0n, view.getBigUint64(at, true));
    hash = (rotate(hash, 27n) * prime1 + prime4) & mask;
  }
  if (at + 4 <= length) {
    hash ^= (BigInt(view.getUint32(at, true)) * prime1) & mask;
    hash = (rotate(hash, 23n) * prime2 + prime3) & mask;
    at += 4;
  }
  for (; at < length; at++) {
    hash ^= (BigInt(bytes[at] as number) * prime5) & mask;
    hash = (rotate(hash, 11n) * prime1) & mask;
  }
  hash = ((hash ^ (hash >> 33n)) * prime2) & mask;
  hash = ((hash ^ (hash >> 29n)) * prime3) & mask;
  return hash ^ (hash >> 32n);
}

export function shardOf(namespaceId: string, workflowId: string): number {
  return Number(xxh64(utf8Bytes(`${namespaceId}\0${workflowId}`)) >> (64n - shardBits));
}

export function blockOf(shard: number): number {
  return Math.floor(shard / shardsPerBlock);
}
