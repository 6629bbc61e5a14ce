// Who should own which LogPartition: by weight, and with as few moves as that allows. Pure and deterministic: whichever member
// leads the group says the same.
//
// S1. Every partition has exactly one owner, when there is a member at all.
// S2. A member's share is its part by weight of all partitions, rounded down or up.
// S3. No assignment with such shares leaves more partitions where they are.

export interface WeightedMember {
  readonly name: string;
  /** At least 1. */
  readonly weight: number;
}

/**
 * Owners by index of the partition. `before` are the owners so far, null and unknown names being nobody. The members have
 * different names; their order says nothing.
 */
export function assignPartitions(
  partitionCount: number,
  members: readonly WeightedMember[],
  before: readonly (string | null)[],
): (string | null)[] {
  const owners: (string | null)[] = Array.from({ length: partitionCount }, () => null);
  if (members.length === 0) return owners;
  const held = heldPartitions(partitionCount, members, before);
  const shares = sharesOf(partitionCount, members, held);
  for (const [name, partitions] of held) {
    for (const partition of partitions.slice(0, shares.get(name))) owners[partition] = name;
  }
  const wanting = [...shares].flatMap(([name, share]) => {
    const kept = Math.min(share, held.get(name)?.length ?? 0);
    return Array.from({ length: share - kept }, () => name);
  });
  let next = 0;
  return owners.map((owner) => owner ?? (wanting[next++] as string));
}

/** Partitions that each member has so far, ascending; members by name. */
function heldPartitions(
  partitionCount: number,
  members: readonly WeightedMember[],
  before: readonly (string | null)[],
): Map<string, number[]> {
  const names = members.map(({ name }) => name).toSorted(byCodeUnits);
  const held = new Map<string, number[]>(names.map((name) => [name, []]));
  for (let partition = 0; partition < partitionCount; partition++) {
    held.get(before[partition] ?? '')?.push(partition);
  }
  return held;
}

/**
 * How many each gets. What rounding down leaves goes first to those who have more than their share rounded down, so that
 * they keep it (S3), then by the larger part cut off, then by name.
 */
function sharesOf(
  partitionCount: number,
  members: readonly WeightedMember[],
  held: ReadonlyMap<string, readonly number[]>,
): Map<string, number> {
  const weights = members.reduce((sum, { weight }) => sum + weight, 0);
  const parts = members
    .toSorted((a, b) => byCodeUnits(a.name, b.name))
    .map(({ name, weight }) => {
      const down = Math.floor((partitionCount * weight) / weights);
      const cut = (partitionCount * weight) % weights;
      return { name, down, cut, keepsMore: (held.get(name)?.length ?? 0) > down ? 1 : 0 };
    });
  const left = partitionCount - parts.reduce((sum, { down }) => sum + down, 0);
  const up = parts
    .filter(({ cut }) => cut > 0)
    .toSorted((a, b) => b.keepsMore - a.keepsMore || b.cut - a.cut)
    .slice(0, left);
  const shares = new Map(parts.map(({ name, down }) => [name, down]));
  for (const { name, down } of up) shares.set(name, down + 1);
  return shares;
}

export function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
