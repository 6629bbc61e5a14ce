import { describe, expect, test } from 'vitest';
import { PartitionMap } from './partition-map.ts';
import { blockCount } from './shard-hash.ts';

describe('the map of blocks to LogPartitions', () => {
  test.for([1, 3, 32, 100, 256])('%i partitions hold every block once, in even shares', (count) => {
    const map = new PartitionMap(count);
    const shares = Array.from({ length: count }, (_none, partition) => map.blocksOf(partition));
    expect(shares.flat()).toEqual(Array.from({ length: blockCount }, (_none, block) => block));
    const sizes = shares.map(({ length }) => length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  });

  test('a workflow id belongs to the partition of its block, for ever', () => {
    const map = new PartitionMap(4);
    const partitions = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => map.partitionOf('default', id));
    expect(partitions).toEqual([3, 3, 1, 3, 1, 0]);
    expect(new PartitionMap(1).partitionOf('default', 'a')).toBe(0);
  });

  test.for([0, 257, 1.5])('%d partitions are refused', (count) => {
    expect(() => new PartitionMap(count)).toThrow('a commit log has 1 to 256 partitions');
  });

  test('a block that does not exist has no partition', () => {
    expect(() => new PartitionMap(4).partitionOfBlock(256)).toThrow('there is no such block');
  });
});
