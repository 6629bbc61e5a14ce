import type { CallContext, QueueName } from '@perdure/ports';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  activityPollOf,
  assignmentOf,
  queueThatGoes,
  workflowPollOf,
} from '../../fixtures/cluster-parts.ts';
import { ManualClock } from '../../fixtures/manual-clock.ts';
import { offerOf, ScriptedOwner } from '../../fixtures/scripted-owner.ts';
import { ScriptedPeers } from '../../fixtures/scripted-peers.ts';
import { Matching } from '../matching.ts';
import { AskedMatching } from './asked-matching.ts';
import { RoutedMatching } from './routed-matching.ts';

const all = assignmentOf(1, 'a', 'b', 'here');
const withC = assignmentOf(2, 'a', 'b', 'c', 'here');
const stays = queueThatGoes('activity', [all, 'here'], [withC, 'here']);
const goesToC = queueThatGoes('activity', [all, 'here'], [withC, 'c']);
const call = {} as CallContext;

let clock: ManualClock;
let owner: ScriptedOwner;
let local: Matching;
let peers: ScriptedPeers;
let routed: RoutedMatching;
let asked: AskedMatching;
let answers: string[];

beforeEach(() => {
  clock = new ManualClock();
  owner = new ScriptedOwner();
  local = new Matching({ clock, owner: () => owner });
  peers = new ScriptedPeers();
  routed = new RoutedMatching({ clock, local, peers, owner: () => owner });
  asked = new AskedMatching({ local, routed, owner: () => owner });
  routed.assigned(all);
  answers = [];
});

const park = (parkId: number, { kind, name }: QueueName = stays, from = 'a'): void => {
  const poll =
    kind === 'activity'
      ? asked.answers.pollActivityTask(
          { parkId, poll: activityPollOf(`p${parkId}`, name) },
          call,
          from,
        )
      : asked.answers.pollWorkflowTask(
          { parkId, poll: workflowPollOf(`p${parkId}`, name) },
          call,
          from,
        );
  poll.then(
    (outcome) => {
      const what = { task: 'task', empty: 'empty', moved: 'moved' }[outcome.kind];
      answers.push(`${parkId}: ${what}${outcome.kind === 'moved' ? ` to ${outcome.node}` : ''}`);
    },
    () => answers.push(`${parkId}: failed`),
  );
};

const offer = (more: Partial<ReturnType<typeof offerOf>> = {}, from = 'b'): Promise<string> =>
  asked.answers.offer(offerOf('activity', { queue: stays, node: from, ...more }), call, from);

const end = (parkId: number, how: 'cancel' | 'expire', from = 'a'): void =>
  asked.messages.endPoll({ parkId, how }, from);

const backlog = async (queue: QueueName = stays): Promise<number> =>
  (await asked.answers.describe(queue, call, 'a')).backlogCount;

describe('for other nodes', () => {
  test('offers are taken and taken back, and a worker says goodbye', async () => {
    expect(await offer()).toBe('taken');
    expect(await offer({ sticky: true })).toBe('unavailable');
    expect(await backlog()).toBe(1);
    asked.messages.withdraw(offerOf('activity', { queue: stays }), 'b');
    expect(await backlog()).toBe(0);
    asked.messages.forgetStickyQueue({ namespaceId: 'n', queue: 'nobody' }, 'b');
  });

  test('a parked poll gets the task of another node', async () => {
    park(1);
    await offer();
    owner.last().started();
    await clock.turn();
    expect(answers).toEqual(['1: task']);
  });

  test('a poll is ended by its number and its node', async () => {
    park(1);
    park(2);
    park(1, stays, 'b');
    end(1, 'expire');
    end(2, 'cancel');
    end(3, 'cancel');
    end(1, 'cancel', 'c');
    await clock.turn();
    expect(answers).toEqual(['1: empty', '2: empty']);
    await offer();
    expect(owner.last().poll.pollRequestId).toBe('p1');
    expect(owner.starts).toHaveLength(1);
  });

  test('a queue that belongs elsewhere by what is known here is held all the same', async () => {
    routed.assigned(withC);
    park(1, goesToC);
    await offer({ queue: goesToC });
    owner.last().started();
    await clock.turn();
    expect(answers).toEqual(['1: task']);
  });
});

describe('a queue that moves (A3)', () => {
  test('its polls are told where; those of other queues stay', async () => {
    park(1, goesToC);
    park(2, stays);
    routed.assigned(withC);
    await clock.turn();
    expect(answers).toEqual(['1: moved to c']);
  });

  test('a poll whose task is being started gets the task, or goes when the start fails', async () => {
    park(1, goesToC);
    park(2, goesToC);
    await offer({ queue: goesToC });
    await offer({ queue: goesToC, scheduledEventId: 6 });
    routed.assigned(withC);
    await clock.turn();
    expect(answers).toEqual([]);
    const [first, second] = owner.starts;
    first?.started();
    second?.obsolete();
    await clock.turn();
    expect(answers).toEqual(['1: task', '2: moved to c']);
  });
});

describe('a node that is lost', () => {
  test('its polls are cancelled: what is being started for them is given back (A1)', async () => {
    park(1);
    park(2, stays, 'b');
    await offer();
    peers.lose('a');
    owner.last().started();
    await clock.turn();
    expect(owner.givenBack).toEqual(['activity 5 p1']);
    expect(answers).toEqual(['1: empty']);
    await offer({ scheduledEventId: 6 });
    expect(owner.last().poll.pollRequestId).toBe('p2');
  });

  test('its offers are void; those of others, and newer ones of its successor, are not (A1)', async () => {
    await offer({ scheduledEventId: 6 }, 'a');
    await offer({ scheduledEventId: 7 }, 'a');
    await offer({ scheduledEventId: 8 }, 'b');
    await offer({ scheduledEventId: 7, epoch: 2 }, 'b');
    peers.lose('a');
    expect(await backlog()).toBe(2);
    await offer({ scheduledEventId: 6 }, 'a');
    expect(await backlog()).toBe(3);
  });

  test('a workflow task that it may not have received is offered again, an activity is not (A2)', async () => {
    const queue = queueThatGoes('workflow', [all, 'here']);
    park(1, queue);
    park(2, queue);
    park(3, stays);
    await asked.answers.offer(offerOf('workflow', { queue }), call, 'b');
    await asked.answers.offer(offerOf('workflow', { queue, scheduledEventId: 6 }), call, 'b');
    await offer({ scheduledEventId: 7 });
    for (const start of owner.starts) start.started();
    await clock.turn();
    expect(answers).toEqual(['1: task', '2: task', '3: task']);
    asked.messages.pollReceived({ parkId: 2 }, 'a');
    asked.messages.pollReceived({ parkId: 2 }, 'nobody');
    peers.lose('a');
    expect(owner.givenBack).toEqual(['workflow 5 p1']);
    peers.lose('a');
    peers.lose('nobody');
    expect(owner.givenBack).toHaveLength(1);
  });
});
