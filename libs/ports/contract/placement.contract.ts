// What every Placement does. An adapter calls `placementContract` from a test file of its own.

import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Assignment, ClusterMember, Placement } from '../src/index.ts';

export interface GroupUnderTest {
  readonly partitionCount: number;
  /** One more node's placement in the same group. */
  open(): NodeUnderTest;
}

export interface NodeUnderTest {
  readonly placement: Placement;
  /** From now on nothing of it reaches the others, as if it had crashed. */
  cutOff(): void;
  /** What it says reaches the others again. */
  reconnect(): void;
}

interface Node extends NodeUnderTest {
  readonly member: ClusterMember;
  readonly told: Assignment[];
}

export function placementContract(
  name: string,
  options: { readonly begin: () => GroupUnderTest; readonly settlesWithinMs: number },
): void {
  describe(`Placement contract: ${name}`, () => {
    let nodes: Node[] = [];
    let group: GroupUnderTest | null = null;
    const joined = async (of: string, weight = 1): Promise<Node> => {
      group ??= options.begin();
      const member = { name: of, address: `${of}.example:7234`, weight };
      const node: Node = { ...group.open(), member, told: [] };
      nodes.push(node);
      await node.placement.join(member, (assignment) => node.told.push(assignment));
      return node;
    };
    afterEach(async () => {
      await Promise.all(nodes.map(({ placement }) => placement.leave()));
      nodes = [];
      group = null;
    });
    const last = ({ told }: Node): Assignment => told.at(-1) as Assignment;
    /** Waits until these nodes were told the same, of these members. */
    const agreed = async (...of: Node[]): Promise<Assignment> => {
      const names = of.map(({ member }) => member.name).toSorted((a, b) => (a < b ? -1 : 1));
      const check = (): void => {
        for (const node of of) {
          expect(last(node).members.map((member) => member.name)).toEqual(names);
          expect(last(node)).toEqual(last(of[0] as Node));
        }
      };
      await vi.waitFor(check, { timeout: options.settlesWithinMs, interval: 20 });
      return last(of[0] as Node);
    };
    const shares = ({ owners, members }: Assignment): number[] =>
      members.map(({ name: of }) => owners.filter((owner) => owner === of).length);
    const moved = (before: Assignment, after: Assignment): number =>
      after.owners.filter((owner, i) => owner !== before.owners[i]).length;

    test('the first member owns everything once join resolves', async () => {
      const one = await joined('one');
      const { members, owners, generation } = last(one);
      expect(members).toEqual([one.member]);
      expect(owners).toEqual(Array.from({ length: group?.partitionCount ?? 0 }, () => 'one'));
      expect(generation).toBeGreaterThan(0);
    });

    test('a second member gets its half, the rest stays; both know all members and owners', async () => {
      const one = await joined('one');
      const before = last(one);
      const two = await joined('two');
      const after = await agreed(one, two);
      expect(after.members).toEqual([one.member, two.member]);
      expect(after.owners.length).toBe(before.owners.length);
      expect(moved(before, after)).toBe(before.owners.length / 2);
      expect(shares(after)).toEqual([before.owners.length / 2, before.owners.length / 2]);
    });

    test('shares are in proportion to weight', async () => {
      const [one, two] = [await joined('one', 1), await joined('two', 3)];
      const { length } = last(one).owners;
      expect(shares(await agreed(one, two))).toEqual([length / 4, (3 * length) / 4]);
    });

    test('when a member leaves, the others have its partitions and keep their own', async () => {
      const [one, two, three] = [await joined('one'), await joined('two'), await joined('three')];
      const before = await agreed(one, two, three);
      const toldBefore = two.told.length;
      await two.placement.leave();
      const after = await agreed(one, three);
      expect(moved(before, after)).toBe(before.owners.filter((owner) => owner === 'two').length);
      expect(two.told.length).toBe(toldBefore);
    });

    test('a member that is cut off is given up; when it is heard again it is a member again', async () => {
      const [one, two] = [await joined('one'), await joined('two')];
      await agreed(one, two);
      // The first member leads, where there is a leader: its loss is the harder case.
      one.cutOff();
      const alone = await agreed(two);
      expect(alone.owners.every((owner) => owner === 'two')).toBe(true);
      one.reconnect();
      await agreed(one, two);
    });

    test('generations ascend for each member, also over leaving and joining again', async () => {
      const one = await joined('one');
      const two = await joined('two');
      await agreed(one, two);
      await one.placement.leave();
      await agreed(two);
      await one.placement.join(one.member, (assignment) => one.told.push(assignment));
      await agreed(one, two);
      for (const { told } of [one, two]) {
        const generations = told.map(({ generation }) => generation);
        expect(generations).toEqual([...new Set(generations)].toSorted((a, b) => a - b));
      }
    });

    test('joining twice is refused, leaving twice is harmless', async () => {
      const one = await joined('one');
      await expect(one.placement.join(one.member, () => {})).rejects.toThrow();
      await one.placement.leave();
      await one.placement.leave();
    });
  });
}
