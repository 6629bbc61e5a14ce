import { notFound, RejectionError } from '@perdure/kernel';
import { ManualClock } from '@perdure/matching/fixtures/manual-clock';
import { offerOf } from '@perdure/matching/fixtures/scripted-owner';
import {
  type ActivityPoll,
  NotOwner,
  type OwnerMethods,
  type PeerAnswers,
  StorageFault,
  type WorkflowPoll,
} from '@perdure/ports';
import { beforeEach, expect, test } from 'vitest';
import {
  routedOf,
  ScriptedHistory,
  ScriptedPartitions,
  TestCall,
} from '../../fixtures/scripted-history.ts';
import { askedHistory } from './asked-history.ts';

let clock: ManualClock;
let local: ScriptedPartitions;
let here: ScriptedHistory;
let answers: PeerAnswers<OwnerMethods>;
let bugs: string[];

const call = new TestCall();
const content = routedOf('DescribeWorkflowExecution', { execution: { workflowId: 'w' } });

beforeEach(() => {
  clock = new ManualClock();
  local = new ScriptedPartitions();
  here = new ScriptedHistory();
  local.services.set(3, here);
  bugs = [];
  answers = askedHistory({
    clock,
    local,
    newId: () => 'error-1',
    reportBug: ({ errorId, method, error }) => bugs.push(`${errorId} ${method} ${String(error)}`),
  });
});

const describeAt = (logPartition: number): Promise<unknown> =>
  answers.DescribeWorkflowExecution({ logPartition, content }, call, 'a');

test('the service of the LogPartition answers RPCs, starts and what was not delivered', async () => {
  here.answer = () => Promise.resolve({ pendingChildren: [] });
  expect(await describeAt(3)).toEqual({ pendingChildren: [] });
  expect(here.asked).toEqual(['DescribeWorkflowExecution']);
  const offer = offerOf('activity');
  const poll = {} as WorkflowPoll & ActivityPoll;
  const start = { logPartition: 3, content: { offer, poll } };
  const started = [
    answers.startWorkflowTask(start, call, 'a'),
    answers.startActivityTask(start, call, 'a'),
  ];
  await clock.turn();
  for (const asked of here.starts) asked.obsolete();
  expect(await Promise.all(started)).toEqual([{ kind: 'obsolete' }, { kind: 'obsolete' }]);
  const told = { logPartition: 3, content: { offer, pollRequestId: 'p' } };
  expect(await answers.workflowTaskNotDelivered(told, call, 'a')).toBeNull();
  expect(await answers.activityTaskNotDelivered(told, call, 'a')).toBeNull();
  expect(await answers.stickyQueueGone({ logPartition: 3, content: offer }, call, 'a')).toBeNull();
  expect(here.givenBack).toEqual(['workflow 5 p', 'activity 5 p']);
  expect(here.stickyGone).toEqual([offer]);
});

test('a LogPartition that is not served is answered NotOwner, with the owner that is known (A1)', async () => {
  local.owners.set(2, 'b');
  await expect(describeAt(2)).rejects.toMatchObject({
    name: 'NotOwner',
    logPartition: 2,
    owner: 'b',
    outcomeUnknown: false,
  });
  await expect(describeAt(1)).rejects.toMatchObject({ owner: null });
});

test('in the middle of a take-over the call waits for it, at most 1 s (A1)', async () => {
  const taken = Promise.withResolvers<void>();
  local.takeOvers.set(2, taken.promise);
  const served = describeAt(2);
  local.services.set(2, here);
  taken.resolve();
  expect(await served).toEqual({});
  local.takeOvers.set(1, new Promise(() => undefined));
  const unserved = describeAt(1);
  clock.advance(999_999);
  await clock.turn();
  expect(clock.timerCount).toBe(1);
  clock.advance(1);
  await expect(unserved).rejects.toMatchObject({ name: 'NotOwner' });
});

test('rejections and NotOwner leave as they are; anything else is reported and told by its id (A2)', async () => {
  const failing = async (error: Error): Promise<Error> => {
    here.answer = () => Promise.reject(error);
    return describeAt(3).then(
      () => new Error('it was answered'),
      (thrown: Error) => thrown,
    );
  };
  for (const error of [new RejectionError(notFound('gone')), new NotOwner(3, 'b', true)]) {
    expect(await failing(error)).toBe(error);
  }
  expect(bugs).toEqual([]);
  expect(await failing(new Error('broken'))).toMatchObject({
    rejection: { code: 'INTERNAL', message: 'something went wrong, please retry (error-1)' },
  });
  expect(await failing(new StorageFault('io', 'no disk'))).toMatchObject({
    rejection: { code: 'UNAVAILABLE' },
  });
  expect(bugs).toEqual([
    'error-1 DescribeWorkflowExecution Error: broken',
    'error-1 DescribeWorkflowExecution StorageFault: no disk',
  ]);
});
