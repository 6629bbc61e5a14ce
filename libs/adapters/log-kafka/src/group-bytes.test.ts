import { expect, test } from 'vitest';
import type { JoinedGroup } from './cluster-calls.ts';
import {
  assignmentOf,
  decodeAssignment,
  encodeAssignments,
  encodeMember,
  wordsOf,
} from './group-bytes.ts';

const member = (name: string, weight = 1) => ({ name, address: `${name}:7234`, weight });

test('every member is told the same map, and itself by its partitions (G1)', () => {
  const group: JoinedGroup = {
    generationId: 3,
    leaderId: 'x',
    memberId: 'x',
    members: ['b', 'a'].map((name) => ({
      memberId: `${name}-id`,
      memberMetadata: encodeMember('log', wordsOf(member(name), null)),
    })),
  };
  const told = encodeAssignments('log', 4, group);
  expect(told.map(({ memberId }) => memberId)).toEqual(['b-id', 'a-id']);
  const maps = told.map(({ memberAssignment }) => decodeAssignment(memberAssignment));
  expect(maps[0]).toEqual({
    generation: 3,
    members: [member('a'), member('b')],
    owners: ['a', 'a', 'b', 'b'],
  });
  expect(maps[1]).toEqual(maps[0]);
});

test('the generation is above every one that a member has seen (G2)', () => {
  const words = [
    { member: member('a'), generation: 41, held: [] },
    { member: member('b'), generation: 7, held: [] },
  ];
  expect(assignmentOf(2, 1, words).generation).toBe(42);
  expect(assignmentOf(2, 50, words).generation).toBe(50);
});

test('of two that say they hold a partition, the one that was told last keeps it', () => {
  const words = [
    { member: member('a'), generation: 9, held: [0, 1] },
    { member: member('b'), generation: 8, held: [1, 2] },
  ];
  expect(assignmentOf(4, 1, words).owners).toEqual(['a', 'a', 'b', 'b']);
});

test('two processes of one name are one member', () => {
  const words = [1, 2].map((generation) => ({ member: member('a'), generation, held: [] }));
  expect(assignmentOf(2, 1, words).members).toEqual([member('a')]);
});

test('a member whose words cannot be read gets nothing and holds up nobody (G3)', () => {
  const group: JoinedGroup = {
    generationId: 1,
    leaderId: 'x',
    memberId: 'x',
    members: [
      { memberId: 'odd', memberMetadata: Buffer.from([0, 1, 0, 0, 0, 0, 255, 255, 255, 255]) },
      { memberId: 'a-id', memberMetadata: encodeMember('log', wordsOf(member('a'), null)) },
    ],
  };
  const told = encodeAssignments('log', 2, group).map(({ memberAssignment }) =>
    decodeAssignment(memberAssignment),
  );
  expect(told[0]).toEqual({ generation: 1, members: [member('a')], owners: ['a', 'a'] });
  expect(decodeAssignment(Buffer.alloc(0))).toBe(null);
});
