import { LayeredConfig, readLayer } from '@perdure/core-dynamic-config';
import { noBytes, RejectionError, usPerSecond } from '@perdure/kernel';
import { Matching } from '@perdure/matching';
import { ManualClock } from '@perdure/matching/fixtures/manual-clock';
import { offerOf, offerTo, ScriptedOwner } from '@perdure/matching/fixtures/scripted-owner';
import type { PolledTask } from '@perdure/ports';
import { type RpcRequestInit, TaskQueueKind } from '@perdure/wire';
import { beforeEach, describe, expect, test } from 'vitest';
import { routedOf, WorkerCall } from '../fixtures/worker-call.ts';
import { Gateway } from './gateway.ts';

const gatewayId = '5c2f6a1e-7d1b-4a5e-9c3d-000000000000';
let clock: ManualClock;
let owner: ScriptedOwner;
let matching: Matching;
let gateway: Gateway;

beforeEach(() => {
  clock = new ManualClock();
  owner = new ScriptedOwner();
  matching = new Matching({ clock, owner: () => owner });
  gateway = new Gateway({
    clock,
    config: new LayeredConfig(),
    matching,
    owner: () => owner,
    gatewayId,
    openPollsMax: 5,
  });
});

type WorkflowInit = RpcRequestInit<'PollWorkflowTaskQueue'>;
const pollWorkflow = (init: WorkflowInit = {}, call = new WorkerCall()): Promise<PolledTask> => {
  const request = { taskQueue: { name: 'q' }, identity: 'w', ...init };
  return gateway.pollWorkflowTaskQueue(routedOf('PollWorkflowTaskQueue', request), call);
};
type ActivityInit = RpcRequestInit<'PollActivityTaskQueue'>;
const pollActivity = (init: ActivityInit = {}, call = new WorkerCall()): Promise<PolledTask> => {
  const request = { taskQueue: { name: 'q' }, identity: 'w', ...init };
  return gateway.pollActivityTaskQueue(routedOf('PollActivityTaskQueue', request), call);
};
const inSeconds = (seconds: number): WorkerCall =>
  new WorkerCall(clock.nowUs() / 1_000 + seconds * 1_000);
const rejectionOf = (answer: Promise<PolledTask>): Promise<unknown> =>
  answer.then(
    () => 'answered',
    (error: unknown) => (error instanceof RejectionError ? error.rejection : error),
  );
/** The answer, or `waiting`. */
const now = async (answer: Promise<PolledTask>): Promise<PolledTask | 'waiting'> => {
  await clock.turn();
  return Promise.race([answer, Promise.resolve('waiting' as const)]);
};
const sticky = { name: 's', kind: TaskQueueKind.Sticky, normalName: 'q' };
const stickyOffer = {
  ...offerOf('workflow', { sticky: true }),
  queue: { namespaceId: 'n', kind: 'workflow', name: 's' },
} as const;

test('matching.longPollExpirationInterval of the queue ends its polls', async () => {
  const short = readLayer([
    {
      name: 'matching.longPollExpirationInterval',
      value: '5s',
      constraints: { namespace: 'default', taskQueueName: 'q', taskType: 'Activity' },
      place: '',
    },
  ]).layer;
  const config = new LayeredConfig(short);
  gateway = new Gateway({ clock, config, matching, owner: () => owner, gatewayId });
  const activity = pollActivity();
  const [workflow, elsewhere] = [pollWorkflow(), pollActivity({ taskQueue: { name: 'r' } })];
  clock.advance(4 * usPerSecond);
  expect(await now(activity)).toBe('waiting');
  clock.advance(2 * usPerSecond);
  expect((await activity).bytes).toEqual(noBytes);
  expect(await now(workflow)).toBe('waiting');
  expect(await now(elsewhere)).toBe('waiting');
});

describe('what a poll gets', () => {
  test('a task offered before it, a task offered after it; the bytes as the owner gave them', async () => {
    offerTo(matching, offerOf('activity'));
    const activity = pollActivity({ taskQueueMetadata: { maxTasksPerSecond: { value: 9 } } });
    expect(owner.last().poll).toEqual({
      pollRequestId: '5c2f6a1e-7d1b-4a5e-9c3d-000000000001',
      namespaceId: 'n',
      namespace: 'default',
      queue: 'q',
      identity: 'w',
      maxTasksPerSecond: 9,
      clientName: 'temporal-typescript',
    });
    const bytes = new Uint8Array([1, 2, 3]);
    owner.last().started(bytes);
    expect((await activity).bytes).toBe(bytes);

    const workflow = pollWorkflow({ taskQueue: sticky, binaryChecksum: 'sum' });
    expect(await now(workflow)).toBe('waiting');
    offerTo(matching, stickyOffer);
    expect(owner.last().poll).toMatchObject({
      pollRequestId: '5c2f6a1e-7d1b-4a5e-9c3d-000000000002',
      queue: 's',
      sticky: true,
      normalQueue: 'q',
      binaryChecksum: 'sum',
    });
    owner.last().started(bytes);
    expect((await workflow).bytes).toBe(bytes);
    expect(gateway.openPolls).toBe(0);
  });

  test.for([
    ['no queue', { taskQueue: null }, 'taskQueue is not set'],
    ['no name', { taskQueue: {} }, 'missing task queue name'],
    ['a long name', { taskQueue: { name: 'x'.repeat(1_001) } }, 'taskQueue length exceeds limit'],
    [
      'a long normal name',
      { taskQueue: { ...sticky, normalName: 'x'.repeat(1_001) } },
      'taskQueue length exceeds limit',
    ],
    [
      'a reserved name',
      { taskQueue: { name: '/_sys/q' } },
      'task queue name cannot start with reserved prefix /_sys/',
    ],
    ['a long identity', { identity: 'x'.repeat(1_001) }, 'Identity length exceeds limit.'],
  ] as const)('%s is refused', async ([, init, message]) => {
    const expected = { code: 'INVALID_ARGUMENT', message };
    expect(await rejectionOf(pollWorkflow(init))).toEqual(expected);
    expect(await rejectionOf(pollActivity(init))).toEqual(expected);
  });

  test('a poll beyond the bound is refused, and room that was left is used again', async () => {
    const calls = Array.from({ length: 5 }, () => new WorkerCall());
    for (const call of calls) void pollActivity({}, call);
    expect(await rejectionOf(pollActivity())).toMatchObject({
      code: 'RESOURCE_EXHAUSTED',
      detail: { kind: 'resourceExhausted', cause: 'CONCURRENT_LIMIT' },
    });
    calls[0]?.cancel();
    expect(await now(pollActivity())).toBe('waiting');
  });
});

