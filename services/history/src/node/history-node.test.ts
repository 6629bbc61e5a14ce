import { PartitionMap } from '@perdure/core-shard';
import { ManualClock } from '@perdure/matching/fixtures/manual-clock';
import type { Assignment, ClusterMember } from '@perdure/ports';
import { beforeEach, describe, expect, it } from 'vitest';
import { HistoryNode } from './history-node.ts';
import { scriptedHistory } from './scripted-host.fixture.ts';
import { MovableClock, ScriptedPlacement } from './scripted-placement.fixture.ts';

const self = 'b';
const ring = ['a', 'b', 'c'];

let manual: ManualClock;
let clock: MovableClock;
let placement: ScriptedPlacement;
let node: HistoryNode;
/** What was heard, in order. */
let seen: string[];
/** LogPartitions that were opened, in order. */
let opened: number[];
/** Nodes that answer, and who was asked. */
let alive: Set<string>;
let asked: string[];

beforeEach(() => {
  manual = new ManualClock();
  clock = new MovableClock(manual);
  placement = new ScriptedPlacement();
  seen = [];
  opened = [];
  alive = new Set(ring);
  asked = [];
  node = new HistoryNode({
    self: member(self),
    map: new PartitionMap(4),
    clock,
    moveClock: (us) => {
      seen.push(`clock moved ${us / 1_000}`);
      clock.movedUs += us;
    },
    placement,
    newId: () => 'id',
    draw: () => 0,
    open: async ({ logPartition }, claim) => {
      if (!claim.wanted()) throw new Error('not wanted');
      opened.push(logPartition);
      return scriptedHistory(`h${logPartition}`, (what) => {
        if (what.startsWith('stop')) seen.push(what);
      });
    },
    ping: async (name) => {
      asked.push(name);
      if (!alive.has(name)) throw new Error('no answer');
    },
    events: {
      serving: () => undefined,
      lost: () => undefined,
      halted: () => undefined,
      trouble: (_partition, message) => seen.push(message),
      assigned: ({ generation }) => seen.push(`generation ${generation}`),
      clockOff: (aheadUs) => seen.push(`brokers ahead by ${aheadUs / 1_000}`),
      suspected: (name) => seen.push(`suspected ${name}`),
    },
  });
});

function member(name: string): ClusterMember {
  return { name, address: name, weight: 1 };
}
function assignment(
  generation: number,
  owners: readonly (string | null)[],
  names: readonly string[] = ring,
): Assignment {
  return { generation, members: names.map(member), owners };
}
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 100) {
    manual.advance(Math.min(left, 100) * 1_000);
    await manual.turn();
  }
}
async function started(owners: readonly (string | null)[]): Promise<void> {
  placement.next = assignment(1, owners);
  await node.start();
  await pass(1);
  seen = [];
}
const suspicions = (): string[] => seen.filter((line) => line.startsWith('suspected'));
/** A broker says that this node is behind by so much; negative: ahead. */
function brokerAhead(ms: number): void {
  const nowUs = clock.nowUs();
  const times = { sentUs: nowUs, stampUs: nowUs + ms * 1_000, receivedUs: nowUs };
  node.brokerTime({ broker: '1', ...times });
}

describe('N1: the newest assignment', () => {
  it('names who should claim', async () => {
    await started(['b', 'a', null, 'b']);
    expect([opened, node.assignment?.generation]).toEqual([[0, 3], 1]);
    expect([0, 1, 2, 3].map((at) => node.knownOwner(at))).toEqual(['b', 'a', null, 'b']);
    expect(node.opened(0)).toMatchObject({ name: 'h0' });
    expect([node.opened(1), node.served(1), node.becoming(0)]).toEqual([null, null, null]);
  });

  it('is not one that is older than what was heard, or the same', async () => {
    await started(['b', 'a', 'a', 'a']);
    placement.tell(assignment(3, ['b', 'b', 'a', 'a']));
    placement.tell(assignment(2, ['b', 'b', 'b', 'a']));
    placement.tell(assignment(3, ['b', 'b', 'b', 'b']));
    await pass(1);
    expect([opened, seen]).toEqual([[0, 1], ['generation 3']]);
  });
});

