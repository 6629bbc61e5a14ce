import { invalidArgument, RejectionError, usPerSecond } from '@perdure/kernel';
import { offerOf } from '@perdure/matching/fixtures/scripted-owner';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  assignedTo,
  logPartition,
  nobodyOwns,
  notOwner,
  RoutedNode,
  workflowPoll,
} from '../../fixtures/routed-node.ts';
import { routedOf, TestCall } from '../../fixtures/scripted-history.ts';

let node: RoutedNode;

beforeEach(() => {
  node = new RoutedNode();
  node.routed.assigned(assignedTo(1, 'a'));
});

describe('a call', () => {
  test('to a LogPartition served here is made in the same turn (H1)', async () => {
    node.serve();
    const ended = node.signal();
    expect(node.here.asked).toEqual(['SignalWorkflowExecution']);
    const start = node.routed.startWorkflowTask(offerOf('workflow'), workflowPoll);
    expect(node.here.starts).toHaveLength(1);
    node.here.last().obsolete();
    expect(await start).toEqual({ kind: 'obsolete' });
    await node.clock.turn();
    expect(ended).toEqual(['{}']);
    expect(node.peers.asked).toEqual([]);
  });

  test('goes to the assigned node with its LogPartition, and comes back with its answer', async () => {
    const ended = node.signal();
    expect(node.peers.last()).toMatchObject({
      node: 'a',
      method: 'SignalWorkflowExecution',
      request: { logPartition, content: { namespaceId: 'n', request: { requestId: 'id' } } },
    });
    node.peers.last().answer({});
    await node.clock.turn();
    expect(ended).toEqual(['{}']);
    expect(node.clock.timerCount).toBe(0);
  });

  test('a rejection is an answer; so is an error of this process, unchanged', async () => {
    const ended = node.signal();
    node.peers.last().fail(new RejectionError(invalidArgument('bad')));
    await node.clock.turn();
    expect(ended).toEqual(['INVALID_ARGUMENT: bad']);
    node.serve();
    node.here.answer = () => Promise.reject(new Error('a bug'));
    const bug = node.signal();
    await node.clock.turn();
    expect(bug).toEqual(['Error: a bug']);
  });

  test('lists and counts are answered here', async () => {
    const query = { ...routedOf('QueryWorkflow', {}), query: {} };
    await node.routed.rpc.ListWorkflowExecutions(query as never, new TestCall());
    await node.routed.rpc.CountWorkflowExecutions(query as never, new TestCall());
    expect(node.here.asked).toEqual(['ListWorkflowExecutions', 'CountWorkflowExecutions']);
    expect(node.peers.asked).toEqual([]);
  });
});

