import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { assignPartitions } from './balanced-assignment.ts';

const members = fc
  .uniqueArray(fc.record({ id: fc.nat(9), weight: fc.integer({ min: 1, max: 4 }) }), {
    selector: ({ id }) => id,
    minLength: 1,
    maxLength: 6,
  })
  .map((list) => list.toSorted((a, b) => a.id - b.id));

const before = fc.array(fc.option(fc.nat(9)), { maxLength: 20 });

test('every partition has a member, and each member its share, up to one', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), members, before, (partitions, list, had) => {
      const owners = assignPartitions(partitions, list, had);
      expect(owners).toHaveLength(partitions);
      const sum = list.reduce((total, { weight }) => total + weight, 0);
      for (const { id, weight } of list) {
        const count = owners.filter((owner) => owner === id).length;
        expect(Math.abs(count - (partitions * weight) / sum)).toBeLessThan(1);
      }
    }),
  );
});

test('the same members keep what they have', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), members, before, (partitions, list, had) => {
      const owners = assignPartitions(partitions, list, had);
      expect(assignPartitions(partitions, list, owners)).toEqual(owners);
    }),
  );
});

test('one that leaves loses what it had; the others keep theirs. Nobody is left: nobody owns', () => {
  const [a, b, c] = [0, 1, 2].map((id) => ({ id, weight: 1 }));
  if (a === undefined || b === undefined || c === undefined) throw new Error('three members');
  const all = assignPartitions(6, [a, b, c], []);
  const two = assignPartitions(6, [a, c], all);
  for (const [index, owner] of all.entries()) if (owner !== 1) expect(two[index]).toBe(owner);
  expect(two).not.toContain(1);
  expect(assignPartitions(2, [], all)).toEqual([null, null]);
});
