// D3 in both directions: what reached nobody is given back once, what may have reached a worker never.

import { LayeredConfig } from '@perdure/core-dynamic-config';
import { Matching } from '@perdure/matching';
import { ManualClock } from '@perdure/matching/fixtures/manual-clock';
import { offerOf, offerTo, ScriptedOwner } from '@perdure/matching/fixtures/scripted-owner';
import type { PolledTask } from '@perdure/ports';
import { beforeEach, describe, expect, test } from 'vitest';
import { routedOf, WorkerCall } from '../fixtures/worker-call.ts';
import { Gateway } from './gateway.ts';

const gatewayId = '5c2f6a1e-7d1b-4a5e-9c3d-000000000000';
const firstPoll = '5c2f6a1e-7d1b-4a5e-9c3d-000000000001';
const secondPoll = '5c2f6a1e-7d1b-4a5e-9c3d-000000000002';
let clock: ManualClock;
let owner: ScriptedOwner;
let matching: Matching;
let gateway: Gateway;
/** Bytes that the frontend wrote to each client. */
let written: number;

beforeEach(() => {
  clock = new ManualClock();
  owner = new ScriptedOwner();
  matching = new Matching({ clock, owner: () => owner });
  written = 0;
  gateway = new Gateway({
    clock,
    config: new LayeredConfig(),
    matching,
    owner: () => owner,
    gatewayId,
  });
});

type Kind = 'workflow' | 'activity';
const poll = (kind: Kind, call: WorkerCall): Promise<PolledTask> => {
  const request = { taskQueue: { name: 'q' }, identity: 'w' };
  return kind === 'activity'
    ? gateway.pollActivityTaskQueue(routedOf('PollActivityTaskQueue', request), call)
    : gateway.pollWorkflowTaskQueue(routedOf('PollWorkflowTaskQueue', request), call);
};

/** What the frontend does with a call: the one place that knows whether a byte was written. */
const serve = async (kind: Kind, call: WorkerCall): Promise<void> => {
  const task = await poll(kind, call);
  if (call.cancelled()) task.notDelivered();
  else written += task.bytes.length;
};

describe.for(['workflow', 'activity'] as const)('a %s task', (kind) => {
  test('is handed out and not given back, even when the client goes right after', async () => {
    const call = new WorkerCall();
    const served = serve(kind, call);
    offerTo(matching, offerOf(kind));
    owner.last().started();
    await served;
    call.cancel();
    expect(written).toBe(1);
    expect(owner.givenBack).toEqual([]);
    expect(gateway.openPolls).toBe(0);
  });

  test('is given back when the client goes while it is being started', async () => {
    const call = new WorkerCall();
    const served = serve(kind, call);
    offerTo(matching, offerOf(kind));
    call.cancel();
    await served;
    expect(owner.givenBack).toEqual([]);
    owner.last().started();
    await clock.turn();
    expect(owner.givenBack).toEqual([`${kind} 5 ${firstPoll}`]);
    expect(written).toBe(0);
  });

  test('is given back when the client has gone and the news comes with the answer', async () => {
    const call = new WorkerCall();
    const served = serve(kind, call);
    offerTo(matching, offerOf(kind));
    call.goSilently();
    owner.last().started();
    await served;
    call.cancel();
    expect(owner.givenBack).toEqual([`${kind} 5 ${firstPoll}`]);
    expect(written).toBe(0);
  });

  test('is given back by the writer when the client goes between answer and writing, once', async () => {
    const call = new WorkerCall();
    const answer = poll(kind, call);
    offerTo(matching, offerOf(kind));
    owner.last().started();
    const task = await answer;
    call.cancel();
    expect(owner.givenBack).toEqual([]);
    task.notDelivered();
    task.notDelivered();
    expect(owner.givenBack).toEqual([`${kind} 5 ${firstPoll}`]);
  });

  test('goes to the next poll when the client went before it was offered', async () => {
    const gone = new WorkerCall();
    const first = serve(kind, gone);
    gone.cancel();
    offerTo(matching, offerOf(kind));
    await first;
    expect(owner.starts).toHaveLength(0);
    const second = serve(kind, new WorkerCall());
    expect(owner.last().poll.pollRequestId).toBe(secondPoll);
    owner.last().started();
    await second;
    expect(written).toBe(1);
  });

  test('is not even started for a client that went before it was parked', async () => {
    offerTo(matching, offerOf(kind));
    const gone = new WorkerCall();
    gone.cancel();
    expect((await poll(kind, gone)).bytes).toHaveLength(0);
    expect(owner.starts).toHaveLength(0);
  });

  test('that was given back and offered again reaches the next poll under the same attempt', async () => {
    const gone = new WorkerCall();
    const first = serve(kind, gone);
    offerTo(matching, offerOf(kind));
    gone.cancel();
    owner.last().started();
    await clock.turn();
    await first;
    offerTo(matching, offerOf(kind));
    const second = serve(kind, new WorkerCall());
    owner.last().started();
    await second;
    expect(owner.starts.map(({ offer }) => offer.attempt)).toEqual([1, 1]);
    expect(written).toBe(1);
  });
});

test('an empty answer has nothing to give back', async () => {
  const call = new WorkerCall();
  const answer = poll('activity', call);
  call.cancel();
  (await answer).notDelivered();
  expect(owner.givenBack).toEqual([]);
});