describe('NotOwner', () => {
  test('its hint is followed at once, and remembered', async () => {
    const ended = node.signal();
    node.peers.last().fail(notOwner('b'));
    await node.clock.turn();
    expect(node.nodesAsked()).toEqual(['a', 'b']);
    node.peers.last().answer({});
    await node.clock.turn();
    expect(ended).toEqual(['{}']);
    node.signal();
    expect(node.nodesAsked()).toEqual(['a', 'b', 'b']);
  });

  test('two nodes that name each other are asked with pauses, until patience ends (H2, H4)', async () => {
    const ended = node.signal();
    const startUs = node.clock.nowUs();
    for (let steps = 0; ended.length === 0; steps++) {
      expect(steps).toBeLessThan(2_000);
      const last = node.peers.last();
      last.fail(notOwner(last.node === 'a' ? 'b' : 'a'));
      await node.clock.turn();
      if (node.peers.last() === last && ended.length === 0) node.clock.advance(10_000);
      await node.clock.turn();
    }
    expect(ended).toEqual([nobodyOwns]);
    expect(node.clock.nowUs() - startUs).toBeGreaterThan(9.7 * usPerSecond);
    expect(node.clock.nowUs() - startUs).toBeLessThanOrEqual(10 * usPerSecond);
    // 20, 40, 80, 160 ms, then 200 ms each, two asked per pause.
    expect(node.peers.asked.length).toBeLessThan(120);
  });

  test('without a hint the assigned node and the next on the ring are asked in turn, after pauses', async () => {
    node.signal();
    for (let i = 0; i < 3; i++) await node.failAndPause(notOwner(null));
    expect(node.nodesAsked()).toEqual(['a', 'b', 'a', 'b']);
  });

  test('of a node that names itself is no hint', async () => {
    node.signal();
    node.peers.last().fail(notOwner('a'));
    await node.clock.turn();
    expect(node.nodesAsked()).toEqual(['a']);
    node.clock.advance(20_000);
    await node.clock.turn();
    expect(node.nodesAsked()).toEqual(['a', 'b']);
  });

  test('the new owner is found in the newest assignment', async () => {
    const ended = node.signal();
    node.peers.last().fail(notOwner(null));
    await node.clock.turn();
    node.routed.assigned(assignedTo(2, 'here'));
    node.serve();
    node.clock.advance(20_000);
    await node.clock.turn();
    expect(node.here.asked).toEqual(['SignalWorkflowExecution']);
    expect(ended).toEqual(['{}']);
  });

  test('thrown by the owner here, fenced meanwhile, is followed as well', async () => {
    node.serve();
    node.here.answer = () => {
      node.local.services.delete(logPartition);
      return Promise.reject(notOwner('b'));
    };
    node.signal();
    await node.clock.turn();
    expect(node.nodesAsked()).toEqual(['b']);
  });

  test('its deadline ends a call before its client gives up', async () => {
    const deadlineMs = node.clock.nowUs() / 1_000 + 100;
    const ended = node.signal('id', new TestCall(deadlineMs));
    node.peers.last().fail(notOwner(null));
    await node.pass(20_000);
    expect(node.peers.asked).toHaveLength(2);
    node.peers.last().fail(notOwner(null));
    await node.clock.turn();
    expect(ended).toEqual([nobodyOwns]);
  });

  test('a call whose client is gone is not asked again', async () => {
    const call = new TestCall();
    const ended = node.signal('id', call);
    call.gone = true;
    await node.failAndPause(notOwner('b'));
    expect(node.nodesAsked()).toEqual(['a']);
    expect(ended).toEqual(['CANCELLED: the call was cancelled']);
  });

  test('without any assignment a call waits, and is told that nobody owns', async () => {
    node = new RoutedNode();
    const ended = node.signal();
    for (let i = 0; i < 60; i++) {
      node.clock.advance(200_000);
      await node.clock.turn();
    }
    expect(ended).toEqual([nobodyOwns]);
    expect(node.peers.asked).toEqual([]);
  });
});

describe('a take-over of this node', () => {
  test('is waited for, and its service is asked', async () => {
    const taken = Promise.withResolvers<void>();
    node.local.takeOvers.set(logPartition, taken.promise);
    const ended = node.signal();
    await node.clock.turn();
    expect(node.here.asked).toEqual([]);
    node.serve();
    node.local.takeOvers.clear();
    taken.resolve();
    await node.clock.turn();
    expect(ended).toEqual(['{}']);
    expect(node.clock.timerCount).toBe(0);
  });

  test('that fails leads to the owner that this node knows then', async () => {
    const taken = Promise.withResolvers<void>();
    node.local.takeOvers.set(logPartition, taken.promise);
    node.signal();
    node.local.takeOvers.clear();
    node.local.owners.set(logPartition, 'b');
    taken.reject(new Error('fenced'));
    await node.clock.turn();
    expect(node.nodesAsked()).toEqual(['b']);
  });

  test('that does not end is waited for no longer than any owner is', async () => {
    node.local.takeOvers.set(logPartition, new Promise(() => undefined));
    const ended = node.signal();
    for (let i = 0; i < 120; i++) {
      node.clock.advance(100_000);
      await node.clock.turn();
    }
    expect(ended).toEqual([nobodyOwns]);
  });
});
