import type { Assignment } from '@perdure/ports';
import { beforeEach, expect, test } from 'vitest';
import { PartitionOwners } from './partition-owners.ts';

let owners: PartitionOwners;

const assignment = (
  generation: number,
  names: string,
  owned: readonly (string | null)[],
): Assignment => ({
  generation,
  members: names.split('').map((name) => ({ name, address: `${name}:1`, weight: 1 })),
  owners: owned,
});

beforeEach(() => {
  owners = new PartitionOwners();
  owners.assigned(assignment(2, 'abc', ['a', 'c', null]));
});

const candidates = (logPartition: number): (string | null)[] =>
  [0, 1, 2].map((tries) => owners.candidate(logPartition, tries));

test('the assigned node is asked, and the next on the ring in turn with it (O2)', () => {
  expect(candidates(0)).toEqual(['a', 'b', 'a']);
  expect(candidates(1)).toEqual(['c', 'a', 'c']);
  expect(candidates(2)).toEqual(['a', 'b', 'c']);
  expect(new PartitionOwners().candidate(0, 0)).toBeNull();
});

test('a hint stands until its node denies or is lost (O1)', () => {
  owners.denied(0, 'a', 'b');
  expect(candidates(0)).toEqual(['b', 'b', 'b']);
  owners.denied(0, 'b', null);
  expect(candidates(0)).toEqual(['a', 'b', 'a']);
  owners.denied(0, 'a', 'c');
  owners.lost(0, 'b');
  expect(owners.candidate(0, 0)).toBe('c');
  owners.lost(0, 'c');
  expect(owners.candidate(0, 0)).toBe('a');
  owners.denied(0, 'a', 'a');
  expect(owners.candidate(0, 1)).toBe('b');
});

test('a node that served is asked first, until another is assigned', () => {
  owners.served(0, 'b');
  owners.served(1, 'c');
  expect(candidates(0)).toEqual(['b', 'b', 'b']);
  expect(candidates(1)).toEqual(['c', 'a', 'c']);
  owners.assigned(assignment(3, 'abc', ['a', 'c', null]));
  expect(owners.candidate(0, 0)).toBe('b');
  owners.assigned(assignment(4, 'abc', ['c', 'c', null]));
  expect(owners.candidate(0, 0)).toBe('c');
});

test('a hint to a node that left is dropped, and an old assignment is ignored', () => {
  owners.denied(0, 'a', 'b');
  owners.assigned(assignment(1, 'b', ['b', 'b', 'b']));
  expect(owners.candidate(1, 0)).toBe('c');
  owners.assigned(assignment(3, 'ac', ['a', 'c', null]));
  expect(owners.candidate(0, 0)).toBe('a');
});
