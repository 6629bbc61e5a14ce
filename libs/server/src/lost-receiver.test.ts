// D3, through all four services: a task whose receiver is gone before a byte was written goes to somebody else.

import { StorageFault } from '@perdure/ports';
import { decodeEvents, QueryResultType, rpcCodec } from '@perdure/wire';
import { expect, test } from 'vitest';
import {
  activity,
  deliver,
  emptyStorage,
  later,
  namespace,
  open,
  patientCall,
  rpc,
  startRun,
  taskQueue,
} from '../fixtures/in-process.ts';

const workflowTask = rpcCodec('PollWorkflowTaskQueue').response;
const activityTask = rpcCodec('PollActivityTaskQueue').response;

test('a workflow task that was not delivered is handed out again under the same started event and attempt', async () => {
  const services = await open(emptyStorage());
  await startRun(services, 'w');
  const lost = await deliver(services, 'PollWorkflowTaskQueue', { namespace, taskQueue });
  const first = workflowTask.decode(lost.bytes);
  lost.notDelivered();
  const lostToo = await deliver(services, 'PollWorkflowTaskQueue', { namespace, taskQueue });
  lostToo.notDelivered();
  const second = await rpc(services, 'PollWorkflowTaskQueue', { namespace, taskQueue });
  expect(second).toMatchObject({ startedEventId: first.startedEventId, attempt: 1 });
  expect(second.taskToken).toEqual(first.taskToken);
  expect(decodeEvents(second.history).map(({ eventId }) => eventId)).toEqual([1, 2, 3]);
  await rpc(services, 'RespondWorkflowTaskCompleted', { namespace, taskToken: second.taskToken });
  await expect(
    rpc(services, 'RespondWorkflowTaskCompleted', { namespace, taskToken: first.taskToken }),
  ).rejects.toThrow('Workflow task not found.');
  services.history.stop();
});

test('a query that came after the start of a lost task waits for a task that shows what it has to see (Q1)', async () => {
  const services = await open(emptyStorage());
  await startRun(services, 'w');
  const lost = await deliver(services, 'PollWorkflowTaskQueue', { namespace, taskQueue });
  const execution = { workflowId: 'w' };
  const signal = { namespace, workflowExecution: execution, signalName: 's', requestId: 's' };
  await rpc(services, 'SignalWorkflowExecution', signal);
  const asked = rpc(services, 'QueryWorkflow', { namespace, execution, query: { queryType: 'q' } });
  lost.notDelivered();
  const again = await rpc(services, 'PollWorkflowTaskQueue', { namespace, taskQueue });
  expect(again.queries).toEqual({});
  await rpc(services, 'RespondWorkflowTaskCompleted', { namespace, taskToken: again.taskToken });
  const next = await rpc(services, 'PollWorkflowTaskQueue', { namespace, taskQueue });
  const [id = ''] = Object.keys(next.queries);
  const answer = { resultType: QueryResultType.Answered, answer: new Uint8Array() };
  const { taskToken } = next;
  const request = { namespace, taskToken, queryResults: { [id]: answer } };
  await rpc(services, 'RespondWorkflowTaskCompleted', request);
  await asked;
  services.history.stop();
});

test('a later attempt shows its own events although the run was closed while its start became durable', async () => {
  const services = await open(emptyStorage());
  await startRun(services, 'w');
  const first = await rpc(services, 'PollWorkflowTaskQueue', { namespace, taskQueue });
  await rpc(services, 'RespondWorkflowTaskFailed', { namespace, taskToken: first.taskToken });
  const polled = rpc(services, 'PollWorkflowTaskQueue', { namespace, taskQueue });
  const workflowExecution = { workflowId: 'w' };
  await rpc(services, 'TerminateWorkflowExecution', { namespace, workflowExecution });
  const second = await polled;
  expect(second).toMatchObject({ attempt: 2, startedEventId: 6 });
  expect(decodeEvents(second.history).map(({ eventId }) => eventId)).toEqual([1, 2, 3, 4, 5, 6]);
  services.history.stop();
});

test('an activity start that was not delivered is undone: the one attempt it may have is not spent', async () => {
  const services = await open(emptyStorage());
  await startRun(services, 'w');
  const task = await rpc(services, 'PollWorkflowTaskQueue', { namespace, taskQueue });
  await rpc(services, 'RespondWorkflowTaskCompleted', {
    namespace,
    taskToken: task.taskToken,
    commands: [activity('once')],
  });
  const lost = await deliver(services, 'PollActivityTaskQueue', { namespace, taskQueue: later });
  expect(activityTask.decode(lost.bytes)).toMatchObject({ activityId: 'once', attempt: 1 });
  lost.notDelivered();
  const again = await rpc(services, 'PollActivityTaskQueue', { namespace, taskQueue: later });
  expect(again).toMatchObject({ activityId: 'once', attempt: 1 });
  // Said a second time, of a start that is no more: nothing happens.
  lost.notDelivered();
  await rpc(services, 'RespondActivityTaskCompleted', { namespace, taskToken: again.taskToken });
  const described = await rpc(services, 'DescribeWorkflowExecution', {
    namespace,
    execution: { workflowId: 'w' },
  });
  expect(described.pendingActivities).toEqual([]);
  services.history.stop();
});

test('a workflow task whose history cannot be read goes out when it can, under the same attempt', async () => {
  const storage = emptyStorage();
  let failures = 1;
  const { store } = storage;
  const readHistory = store.readHistory.bind(store);
  store.readHistory = (...given) =>
    failures-- > 0
      ? Promise.reject(new StorageFault('io', 'the store does not answer'))
      : readHistory(...given);
  const services = await open(storage, { 'history.foldInterval': 0 });
  await startRun(services, 'w');
  await services.history.drain();
  const task = await rpc(services, 'PollWorkflowTaskQueue', { namespace, taskQueue });
  expect(failures).toBeLessThan(0);
  expect(task).toMatchObject({ startedEventId: 3, attempt: 1 });
  expect(decodeEvents(task.history).map(({ eventId }) => eventId)).toEqual([1, 2, 3]);
  services.history.stop();
});

test('a poll whose client is gone when its task is started gives it back', async () => {
  const services = await open(emptyStorage());
  let gone = false;
  const leaving = { ...patientCall, cancelled: () => gone };
  const parked = deliver(services, 'PollWorkflowTaskQueue', { namespace, taskQueue }, leaving);
  const starting = startRun(services, 'w');
  gone = true;
  await starting;
  expect((await parked).bytes.length).toBe(0);
  const task = await rpc(services, 'PollWorkflowTaskQueue', { namespace, taskQueue });
  expect(task).toMatchObject({ startedEventId: 3, attempt: 1 });
  services.history.stop();
});
