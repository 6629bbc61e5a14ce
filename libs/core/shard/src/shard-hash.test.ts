// XXH64 against the reference implementation (python-xxhash 3), and what shards are made of it: for ever.

import { utf8Bytes } from '@perdure/kernel';
import { describe, expect, test } from 'vitest';
import { blockCount, blockOf, shardOf, shardsPerBlock, xxh64 } from './shard-hash.ts';

const vectors: readonly (readonly [string, string])[] = [
  ['', 'ef46db3751d8e999'],
  ['a', 'd24ec4f1a98c6e5b'],
  ['abc', '44bc2cf5ad770999'],
  ['xxhash', '32dd38952c4bc720'],
  ['café ☕', 'ff8a3b65486c7f9c'],
  ['Nobody inspects the spammish repetition', 'fbcea83c8a378bf1'],
  ['0123456789abcdef0123456789abcdef', '642a94958e71e6c5'],
  ['x'.repeat(31), '60dd0d01083b99f0'],
  ['x'.repeat(32), 'e2df261fc2ec30eb'],
  ['x'.repeat(33), 'b3fa465f554208a6'],
  ['x'.repeat(1000), '4cb9a3b69cb700e1'],
];

describe('xxh64', () => {
  test.for(vectors)('%j', ([text, hash]) => {
    expect(xxh64(utf8Bytes(text)).toString(16)).toBe(hash);
  });

  test('of every length up to 129, wherever the bytes lie in their buffer', () => {
    const mask = (1n << 64n) - 1n;
    let all = 0n;
    for (let length = 0; length < 130; length++) {
      const buffer = new Uint8Array(length + 3);
      for (let i = 0; i < length; i++) buffer[i + 3] = (i * 7 + length) & 255;
      all ^= xxh64(buffer.subarray(3));
      all = ((all << 1n) | (all >> 63n)) & mask;
    }
    expect(all.toString(16)).toBe('fd848b01e917a301');
  });
});

describe('shardOf', () => {
  const namespace = '32049b68-7872-4094-8e63-d0dd59896a83';

  test('is the top 14 bits of the hash of namespace, NUL and id: stored rows depend on it', () => {
    expect(shardOf('ns', 'wf')).toBe(8167);
    expect(shardOf(namespace, 'order-1')).toBe(4596);
    expect(shardOf(namespace, 'café')).toBe(13_235);
  });

  test('tells namespace and id apart', () => {
    expect(shardOf('ab', 'c')).not.toBe(shardOf('a', 'bc'));
  });

  test('spreads ids that differ little over all blocks', () => {
    const perBlock = Array.from({ length: blockCount }, () => 0);
    const ids = blockCount * 64;
    for (let i = 0; i < ids; i++) {
      const block = blockOf(shardOf(namespace, `order-${i}`));
      perBlock[block] = (perBlock[block] ?? 0) + 1;
    }
    // 64 a block expected, standard deviation 8: six of them either way.
    expect(Math.min(...perBlock)).toBeGreaterThan(16);
    expect(Math.max(...perBlock)).toBeLessThan(112);
  });
});

test('a block is 64 neighbouring shards, 256 in all', () => {
  expect([blockCount, shardsPerBlock]).toEqual([256, 64]);
  expect([0, 63, 64, 16_383].map(blockOf)).toEqual([0, 0, 1, 255]);
});
