import { notFound, RejectionError } from '@perdure/kernel';
import { beforeEach, expect, test } from 'vitest';
import { assignmentOf, queueThatGoes, workflowPollOf } from '../../fixtures/cluster-parts.ts';
import { ManualClock } from '../../fixtures/manual-clock.ts';
import { offerOf, ScriptedOwner } from '../../fixtures/scripted-owner.ts';
import { ScriptedPeers } from '../../fixtures/scripted-peers.ts';
import { Matching } from '../matching.ts';
import { RoutedMatching } from './routed-matching.ts';

const all = assignmentOf(1, 'a', 'b', 'here');
const atHere = queueThatGoes('workflow', [all, 'here']);
const atA = queueThatGoes('workflow', [all, 'a']);

let clock: ManualClock;
let owner: ScriptedOwner;
let local: Matching;
let peers: ScriptedPeers;
let routed: RoutedMatching;
let answers: string[];

beforeEach(() => {
  clock = new ManualClock();
  owner = new ScriptedOwner();
  local = new Matching({ clock, owner: () => owner, heldPerQueueMax: 2 });
  peers = new ScriptedPeers();
  routed = new RoutedMatching({ clock, local, peers, owner: () => owner });
  routed.assigned(all);
  answers = [];
});

const offerAt = (node: string, offer = offerOf('workflow', { queue: atHere })): void =>
  routed.offerAt(node, offer, (answer) => answers.push(answer));

const backlog = async (): Promise<number> => (await local.describe(atHere)).backlogCount;

test('without an assignment every queue is held here', () => {
  const lone = new RoutedMatching({ clock, local, peers, owner: () => owner });
  expect(lone.nodeOf(atA)).toBe('here');
  expect(routed.nodeOf(atA)).toBe('a');
});

test('an offer to this node is answered in the same turn; one to another when that has answered', async () => {
  offerAt('here');
  expect(answers).toEqual(['taken']);
  offerAt('a');
  expect(peers.last()).toMatchObject({ node: 'a', method: 'offer', request: { queue: atHere } });
  peers.last().answer('unavailable');
  await clock.turn();
  offerAt('a');
  peers.lose('a');
  await clock.turn();
  offerAt('a');
  peers.last().fail(new RejectionError(notFound('a bug there')));
  await clock.turn();
  expect(answers).toEqual(['taken', 'unavailable', 'lost', 'lost']);
});

test('an offer is taken back where it is', async () => {
  offerAt('here');
  routed.withdrawAt('here', offerOf('workflow', { queue: atHere }));
  expect(await backlog()).toBe(0);
  const offer = offerOf('workflow', { queue: atA });
  routed.withdrawAt('a', offer);
  expect(peers.sent).toEqual([{ node: 'a', message: 'withdraw', content: offer }]);
});

test('watchers hear of moves and of lost nodes, until they end it', () => {
  const heard: string[] = [];
  const end = routed.watch({ moved: () => heard.push('moved'), lost: (node) => heard.push(node) });
  routed.assigned(assignmentOf(2, 'b', 'here'));
  routed.assigned(all);
  peers.lose('a');
  end();
  routed.assigned(assignmentOf(3, 'here'));
  peers.lose('b');
  expect(heard).toEqual(['moved', 'a']);
});

test('describe asks the node that holds the queue', async () => {
  offerAt('here');
  expect(await routed.describe(atHere)).toMatchObject({ backlogCount: 1 });
  const there = routed.describe(atA);
  peers.last().answer({ backlogCount: 7 });
  expect(await there).toEqual({ backlogCount: 7 });
  const lost = routed.describe(atA);
  peers.lose('a');
  await expect(lost).rejects.toMatchObject({ rejection: { code: 'UNAVAILABLE' } });
  const refused = routed.describe(atA);
  peers.last().fail(new RejectionError(notFound('no')));
  await expect(refused).rejects.toMatchObject({ rejection: { code: 'NOT_FOUND' } });
});

test('the goodbye of a worker goes where its sticky queue is held', () => {
  const sticky = { queue: atHere, sticky: true };
  routed.pollWorkflowTask(
    workflowPollOf('p', atHere.name, { sticky: true, normalQueue: 'q' }),
    () => undefined,
  );
  offerAt('here', offerOf('workflow', sticky));
  routed.forgetStickyQueue('n', atHere.name);
  offerAt('here', offerOf('workflow', { ...sticky, scheduledEventId: 9 }));
  expect(answers).toEqual(['taken', 'unavailable']);
  routed.forgetStickyQueue('n', atA.name);
  const content = { namespaceId: 'n', queue: atA.name };
  expect(peers.sent).toEqual([{ node: 'a', message: 'forgetStickyQueue', content }]);
});

test('a task whose start failed is held again after a second; a sticky one without its worker goes back', async () => {
  const offer = offerOf('workflow', { queue: atHere });
  routed.startFailed(offer);
  expect(await backlog()).toBe(0);
  clock.advance(1_000_000);
  expect(await backlog()).toBe(1);
  offerAt('here', { ...offer, scheduledEventId: 6 });
  routed.startFailed({ ...offer, scheduledEventId: 7 });
  clock.advance(1_000_000);
  expect(await backlog()).toBe(2);
  local.withdraw(offer);
  clock.advance(1_000_000);
  expect(await backlog()).toBe(2);
  routed.startFailed({ ...offer, sticky: true });
  clock.advance(1_000_000);
  expect(owner.stickyGone).toEqual([{ ...offer, sticky: true }]);
});
