// Of HistoryNode: a clock that is off, and the end.

import { ManualClock } from '@perdure/matching/fixtures/manual-clock';
import { beforeEach, describe, expect, it } from 'vitest';
import { assignment, ScriptedNode } from './scripted-node.fixture.ts';

let on: ScriptedNode;

beforeEach(() => {
  on = new ScriptedNode(new ManualClock());
});

describe('N3: a clock that is off', () => {
  it('is not one by 500 ms', async () => {
    await on.started(['b', 'a', null, 'b']);
    on.brokerAhead(500);
    on.brokerAhead(-500);
    expect(on.seen).toEqual([]);
  });

  it('makes the node give everything up, leave, move its clock forward, and come back', async () => {
    await on.started(['b', 'a', null, 'b']);
    on.placement.next = assignment(2, ['b', 'a', 'a', 'a']);
    on.brokerAhead(600);
    expect(on.seen).toEqual(['brokers ahead by 600', 'stop h0', 'stop h3', 'clock moved 600']);
    expect([on.node.assignment, on.node.opened(0), on.placement.joins]).toEqual([null, null, 1]);
    await on.pass(300);
    expect([on.placement.leaves, on.placement.joins]).toEqual([1, 2]);
    expect([on.node.assignment?.generation, on.opened]).toEqual([2, [0, 3, 0]]);
    expect(on.suspicions()).toEqual([]);
  });

  it('is judged by what was measured since it was moved', async () => {
    await on.started(['b', 'a', null, 'b']);
    on.placement.next = assignment(2, ['b', 'a', 'a', 'a']);
    on.brokerAhead(400);
    on.brokerAhead(700, '2');
    on.brokerAhead(600);
    await on.pass(300);
    on.brokerAhead(0, '3');
    expect([on.seen.filter((line) => line.startsWith('clock')), on.placement.leaves]).toEqual([
      ['clock moved 600'],
      1,
    ]);
  });

  it('ends a stay by nothing that was begun before it', async () => {
    await on.started(['b', 'a', null, 'b']);
    on.brokerAhead(600);
    await on.pass(50);
    on.placement.fault = new Error('no broker');
    await on.pass(200);
    expect(on.placement.joins).toBe(2);
    on.placement.fault = null;
    on.placement.next = assignment(2, ['b', 'b', 'b', 'b']);
    on.brokerAhead(-5_000);
    await on.pass(4_800);
    expect(on.placement.joins).toBe(2);
    await on.pass(300);
    expect([on.placement.joins, on.node.assignment?.generation]).toEqual([3, 2]);
    on.placement.listeners[0]?.(assignment(9, ['a', 'a', 'a', 'a']));
    expect(on.node.assignment?.generation).toBe(2);
  });

  it('that is ahead stands still, and the node stays away for the difference', async () => {
    await on.started(['b', 'a', null, 'b']);
    on.brokerAhead(-3_000);
    await on.pass(2_900);
    expect([on.placement.leaves, on.placement.joins, on.node.opened(0)]).toEqual([1, 1, null]);
    on.placement.tell(assignment(2, ['b', 'b', 'b', 'b']));
    expect(on.node.assignment).toBeNull();
    await on.pass(200);
    expect(on.placement.joins).toBe(2);
    expect(on.seen).toContain('clock moved -3000');
  });

  it('is judged once while the node is away', async () => {
    await on.started(['b', 'a', null, 'b']);
    on.brokerAhead(-3_000);
    on.brokerAhead(-3_000);
    await on.pass(100);
    expect(on.placement.leaves).toBe(1);
  });

  it('that is off again while it joins makes it leave again, and only the last return counts', async () => {
    await on.started(['b', 'a', null, 'b']);
    on.placement.slow = true;
    on.brokerAhead(600);
    await on.pass(200);
    expect(on.placement.joins).toBe(2);
    on.brokerAhead(-5_000);
    on.placement.letJoin(assignment(2, ['b', 'b', 'b', 'b']));
    await on.pass(1_100);
    expect([on.placement.joins, on.placement.member, on.node.assignment]).toEqual([2, false, null]);
    await on.pass(4_000);
    on.placement.letJoin(assignment(3, ['b', 'b', 'b', 'b']));
    await on.pass(100);
    expect([on.placement.joins, on.placement.member]).toEqual([3, true]);
    expect(on.node.assignment?.generation).toBe(3);
  });

  it('comes back though the group cannot be left or joined at first', async () => {
    await on.started(['b', 'a', null, 'b']);
    on.placement.fault = new Error('no broker');
    on.brokerAhead(600);
    await on.pass(2_500);
    const { joins } = on.placement;
    expect(joins).toBeGreaterThan(2);
    expect(on.seen).toContain('the group could not be left');
    expect(on.seen).toContain('the group could not be joined');
    on.placement.fault = null;
    on.placement.next = assignment(2, ['b', 'b', 'b', 'b']);
    await on.pass(1_100);
    expect([on.placement.joins, on.node.assignment?.generation]).toEqual([joins + 1, 2]);
  });
});

describe('stop', () => {
  it('gives everything up for good and leaves', async () => {
    await on.started(['b', 'a', null, 'b']);
    await on.node.stop();
    expect([on.seen, on.placement.member]).toEqual([['stop h0', 'stop h3'], false]);
    on.placement.tell(assignment(5, ['b', 'b', 'b', 'b']));
    await on.pass(3_000);
    expect([on.opened, on.manual.timerCount]).toEqual([[0, 3], 0]);
  });

  it('while it joins leaves the group again when it has joined', async () => {
    await on.started(['b', 'a', null, 'b']);
    on.placement.slow = true;
    on.brokerAhead(600);
    await on.pass(200);
    await on.node.stop();
    on.placement.letJoin(assignment(2, ['b', 'b', 'b', 'b']));
    await on.pass(100);
    expect([on.placement.member, on.opened]).toEqual([false, [0, 3]]);
  });

  it('while it is away comes back no more', async () => {
    await on.started(['b', 'a', null, 'b']);
    on.brokerAhead(-3_000);
    await on.node.stop();
    await on.pass(10_000);
    expect([on.placement.joins, on.placement.member]).toEqual([1, false]);
  });
});
