import type { PollTicket } from '@perdure/ports';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  activityPollOf,
  answersTo,
  assignmentOf,
  queueThatGoes,
} from '../../fixtures/cluster-parts.ts';
import { ManualClock } from '../../fixtures/manual-clock.ts';
import { offerOf, offerTo, ScriptedOwner } from '../../fixtures/scripted-owner.ts';
import { type AskedPeer, ScriptedPeers } from '../../fixtures/scripted-peers.ts';
import { Matching } from '../matching.ts';
import { RoutedMatching } from './routed-matching.ts';

const all = assignmentOf(1, 'a', 'b', 'here');
const withoutA = assignmentOf(2, 'b', 'here');
const atHere = queueThatGoes('activity', [all, 'here']);
const atA = queueThatGoes('activity', [all, 'a']);
const fromAToB = queueThatGoes('activity', [all, 'a'], [withoutA, 'b']);
const fromAToHere = queueThatGoes('activity', [all, 'a'], [withoutA, 'here']);

let clock: ManualClock;
let owner: ScriptedOwner;
let local: Matching;
let peers: ScriptedPeers;
let routed: RoutedMatching;
let answers: string[];

beforeEach(() => {
  clock = new ManualClock();
  owner = new ScriptedOwner();
  local = new Matching({ clock, owner: () => owner });
  peers = new ScriptedPeers();
  routed = new RoutedMatching({ clock, local, peers, owner: () => owner });
  routed.assigned(all);
  answers = [];
});

const poll = (queue: { name: string }): PollTicket =>
  routed.pollActivityTask(activityPollOf('p', queue.name), answersTo(answers));

const sent = (): string[] =>
  peers.sent.map(({ node, message, content }) => `${node} ${message} ${JSON.stringify(content)}`);

const task = { kind: 'task', offer: offerOf('activity'), response: new Uint8Array([1]) } as const;
const empty = { kind: 'empty' } as const;

const answered = async (asked: AskedPeer, outcome: unknown): Promise<void> => {
  asked.answer(outcome);
  await clock.turn();
};

const parkedAt = (): string[] =>
  peers.asked.map(({ node, request }) => `${node} ${(request as { parkId: number }).parkId}`);

describe('a poll', () => {
  test('of a queue held here is parked here, and ends as the gateway says', async () => {
    const ticket = poll(atHere);
    expect(peers.asked).toEqual([]);
    offerTo(local, offerOf('activity', { queue: atHere }));
    owner.last().started();
    await clock.turn();
    expect(answers).toEqual(['task 5']);
    expect(routed.openPolls).toBe(0);
    ticket.cancel();
    poll(atHere).expire();
    expect(answers).toEqual(['task 5', 'empty']);
  });

  test('of a queue held elsewhere is parked there; its task is acknowledged', async () => {
    poll(atA);
    expect(peers.last()).toMatchObject({
      node: 'a',
      method: 'pollActivityTask',
      request: { parkId: 1, poll: { pollRequestId: 'p', queue: atA.name } },
    });
    await answered(peers.last(), task);
    expect(answers).toEqual(['task 5']);
    expect(sent()).toEqual(['a pollReceived {"parkId":1}']);
  });

  test('whose time is up is ended where it is parked, and answers what comes from there', async () => {
    poll(atA).expire();
    expect(sent()).toEqual(['a endPoll {"parkId":1,"how":"expire"}']);
    expect(answers).toEqual([]);
    await answered(peers.last(), empty);
    const other = poll(atA);
    other.expire();
    other.expire();
    await answered(peers.last(), task);
    expect(answers).toEqual(['empty', 'task 5']);
  });

  test('whose client is gone is cancelled there; a task on its way is given back from here (R2)', async () => {
    poll(atA).cancel();
    expect(sent()).toEqual(['a endPoll {"parkId":1,"how":"cancel"}']);
    await answered(peers.last(), task);
    expect(owner.givenBack).toEqual(['activity 5 p']);
    poll(atA).cancel();
    await answered(peers.last(), { ...task, offer: offerOf('workflow') });
    expect(owner.givenBack).toEqual(['activity 5 p', 'workflow 5 p']);
    poll(atA).cancel();
    await answered(peers.last(), empty);
    expect(answers).toEqual([]);
    expect(routed.openPolls).toBe(0);
  });
});