describe('N2: silence', () => {
  it('of the node before this one on the ring for 1.5 s makes it claim what that one owns', async () => {
    await started(['a', 'b', 'c', 'a']);
    await pass(3_000);
    expect([new Set(asked), suspicions()]).toEqual([new Set(['a']), []]);
    alive.delete('a');
    alive.delete('c');
    await pass(1_400);
    expect(suspicions()).toEqual([]);
    await pass(600);
    expect([suspicions(), opened]).toEqual([['suspected a'], [1, 0, 3]]);
  });

  it('of the last member is watched by the first', async () => {
    placement.next = assignment(1, ['c', 'c', 'c', 'c'], ['b', 'c']);
    await node.start();
    await pass(600);
    expect(new Set(asked)).toEqual(new Set(['c']));
  });

  it('is nobody`s when there is no other member, or this node is none', async () => {
    placement.next = assignment(1, ['b', 'b', 'b', 'b'], ['b']);
    await node.start();
    await pass(3_000);
    placement.tell(assignment(2, ['a', 'a', 'a', 'a'], ['a', 'c']));
    await pass(3_000);
    expect([asked, suspicions()]).toEqual([[], []]);
  });

  it('is counted from when the node was first watched', async () => {
    placement.next = assignment(1, ['b', 'b', 'b', 'b'], ['b']);
    await node.start();
    await pass(5_000);
    alive.delete('a');
    placement.tell(assignment(2, ['a', 'b', 'b', 'b']));
    await pass(1_400);
    expect(suspicions()).toEqual([]);
    await pass(700);
    expect(suspicions()).toEqual(['suspected a']);
  });

  it('is counted again when it was heard of', async () => {
    await started(['a', 'b', 'c', 'a']);
    for (let i = 0; i < 3; i++) {
      alive.delete('a');
      await pass(1_200);
      alive.add('a');
      await pass(600);
    }
    expect(suspicions()).toEqual([]);
  });

  it('of a cut link is suspected once, not again before the node was heard of', async () => {
    await started(['a', 'b', 'c', 'a']);
    alive.delete('a');
    await pass(10_000);
    expect(suspicions()).toEqual(['suspected a']);
    alive.add('a');
    await pass(600);
    alive.delete('a');
    await pass(2_100);
    expect(suspicions()).toEqual(['suspected a', 'suspected a']);
  });

  it('is not that of others when this node itself stood still', async () => {
    await started(['a', 'b', 'c', 'a']);
    await pass(900);
    clock.movedUs += 10_000_000;
    await pass(1_000);
    expect(suspicions()).toEqual([]);
    alive.delete('a');
    await pass(2_100);
    expect(suspicions()).toEqual(['suspected a']);
  });

  it('is not listened to after `stop`', async () => {
    await started(['a', 'b', 'c', 'a']);
    await node.stop();
    await pass(5_000);
    expect([suspicions(), manual.timerCount]).toEqual([[], 0]);
  });
});

describe('N3: a clock that is off', () => {
  it('is not one by 500 ms', async () => {
    await started(['b', 'a', null, 'b']);
    brokerAhead(500);
    brokerAhead(-500);
    expect(seen).toEqual([]);
  });

  it('makes the node give everything up, leave, move its clock forward, and come back', async () => {
    await started(['b', 'a', null, 'b']);
    placement.next = assignment(2, ['b', 'a', 'a', 'a']);
    brokerAhead(600);
    expect(seen).toEqual(['brokers ahead by 600', 'stop h0', 'stop h3', 'clock moved 600']);
    expect([node.assignment, node.opened(0), placement.joins]).toEqual([null, null, 1]);
    await pass(300);
    expect([placement.leaves, placement.joins]).toEqual([1, 2]);
    expect([node.assignment?.generation, opened]).toEqual([2, [0, 3, 0]]);
    expect(suspicions()).toEqual([]);
  });

  it('that is ahead is not moved: the node stays away for the difference', async () => {
    await started(['b', 'a', null, 'b']);
    brokerAhead(-3_000);
    await pass(2_400);
    expect([placement.leaves, placement.joins, node.opened(0)]).toEqual([1, 1, null]);
    placement.tell(assignment(2, ['b', 'b', 'b', 'b']));
    expect(node.assignment).toBeNull();
    await pass(700);
    expect(placement.joins).toBe(2);
    expect(seen).not.toContain('clock moved -3000');
  });

  it('is judged once while the node is away', async () => {
    await started(['b', 'a', null, 'b']);
    brokerAhead(-3_000);
    brokerAhead(-3_000);
    await pass(100);
    expect(placement.leaves).toBe(1);
  });

  it('that is off again while it joins makes it leave again, and only the last return counts', async () => {
    await started(['b', 'a', null, 'b']);
    placement.slow = true;
    brokerAhead(600);
    await pass(200);
    expect(placement.joins).toBe(2);
    brokerAhead(-5_000);
    placement.letJoin(assignment(2, ['b', 'b', 'b', 'b']));
    await pass(1_100);
    expect([placement.joins, placement.member, node.assignment]).toEqual([2, false, null]);
    await pass(4_000);
    placement.letJoin(assignment(3, ['b', 'b', 'b', 'b']));
    await pass(100);
    expect([placement.joins, placement.member]).toEqual([3, true]);
    expect(node.assignment?.generation).toBe(3);
  });

  it('comes back though the group cannot be left or joined at first', async () => {
    await started(['b', 'a', null, 'b']);
    placement.fault = new Error('no broker');
    brokerAhead(600);
    await pass(2_500);
    const { joins } = placement;
    expect(joins).toBeGreaterThan(2);
    expect(seen).toContain('the group could not be left');
    expect(seen).toContain('the group could not be joined');
    placement.fault = null;
    placement.next = assignment(2, ['b', 'b', 'b', 'b']);
    await pass(1_100);
    expect([placement.joins, node.assignment?.generation]).toEqual([joins + 1, 2]);
  });
});

describe('stop', () => {
  it('gives everything up for good and leaves', async () => {
    await started(['b', 'a', null, 'b']);
    await node.stop();
    expect([seen, placement.member]).toEqual([['stop h0', 'stop h3'], false]);
    placement.tell(assignment(5, ['b', 'b', 'b', 'b']));
    await pass(3_000);
    expect([opened, manual.timerCount]).toEqual([[0, 3], 0]);
  });

  it('while it joins leaves the group again when it has joined', async () => {
    await started(['b', 'a', null, 'b']);
    placement.slow = true;
    brokerAhead(600);
    await pass(200);
    await node.stop();
    placement.letJoin(assignment(2, ['b', 'b', 'b', 'b']));
    await pass(100);
    expect([placement.member, opened]).toEqual([false, [0, 3]]);
  });

  it('while it is away comes back no more', async () => {
    await started(['b', 'a', null, 'b']);
    brokerAhead(-3_000);
    await node.stop();
    await pass(10_000);
    expect([placement.joins, placement.member]).toEqual([1, false]);
  });
});
