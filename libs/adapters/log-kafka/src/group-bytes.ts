// What members of the placement group say to each other through Kafka: each says who it is and what it has, the leader says
// who should own what. In the form of Kafka's consumers, so that its tools show the group's members and their partitions.
//
// G1. Each member is told the whole map, so that all know every owner.
// G2. The generation is the leader's to say: at least Kafka's own, and above every one that a member has seen, so that it does
//     not go back when Kafka forgets the group.
// G3. A member whose words cannot be read gets no partition, and holds up nobody.

import type { Assignment, ClusterMember } from '@perdure/ports';
import kafkajs from 'kafkajs';
import { assignPartitions, byCodeUnits } from './assign-partitions.ts';
import type { JoinedGroup } from './cluster-calls.ts';

const { MemberAssignment, MemberMetadata } = kafkajs.AssignerProtocol;
const version = 1;

export interface MemberWords {
  readonly member: ClusterMember;
  /** The last generation that it was told; 0 for none. */
  readonly generation: number;
  /** Partitions that are its own by that generation. */
  readonly held: readonly number[];
}

export function encodeMember(topic: string, words: MemberWords): Buffer {
  const userData = Buffer.from(JSON.stringify({ format: 1, ...words }));
  return MemberMetadata.encode({ version, topics: [topic], userData });
}

/** The words of a member by what it was told last. */
export function wordsOf(member: ClusterMember, last: Assignment | null): MemberWords {
  const owners = last?.owners ?? [];
  const held = owners.flatMap((owner, index) => (owner === member.name ? [index] : []));
  return { member, generation: last?.generation ?? 0, held };
}

/** The leader's answer to each member. */
export function encodeAssignments(
  topic: string,
  partitionCount: number,
  group: JoinedGroup,
): { memberId: string; memberAssignment: Buffer }[] {
  const words = new Map<string, MemberWords>();
  for (const { memberId, memberMetadata } of group.members) {
    const said = decodeMember(memberMetadata);
    if (said !== null) words.set(memberId, said);
  }
  const assignment = assignmentOf(partitionCount, group.generationId, [...words.values()]);
  const userData = Buffer.from(JSON.stringify({ format: 1, ...assignment }));
  return group.members.map(({ memberId }) => {
    const name = words.get(memberId)?.member.name;
    const own = assignment.owners.flatMap((owner, index) => (owner === name ? [index] : []));
    const partitions = { [topic]: own };
    return {
      memberId,
      memberAssignment: MemberAssignment.encode({ version, assignment: partitions, userData }),
    };
  });
}

/** Two processes that bear one name are one member: the log decides between them (L4). */
export function assignmentOf(
  partitionCount: number,
  kafkaGeneration: number,
  words: readonly MemberWords[],
): Assignment {
  const members = new Map<string, ClusterMember>();
  const before: (string | null)[] = [];
  // Later words overwrite earlier ones: of two that hold a partition the one that was told last is right.
  for (const { member, held } of words.toSorted((a, b) => a.generation - b.generation)) {
    members.set(member.name, member);
    for (const index of held) before[index] = member.name;
  }
  const ordered = [...members.values()].toSorted((a, b) => byCodeUnits(a.name, b.name));
  const generation = Math.max(kafkaGeneration, ...words.map((said) => said.generation + 1));
  return {
    generation,
    members: ordered,
    owners: assignPartitions(partitionCount, ordered, before),
  };
}

/** Null when this member was told nothing that it can read. */
export function decodeAssignment(bytes: Buffer): Assignment | null {
  const said = parse(bytes.length === 0 ? null : MemberAssignment.decode(bytes)?.userData);
  if (said === null) return null;
  const { generation, members, owners } = said as unknown as Assignment;
  return { generation, members, owners };
}

function decodeMember(bytes: Buffer): MemberWords | null {
  const said = parse(MemberMetadata.decode(bytes)?.userData);
  if (said === null) return null;
  const { member, generation, held } = said as unknown as MemberWords;
  const isWhole =
    typeof member?.name === 'string' &&
    member.weight >= 1 &&
    generation >= 0 &&
    Array.isArray(held);
  return isWhole ? { member, generation, held } : null;
}

function parse(userData: Buffer | null | undefined): Record<string, unknown> | null {
  try {
    const said = JSON.parse(String(userData)) as Record<string, unknown> | null;
    return said?.['format'] === 1 ? said : null;
  } catch {
    return null;
  }
}
