// O1 of the owner: a change is committed in the turn in which it was decided, so that none is lost to another one.

import { decodeEvents, EventType, type RpcRequestInit } from '@perdure/wire';
import { expect, test } from 'vitest';
import {
  activity,
  emptyStorage,
  later,
  namespace,
  open,
  rpc,
  startRun,
  taskQueue,
} from '../fixtures/in-process.ts';

/** A workflow task completes while the result of an activity comes in: so many steps of the promise queue after it. */
async function race(stepsBetween: number): Promise<number[]> {
  const services = await open(emptyStorage());
  await startRun(services, 'w');
  const first = await rpc(services, 'PollWorkflowTaskQueue', { namespace, taskQueue });
  await rpc(services, 'RespondWorkflowTaskCompleted', {
    namespace,
    taskToken: first.taskToken,
    commands: [activity('a'), activity('b')],
  });
  const tokens = [];
  for (let polls = 0; polls < 2; polls++) {
    const task = await rpc(services, 'PollActivityTaskQueue', { namespace, taskQueue: later });
    tokens.push(task.taskToken);
  }
  const [a, b] = tokens as [Uint8Array, Uint8Array];
  await rpc(services, 'RespondActivityTaskCompleted', { namespace, taskToken: a });
  const second = await rpc(services, 'PollWorkflowTaskQueue', { namespace, taskQueue });
  const completing = rpc(services, 'RespondWorkflowTaskCompleted', {
    namespace,
    taskToken: second.taskToken,
  });
  for (let steps = 0; steps < stepsBetween; steps++) await Promise.resolve();
  await rpc(services, 'RespondActivityTaskCompleted', { namespace, taskToken: b });
  await completing;
  const { history } = await rpc(services, 'GetWorkflowExecutionHistory', {
    namespace,
    execution: { workflowId: 'w' },
  });
  services.history.stop();
  return decodeEvents(history).map(({ eventType }) => eventType);
}

test.each(Array.from({ length: 12 }, (_none, steps) => steps))(
  'a result that comes %i steps after a completion stands in the history, and asks for a task',
  async (steps) => {
    const types = await race(steps);
    const results = types.filter((type) => type === EventType.ActivityTaskCompleted);
    expect(results).toHaveLength(2);
    expect(types.at(-1)).toBe(EventType.WorkflowTaskScheduled);
  },
);

/** What became of two calls, the second so many steps of the promise queue after the first. */
async function twice(
  stepsBetween: number,
  call: (place: number) => Promise<unknown>,
): Promise<PromiseSettledResult<unknown>[]> {
  const first = call(0);
  for (let steps = 0; steps < stepsBetween; steps++) await Promise.resolve();
  return Promise.allSettled([first, call(1)]);
}

const startOf = (place: number): RpcRequestInit<'StartWorkflowExecution'> => ({
  namespace,
  workflowId: 'w',
  workflowType: { name: 'order' },
  taskQueue,
  requestId: `request-${place}`,
});
const steps = Array.from({ length: 12 }, (_none, count) => count);

test.each(steps)(
  'of two starts of a new workflow id, %i steps apart, one begins a run',
  async (apart) => {
    const services = await open(emptyStorage());
    const outcomes = await twice(apart, (place) =>
      rpc(services, 'StartWorkflowExecution', startOf(place)),
    );
    const { executions } = await rpc(services, 'ListWorkflowExecutions', { namespace });
    services.history.stop();
    expect(executions).toHaveLength(1);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  },
);

test.each(steps)('two signals that may start, %i steps apart, come to one run', async (apart) => {
  const services = await open(emptyStorage());
  await twice(apart, (place) =>
    rpc(services, 'SignalWithStartWorkflowExecution', {
      ...startOf(place),
      signalName: `signal-${place}`,
    }),
  );
  const { executions } = await rpc(services, 'ListWorkflowExecutions', { namespace });
  services.history.stop();
  expect(executions).toHaveLength(1);
});

test.each(steps)('of two deletions of a run, %i steps apart, one finds it', async (apart) => {
  const services = await open(emptyStorage());
  await startRun(services, 'w');
  const workflowExecution = { workflowId: 'w' };
  const outcomes = await twice(apart, () =>
    rpc(services, 'DeleteWorkflowExecution', { namespace, workflowExecution }),
  );
  services.history.stop();
  const [first, second] = outcomes;
  expect(first?.status).toBe('fulfilled');
  expect(second).toMatchObject({
    status: 'rejected',
    reason: { rejection: { code: 'NOT_FOUND' } },
  });
});
