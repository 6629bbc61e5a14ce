// Which LogPartition holds which block: a versioned map, so that a change of it never rehashes a workflow id.
//
// Version 1: each partition holds a run of neighbouring blocks, as equal in length as can be.

import { assert } from '@perdure/kernel';
import { blockCount, blockOf, shardOf } from './shard-hash.ts';

export class PartitionMap {
  /** Goes along with every checkpoint (L8). */
  readonly version = 1;
  readonly partitionCount: number;
  /** By block. */
  readonly #partitions: readonly number[];

  constructor(partitionCount: number) {
    assert(
      Number.isInteger(partitionCount) && partitionCount >= 1 && partitionCount <= blockCount,
      `a commit log has 1 to ${blockCount} partitions`,
    );
    this.partitionCount = partitionCount;
    this.#partitions = Array.from({ length: blockCount }, (_none, block) =>
      Math.floor((block * partitionCount) / blockCount),
    );
  }

  partitionOfBlock(block: number): number {
    const partition = this.#partitions[block];
    assert(partition !== undefined, 'there is no such block');
    return partition;
  }

  partitionOf(namespaceId: string, workflowId: string): number {
    return this.partitionOfBlock(blockOf(shardOf(namespaceId, workflowId)));
  }

  /** Ascending. */
  blocksOf(partition: number): number[] {
    return [...this.#partitions.keys()].filter((block) => this.#partitions[block] === partition);
  }
}
