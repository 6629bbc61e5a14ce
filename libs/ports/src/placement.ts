// The placement port: which node should own which LogPartition. A hint that may come late, be wrong, or name two nodes at
// once: only an Announce that counts makes an owner (L4).

export interface ClusterMember {
  /** Identity of the node, from its configuration; two processes may bear it by mistake. */
  readonly name: string;
  /** Where other nodes reach it. */
  readonly address: string;
  /** Its share of the partitions is in proportion; at least 1. */
  readonly weight: number;
}

/** One generation of the assignment, the same for every member that has it. */
export interface Assignment {
  /** Never goes back for one member. */
  readonly generation: number;
  /** Ascending by the code units of their names. */
  readonly members: readonly ClusterMember[];
  /** Name of the member that should own the LogPartition, by its index; null: nobody. */
  readonly owners: readonly (string | null)[];
}

export interface Placement {
  /** Becomes a member; the listener is told of each generation that has it. Resolves with the first. */
  join(self: ClusterMember, listener: (assignment: Assignment) => void): Promise<void>;
  /** Leaves, so that others are named at once. No generation is told any more. */
  leave(): Promise<void>;
}
