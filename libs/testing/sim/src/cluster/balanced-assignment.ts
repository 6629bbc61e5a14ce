// Which member of a group gets which partition: in proportion to weights, and moving as few as that allows.

export interface WeightedMember {
  readonly id: number;
  readonly weight: number;
}

/**
 * Id of the member of each partition; all null without members. `before`: who had each partition; ids of members that are
 * gone say nothing.
 */
export function assignPartitions(
  partitions: number,
  members: readonly WeightedMember[],
  before: readonly (number | null)[],
): (number | null)[] {
  const owners = Array.from({ length: partitions }, (): number | null => null);
  const left = sharesOf(partitions, members, before);
  for (let index = 0; index < partitions; index++) {
    const id = before[index] ?? null;
    if (id === null || (left.get(id) ?? 0) === 0) continue;
    owners[index] = id;
    left.set(id, (left.get(id) ?? 0) - 1);
  }
  const open = [...left].flatMap(([id, count]) => Array.from({ length: count }, () => id));
  return owners.map((owner) => owner ?? open.shift() ?? null);
}

/** How many partitions each member gets; what the division leaves goes to who loses least, then to who has most. */
function sharesOf(
  partitions: number,
  members: readonly WeightedMember[],
  before: readonly (number | null)[],
): Map<number, number> {
  const sum = members.reduce((total, { weight }) => total + weight, 0);
  const exact = members.map(({ id, weight }) => {
    const share = (partitions * weight) / sum;
    const had = before.filter((owner) => owner === id).length;
    return { id, whole: Math.floor(share), rest: share - Math.floor(share), had };
  });
  const shares = new Map(exact.map(({ id, whole }) => [id, whole]));
  const spare = partitions - exact.reduce((total, { whole }) => total + whole, 0);
  const byClaim = exact.toSorted((a, b) => b.rest - a.rest || b.had - a.had || a.id - b.id);
  for (const { id } of byClaim.slice(0, spare)) shares.set(id, (shares.get(id) ?? 0) + 1);
  return shares;
}