describe('a poll whose queue moves (R1)', () => {
  test('is ended at the old place and parked at the new one, within the same call', async () => {
    poll(fromAToB);
    routed.assigned(withoutA);
    expect(sent()).toEqual(['a endPoll {"parkId":1,"how":"expire"}']);
    expect(parkedAt()).toEqual(['a 1']);
    await answered(peers.last(), empty);
    expect(parkedAt()).toEqual(['a 1', 'b 2']);
    expect(answers).toEqual([]);
    await answered(peers.last(), task);
    expect(answers).toEqual(['task 5']);
  });

  test('to this node, and away from it', async () => {
    poll(fromAToHere);
    routed.assigned(withoutA);
    await answered(peers.last(), empty);
    offerTo(local, offerOf('activity', { queue: fromAToHere }));
    owner.last().started();
    await clock.turn();
    expect(answers).toEqual(['task 5']);
    poll(fromAToHere);
    routed.assigned({ ...all, generation: 3 });
    expect(parkedAt()).toEqual(['a 1', 'a 2']);
  });

  test('answers the task that was being started at the old place', async () => {
    poll(fromAToB);
    routed.assigned(withoutA);
    await answered(peers.last(), task);
    expect(answers).toEqual(['task 5']);
    expect(peers.asked).toHaveLength(1);
  });

  test('ends when its time is up meanwhile; is parked nowhere when its client goes', async () => {
    const expired = poll(fromAToB);
    const cancelled = poll(fromAToB);
    routed.assigned(withoutA);
    expired.expire();
    cancelled.cancel();
    for (const asked of peers.asked) asked.answer(empty);
    await clock.turn();
    expect(answers).toEqual(['empty']);
    expect(peers.asked).toHaveLength(2);
  });

  test('stays where it is when only others move, and under an older assignment', () => {
    poll(atHere);
    routed.assigned(withoutA);
    expect(peers.asked).toEqual([]);
    routed.assigned(all);
    expect(routed.nodeOf(fromAToB)).toBe('b');
  });
});

describe('a poll that its place sends away', () => {
  const movedTo = (node: string): unknown => ({ kind: 'moved', node });

  test('goes to the place known here, else where it was sent', async () => {
    poll(fromAToB);
    await answered(peers.last(), movedTo('b'));
    expect(parkedAt()).toEqual(['a 1', 'b 2']);
    routed.assigned(withoutA);
    await answered(peers.last(), task);
    expect(answers).toEqual(['task 5']);
  });

  test('to and fro pauses, and is not lost', async () => {
    poll(fromAToB);
    for (let hops = 0; hops < 3; hops++) {
      await answered(peers.last(), movedTo(peers.last().node === 'a' ? 'b' : 'a'));
    }
    expect(parkedAt()).toEqual(['a 1', 'b 2', 'a 3']);
    clock.advance(200_000);
    expect(parkedAt()).toEqual(['a 1', 'b 2', 'a 3', 'a 4']);
  });

  test('to where it is pauses; whose time is up meanwhile is answered empty', async () => {
    const ticket = poll(atA);
    await answered(peers.last(), movedTo('a'));
    expect(peers.asked).toHaveLength(1);
    ticket.expire();
    expect(answers).toEqual(['empty']);
    const other = poll(atA);
    other.expire();
    await answered(peers.last(), movedTo('b'));
    expect(answers).toEqual(['empty', 'empty']);
  });
});

describe('a poll whose place is lost (R3)', () => {
  test('is parked again after a pause, under the same request id', async () => {
    poll(atA);
    peers.lose('a');
    await clock.turn();
    expect(peers.asked).toHaveLength(1);
    clock.advance(200_000);
    expect(peers.last()).toMatchObject({ node: 'a', request: { poll: { pollRequestId: 'p' } } });
    expect(parkedAt()).toEqual(['a 1', 'a 2']);
  });

  test('is parked at the new place as soon as there is one', async () => {
    poll(fromAToB);
    peers.lose('a');
    await clock.turn();
    routed.assigned(withoutA);
    expect(parkedAt()).toEqual(['a 1', 'b 2']);
    clock.advance(1_000_000);
    expect(peers.asked).toHaveLength(2);
  });

  test('ends during the pause, empty or without a word', async () => {
    const expired = poll(atA);
    const cancelled = poll(atA);
    const ending = poll(atA);
    ending.expire();
    const gone = poll(atA);
    gone.cancel();
    peers.lose('a');
    await clock.turn();
    expect(answers).toEqual(['empty']);
    expired.expire();
    cancelled.cancel();
    clock.advance(1_000_000);
    expect(answers).toEqual(['empty', 'empty']);
    expect(peers.asked).toHaveLength(4);
    expect(routed.openPolls).toBe(0);
  });
});
