// D2, in the owner: a start that is repeated, because its answer was lost, gets the answer of the first one: from the same
// owner, and from the next, which has the run from the log or from the store.

import { offerOf } from '@perdure/matching/fixtures/scripted-owner';
import type { ActivityPoll, StartOutcome, TaskOffer, WorkflowPoll } from '@perdure/ports';
import { expect, test } from 'vitest';
import {
  activity,
  emptyStorage,
  later,
  namespace,
  open,
  rpc,
  taskQueue,
} from '../fixtures/in-process.ts';
import type { Services } from './services.ts';

const obsolete = { kind: 'obsolete' };

function pollOf(pollRequestId: string): WorkflowPoll & ActivityPoll {
  return {
    pollRequestId,
    namespaceId: '',
    namespace,
    queue: '',
    sticky: false,
    normalQueue: '',
    identity: 'worker',
    binaryChecksum: '',
    clientName: '',
    maxTasksPerSecond: null,
  };
}

/** Starts a run; the offer of its first workflow task. */
async function offerOfNewRun(services: Services): Promise<TaskOffer> {
  const described = await rpc(services, 'DescribeNamespace', { namespace });
  const namespaceId = described.namespaceInfo?.id ?? '';
  const { runId } = await rpc(services, 'StartWorkflowExecution', {
    namespace,
    workflowId: 'w',
    workflowType: { name: 'order' },
    taskQueue,
    requestId: 'w',
  });
  const run = { namespaceId, workflowId: 'w', runId };
  const queue = { namespaceId, kind: 'workflow', name: taskQueue.name } as const;
  return offerOf('workflow', { run, queue, scheduledEventId: 2 });
}

const workflowTask = (services: Services, offer: TaskOffer, poll: string): Promise<StartOutcome> =>
  services.history.service.startWorkflowTask(offer, pollOf(poll));
const activityTask = (services: Services, offer: TaskOffer, poll: string): Promise<StartOutcome> =>
  services.history.service.startActivityTask(offer, pollOf(poll));

test.for(['the log', 'the store'])(
  'a start of a workflow task, with the run from %s',
  async (place) => {
    const storage = emptyStorage();
    const first = await open(storage);
    const offer = await offerOfNewRun(first);
    const started = await workflowTask(first, offer, 'p');
    expect(started.kind).toBe('started');
    expect(await workflowTask(first, offer, 'p')).toEqual(started);
    expect(await workflowTask(first, offer, 'q')).toEqual(obsolete);
    if (place === 'the store') await first.history.drain();
    first.history.stop();
    const next = await open(storage);
    expect(next.history.recovered.transitions > 0).toBe(place === 'the log');
    expect(await workflowTask(next, { ...offer, epoch: 2 }, 'p')).toEqual(started);
    expect(await workflowTask(next, { ...offer, epoch: 2 }, 'q')).toEqual(obsolete);
    next.history.stop();
  },
);

test.for(['the log', 'the store'])(
  'a start of an activity, with the run from %s',
  async (place) => {
    const storage = emptyStorage();
    const first = await open(storage);
    const { run } = await offerOfNewRun(first);
    const { taskToken } = await rpc(first, 'PollWorkflowTaskQueue', { namespace, taskQueue });
    const commands = [activity('a')];
    await rpc(first, 'RespondWorkflowTaskCompleted', { namespace, taskToken, commands });
    const queue = { namespaceId: run.namespaceId, kind: 'activity', name: later.name } as const;
    const offer = offerOf('activity', { run, queue, scheduledEventId: 5 });
    const started = await activityTask(first, offer, 'p');
    expect(started.kind).toBe('started');
    expect(await activityTask(first, offer, 'p')).toEqual(started);
    if (place === 'the store') await first.history.drain();
    first.history.stop();
    const next = await open(storage);
    expect(await activityTask(next, { ...offer, epoch: 2 }, 'p')).toEqual(started);
    expect(await activityTask(next, { ...offer, epoch: 2 }, 'q')).toEqual(obsolete);
    next.history.stop();
  },
);

test('a workflow task that was handed out again: the poll that took it then may ask once more (D3)', async () => {
  const services = await open(emptyStorage());
  const offer = await offerOfNewRun(services);
  await workflowTask(services, offer, 'p');
  services.history.service.workflowTaskNotDelivered(offer, 'p');
  const again = await workflowTask(services, offer, 'q');
  expect(again.kind).toBe('started');
  expect(await workflowTask(services, offer, 'q')).toEqual(again);
  expect(await workflowTask(services, offer, 'r')).toEqual(obsolete);
  services.history.stop();
});
