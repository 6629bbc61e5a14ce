import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assignPartitions, type WeightedMember } from './assign-partitions.ts';

const name: fc.Arbitrary<string> = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const members = fc.uniqueArray(fc.record({ name, weight: fc.integer({ min: 1, max: 9 }) }), {
  selector: (member) => member.name,
  maxLength: 6,
});
const someone = fc.uniqueArray(fc.record({ name, weight: fc.integer({ min: 1, max: 9 }) }), {
  selector: (member) => member.name,
  minLength: 1,
  maxLength: 6,
});
const before = fc.array(fc.option(name), { maxLength: 40 });
const count = fc.integer({ min: 0, max: 40 });

const held = (owners: readonly (string | null)[], name: string): number =>
  owners.filter((owner) => owner === name).length;

test('S1: every partition has one owner, who is a member; without members it has none', () => {
  fc.assert(
    fc.property(count, members, before, (partitions, who, owners) => {
      const names = who.map((member) => member.name);
      const after = assignPartitions(partitions, who, owners);
      expect(after).toHaveLength(partitions);
      const known = after.every((owner) =>
        owner === null ? who.length === 0 : names.includes(owner),
      );
      expect(known).toBe(true);
    }),
  );
});

test('S2: a share is the part by weight, rounded down or up', () => {
  fc.assert(
    fc.property(count, someone, before, (partitions, who, owners) => {
      const weights = who.reduce((sum, { weight }) => sum + weight, 0);
      const after = assignPartitions(partitions, who, owners);
      for (const { name, weight } of who) {
        const exact = (partitions * weight) / weights;
        expect([Math.floor(exact), Math.ceil(exact)]).toContain(held(after, name));
      }
    }),
  );
});

test('S3: no choice of shares rounded down or up would leave more where it is', () => {
  fc.assert(
    fc.property(count, someone, before, (partitions, who, owners) => {
      const known = owners.slice(0, partitions);
      const after = assignPartitions(partitions, who, owners);
      const stayed = after.filter((owner, i) => owner === known[i]).length;
      expect(stayed).toBe(mostThatCanStay(partitions, who, known));
    }),
  );
});

test('the order of the members says nothing, and a second time nothing moves', () => {
  fc.assert(
    fc.property(count, someone, before, (partitions, who, owners) => {
      const after = assignPartitions(partitions, who, owners);
      expect(assignPartitions(partitions, who.toReversed(), owners)).toEqual(after);
      expect(assignPartitions(partitions, who, after)).toEqual(after);
    }),
  );
});

test('one that joins takes only its share, one that leaves gives only its own', () => {
  const three = ['a', 'b', 'c'].map((of) => ({ name: of, weight: 1 }));
  const two = assignPartitions(12, three.slice(0, 2), []);
  const joined = assignPartitions(12, three, two);
  expect(joined.filter((owner, i) => owner !== two[i])).toEqual(['c', 'c', 'c', 'c']);
  const left = assignPartitions(12, three.slice(1), joined);
  const moved = left.filter((owner, i) => owner !== joined[i]);
  expect([moved.length, held(left, 'b'), held(left, 'c')]).toEqual([4, 6, 6]);
});

/** By trying every choice of who is rounded up. */
function mostThatCanStay(
  partitions: number,
  who: readonly WeightedMember[],
  owners: readonly (string | null)[],
): number {
  const weights = who.reduce((sum, { weight }) => sum + weight, 0);
  const parts = who.map((member) => {
    const exact = (partitions * member.weight) / weights;
    return { down: Math.floor(exact), up: Math.ceil(exact), had: held(owners, member.name) };
  });
  const most = (at: number, left: number): number => {
    const part = parts[at];
    if (part === undefined) return left === 0 ? 0 : Number.NEGATIVE_INFINITY;
    const choices = part.up === part.down ? [part.down] : [part.down, part.up];
    return Math.max(
      ...choices.map((share) => Math.min(share, part.had) + most(at + 1, left - share)),
    );
  };
  return most(0, partitions);
}
