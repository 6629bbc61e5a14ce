import { offerOf } from '@perdure/matching/fixtures/scripted-owner';
import { PeerLost } from '@perdure/ports';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  assignedTo,
  logPartition,
  notOwner,
  outcomeUnknown,
  RoutedNode,
  workflowPoll,
} from '../../fixtures/routed-node.ts';

let node: RoutedNode;

beforeEach(() => {
  node = new RoutedNode();
  node.routed.assigned(assignedTo(1, 'a'));
});

describe('an unknown outcome', () => {
  const lost = new PeerLost('a', 'frozen');
  const unsent = new PeerLost('a', 'no link', false);

  test('is repeated where a request id makes the repeat safe', async () => {
    const ended = node.signal('id');
    await node.failAndPause(lost);
    await node.failAndPause(notOwner(null, true));
    expect(node.nodesAsked()).toEqual(['a', 'b', 'a']);
    node.peers.last().answer({});
    await node.clock.turn();
    expect(ended).toEqual(['{}']);
  });

  test('is told to the client at once where it does not (H3)', async () => {
    const withoutId = node.signal('');
    await node.failAndPause(lost);
    expect(withoutId).toEqual([outcomeUnknown]);
    const terminated = node.terminate();
    await node.failAndPause(notOwner('b', true));
    expect(terminated).toEqual([outcomeUnknown]);
    expect(node.peers.asked).toHaveLength(2);
  });

  test('of what was never handed to a link is known: nothing was done', async () => {
    const ended = node.terminate();
    await node.failAndPause(unsent);
    expect(node.nodesAsked()).toEqual(['a', 'b']);
    await node.failAndPause(notOwner(null));
    node.peers.last().answer({});
    await node.clock.turn();
    expect(ended).toEqual(['{}']);
  });

  test('that stays unknown is said to be so, also after later ones that were known', async () => {
    const ended = node.signal('id');
    await node.failAndPause(lost);
    for (let i = 0; i < 60; i++) await node.failAndPause(notOwner(null));
    expect(ended).toEqual([outcomeUnknown]);
  });
});

describe('starts (D2) and what was not delivered (D3)', () => {
  const offer = offerOf('workflow');

  test('a start whose answer was lost with its owner is repeated, as it was, at the new one', async () => {
    const start = node.routed.startWorkflowTask(offer, workflowPoll);
    await node.failAndPause(new PeerLost('a', 'dead'));
    expect(node.peers.last()).toMatchObject({
      node: 'b',
      method: 'startWorkflowTask',
      request: { logPartition, content: { offer, poll: { pollRequestId: 'p' } } },
    });
    node.peers.last().answer({ kind: 'started', response: new Uint8Array([1]) });
    expect(await start).toMatchObject({ kind: 'started' });
  });

  test('so is a start of an activity', async () => {
    const poll = { ...workflowPoll, maxTasksPerSecond: null };
    const start = node.routed.startActivityTask(offerOf('activity'), poll);
    await node.failAndPause(notOwner('b', true));
    expect(node.peers.last()).toMatchObject({ node: 'b', method: 'startActivityTask' });
    node.peers.last().answer({ kind: 'obsolete' });
    expect(await start).toEqual({ kind: 'obsolete' });
  });

  test('what was not delivered is told to the owner, wherever it is, until it has heard', async () => {
    node.routed.workflowTaskNotDelivered(offer, 'p');
    await node.failAndPause(notOwner('b'));
    expect(node.peers.last()).toMatchObject({
      node: 'b',
      method: 'workflowTaskNotDelivered',
      request: { content: { offer, pollRequestId: 'p' } },
    });
    node.peers.last().answer(null);
    node.routed.stickyQueueGone(offer);
    expect(node.peers.last()).toMatchObject({ node: 'b', method: 'stickyQueueGone' });
    node.peers.last().answer(null);
    await node.clock.turn();
    expect(node.troubles).toEqual([]);
  });

  test('served here, it is told in the same turn', () => {
    node.serve();
    node.routed.workflowTaskNotDelivered(offer, 'p');
    node.routed.activityTaskNotDelivered(offerOf('activity'), 'p');
    node.routed.stickyQueueGone(offer);
    expect(node.here.givenBack).toEqual(['workflow 5 p', 'activity 5 p']);
    expect(node.here.stickyGone).toEqual([offer]);
  });

  test('that no owner could be told is reported', async () => {
    node.routed.activityTaskNotDelivered(offerOf('activity'), 'p');
    node.routed.stickyQueueGone(offer);
    for (let i = 0; i < 60; i++) {
      for (const { fail } of node.peers.asked) fail(notOwner(null));
      await node.pass(200_000);
    }
    expect(node.troubles.toSorted()).toEqual([
      'an owner was not told of a lost receiver',
      'an owner was not told of a lost sticky queue',
    ]);
  });
});
