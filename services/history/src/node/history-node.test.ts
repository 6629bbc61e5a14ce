// Of HistoryNode: the assignment, and the silence of others. Its clock: clock-off.test.ts.

import { ManualClock } from '@perdure/matching/fixtures/manual-clock';
import { beforeEach, describe, expect, it } from 'vitest';
import { assignment, ScriptedNode } from './scripted-node.fixture.ts';

let on: ScriptedNode;

beforeEach(() => {
  on = new ScriptedNode(new ManualClock());
});

describe('N1: the newest assignment', () => {
  it('names who should claim', async () => {
    await on.started(['b', 'a', null, 'b']);
    expect([on.opened, on.node.assignment?.generation]).toEqual([[0, 3], 1]);
    expect([0, 1, 2, 3].map((at) => on.node.knownOwner(at))).toEqual(['b', 'a', null, 'b']);
    expect(on.node.opened(0)).toMatchObject({ name: 'h0' });
    expect([on.node.opened(1), on.node.served(1), on.node.becoming(0)]).toEqual([null, null, null]);
  });

  it('is not one that is older than what was heard, or the same', async () => {
    await on.started(['b', 'a', 'a', 'a']);
    on.placement.tell(assignment(3, ['b', 'b', 'a', 'a']));
    on.placement.tell(assignment(2, ['b', 'b', 'b', 'a']));
    on.placement.tell(assignment(3, ['b', 'b', 'b', 'b']));
    await on.pass(1);
    expect([on.opened, on.seen]).toEqual([[0, 1], ['generation 3']]);
  });
});

describe('N2: silence', () => {
  it('of the node before this one on the ring for 1.5 s makes it claim what that one owns', async () => {
    await on.started(['a', 'b', 'c', 'a']);
    await on.pass(3_000);
    expect([new Set(on.asked), on.suspicions()]).toEqual([new Set(['a']), []]);
    on.alive.delete('a');
    on.alive.delete('c');
    await on.pass(1_400);
    expect(on.suspicions()).toEqual([]);
    await on.pass(600);
    expect([on.suspicions(), on.opened]).toEqual([['suspected a'], [1, 0, 3]]);
  });

  it('of the last member is watched by the first', async () => {
    on.placement.next = assignment(1, ['c', 'c', 'c', 'c'], ['b', 'c']);
    await on.node.start();
    await on.pass(600);
    expect(new Set(on.asked)).toEqual(new Set(['c']));
  });

  it('is nobody`s when there is no other member, or this node is none', async () => {
    on.placement.next = assignment(1, ['b', 'b', 'b', 'b'], ['b']);
    await on.node.start();
    await on.pass(3_000);
    on.placement.tell(assignment(2, ['a', 'a', 'a', 'a'], ['a', 'c']));
    await on.pass(3_000);
    expect([on.asked, on.suspicions()]).toEqual([[], []]);
  });

  it('is counted from when the node was first watched', async () => {
    on.placement.next = assignment(1, ['b', 'b', 'b', 'b'], ['b']);
    await on.node.start();
    await on.pass(5_000);
    on.alive.delete('a');
    on.placement.tell(assignment(2, ['a', 'b', 'b', 'b']));
    await on.pass(1_400);
    expect(on.suspicions()).toEqual([]);
    await on.pass(700);
    expect(on.suspicions()).toEqual(['suspected a']);
  });

  it('is counted again when it was heard of', async () => {
    await on.started(['a', 'b', 'c', 'a']);
    for (let i = 0; i < 3; i++) {
      on.alive.delete('a');
      await on.pass(1_200);
      on.alive.add('a');
      await on.pass(600);
    }
    expect(on.suspicions()).toEqual([]);
  });

  it('of a cut link is suspected once, not again before the node was heard of', async () => {
    await on.started(['a', 'b', 'c', 'a']);
    on.alive.delete('a');
    await on.pass(10_000);
    expect(on.suspicions()).toEqual(['suspected a']);
    on.alive.add('a');
    await on.pass(600);
    on.alive.delete('a');
    await on.pass(2_100);
    expect(on.suspicions()).toEqual(['suspected a', 'suspected a']);
  });

  it('is not that of others when this node itself stood still', async () => {
    await on.started(['a', 'b', 'c', 'a']);
    await on.pass(900);
    on.clock.movedUs += 10_000_000;
    await on.pass(1_000);
    expect(on.suspicions()).toEqual([]);
    on.alive.delete('a');
    await on.pass(2_100);
    expect(on.suspicions()).toEqual(['suspected a']);
  });

  it('is not listened to after `stop`', async () => {
    await on.started(['a', 'b', 'c', 'a']);
    await on.node.stop();
    await on.pass(5_000);
    expect([on.suspicions(), on.manual.timerCount]).toEqual([[], 0]);
  });
});
