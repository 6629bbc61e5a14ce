// Who is asked for a LogPartition: the newest assignment, corrected by what nodes say of it.
//
// O1. A hint stands until the node that it names denies, is lost, or the assignment of the LogPartition changes. It may be
//     wrong: only the owner itself knows (L4).
// O2. When the node that should own fails, the next on the ring is asked in turn with it: before the group's session
//     time-out that one alone may claim (L4), and no assignment says so.

import type { Assignment } from '@perdure/ports';

export class PartitionOwners {
  #assignment: Assignment = { generation: -1, members: [], owners: [] };
  readonly #hints = new Map<number, string>();

  /** An older generation than that in force is ignored. */
  assigned(assignment: Assignment): void {
    if (assignment.generation < this.#assignment.generation) return;
    const { owners: before } = this.#assignment;
    this.#assignment = assignment;
    for (const [logPartition, node] of this.#hints) {
      const gone = !assignment.members.some(({ name }) => name === node);
      const moved = before[logPartition] !== assignment.owners[logPartition];
      if (gone || moved) this.#hints.delete(logPartition);
    }
  }

  /** The node to ask when `tries` asked before have failed; null: nobody is known. */
  candidate(logPartition: number, tries: number): string | null {
    const hint = this.#hints.get(logPartition);
    if (hint !== undefined) return hint;
    const { owners, members } = this.#assignment;
    if (members.length === 0) return null;
    const assigned = owners[logPartition] ?? null;
    const at = members.findIndex(({ name }) => name === assigned);
    if (at < 0) return assigned ?? members[tries % members.length]?.name ?? null;
    return members[(at + (tries % 2)) % members.length]?.name ?? null;
  }

  /** The node answered as the owner. */
  served(logPartition: number, node: string): void {
    if (this.#assignment.owners[logPartition] === node) this.#hints.delete(logPartition);
    else this.#hints.set(logPartition, node);
  }

  /** The node does not own, and names another, or nobody. */
  denied(logPartition: number, node: string | null, owner: string | null): void {
    if (owner !== null && owner !== node) this.#hints.set(logPartition, owner);
    else this.lost(logPartition, node);
  }

  /** The node could not be asked. */
  lost(logPartition: number, node: string | null): void {
    if (this.#hints.get(logPartition) === node) this.#hints.delete(logPartition);
  }
}
