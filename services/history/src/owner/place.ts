// Which part of all workflow ids an owner holds.

import { PartitionMap } from '@perdure/core-shard';

export interface OwnedPlace {
  readonly logPartition: number;
  readonly map: PartitionMap;
  /** The blocks of the LogPartition, ascending. */
  readonly blocks: readonly number[];
}

export function placeOf(map: PartitionMap, logPartition: number): OwnedPlace {
  return { logPartition, map, blocks: map.blocksOf(logPartition) };
}

/** The one LogPartition of an embedded server. */
export const onlyPlace: OwnedPlace = placeOf(new PartitionMap(1), 0);

/** True if the workflow id belongs there. */
export function holds(
  { map, logPartition }: OwnedPlace,
  { namespaceId, workflowId }: { readonly namespaceId: string; readonly workflowId: string },
): boolean {
  return map.partitionCount === 1 || map.partitionOf(namespaceId, workflowId) === logPartition;
}