describe('how long a poll waits', () => {
  const answeredAfter = async (answer: Promise<PolledTask>): Promise<number> => {
    const beganUs = clock.nowUs();
    for (let tenths = 0; tenths < 700; tenths++) {
      const task = await now(answer);
      if (task !== 'waiting') {
        expect(task.bytes).toHaveLength(0);
        return (clock.nowUs() - beganUs) / usPerSecond;
      }
      clock.advance(usPerSecond / 10);
    }
    return Number.NaN;
  };

  test('60 s, with no deadline or a late one', async () => {
    expect(await answeredAfter(pollWorkflow())).toBeCloseTo(60, 0);
    expect(await answeredAfter(pollWorkflow({}, inSeconds(70)))).toBeCloseTo(60, 0);
  });

  test('until 1 s before the deadline, with no more than a tenth of a second of that used up', async () => {
    const seconds = await answeredAfter(pollWorkflow({}, inSeconds(11)));
    expect(seconds).toBeGreaterThanOrEqual(10);
    expect(seconds).toBeLessThanOrEqual(10.1);
  });

  test('a deadline less than 2 s away is refused', async () => {
    expect(await rejectionOf(pollActivity({}, inSeconds(1.999)))).toEqual({
      code: 'FAILED_PRECONDITION',
      message: 'Context timeout is too short.',
    });
    expect(await now(pollActivity({}, inSeconds(2)))).toBe('waiting');
  });

  test('an expired poll consumes nothing, and leaves its sticky queue available', async () => {
    const poll = pollWorkflow({ taskQueue: sticky });
    clock.advance(60.1 * usPerSecond);
    expect(await now(poll)).toMatchObject({ bytes: noBytes });
    expect(offerTo(matching, stickyOffer)).toBe('taken');
    expect(owner.starts).toHaveLength(0);
  });

  test('a task that is being started when the time is up is still handed out', async () => {
    const poll = pollActivity();
    offerTo(matching, offerOf('activity'));
    clock.advance(61 * usPerSecond);
    expect(await now(poll)).toBe('waiting');
    owner.last().started();
    expect((await poll).bytes).toHaveLength(1);
    expect(owner.givenBack).toEqual([]);
  });

  test('one timer for all polls, none without', async () => {
    const call = inSeconds(10);
    void pollActivity({}, call);
    const alone = clock.timerCount;
    call.cancel();
    expect(clock.timerCount).toBe(alone - 1);
    for (let i = 0; i < 5; i++) void pollActivity({}, inSeconds(10 + i));
    const { timerCount } = clock;
    clock.advance(70 * usPerSecond);
    await clock.turn();
    expect(timerCount).toBe(alone);
    expect(gateway.openPolls).toBe(0);
    clock.advance(600 * usPerSecond);
    expect(clock.timerCount).toBe(0);
  });
});

describe('goodbyes', () => {
  test('ShutdownWorker: the sticky queue is unavailable at once, its task goes back, polls stay', async () => {
    const poll = pollWorkflow({ taskQueue: sticky });
    expect(offerTo(matching, stickyOffer)).toBe('taken');
    offerTo(matching, { ...stickyOffer, scheduledEventId: 9 });
    const goodbye = routedOf('ShutdownWorker', { stickyTaskQueue: 's', workerInstanceKey: 'k' });
    expect(await gateway.shutdownWorker(goodbye)).toHaveLength(0);
    expect(owner.stickyGone.map((offer) => offer.scheduledEventId)).toEqual([9]);
    expect(offerTo(matching, stickyOffer)).toBe('unavailable');
    owner.last().started();
    expect((await poll).bytes).toHaveLength(1);
    expect(await gateway.shutdownWorker(routedOf('ShutdownWorker', {}))).toHaveLength(0);
  });

  test('drain: parked polls answer empty, one that is being started for gets its task, new ones are refused', async () => {
    const first = pollActivity();
    offerTo(matching, offerOf('activity'));
    const second = pollActivity();
    const drained = gateway.drain();
    expect(await now(second)).toMatchObject({ bytes: noBytes });
    expect(await rejectionOf(pollActivity())).toMatchObject({ code: 'UNAVAILABLE' });
    expect(gateway.openPolls).toBe(1);
    owner.last().started();
    await drained;
    expect((await first).bytes).toHaveLength(1);
    await gateway.drain();
  });
});
