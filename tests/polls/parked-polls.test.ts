// Ten thousand parked polls at once: cheap, answered empty in time, and gone with their clients.

import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { namespace, RawClient } from '@perdure/testing/golden';
import type { RpcResponse } from '@perdure/wire';
import { expect, test } from 'vitest';
import { serverUnderTest } from '../server-under-test.ts';

const server = serverUnderTest();
const polls = 10_000;
const connections = 20;

/** Polls that are sent at once; then the server is given time to take them, as it has when workers start. */
const slice = 500;
const sliceMs = 200;

/** Parks the polls over several connections, each on the queue of its number; resolves when all are sent. */
async function park(
  clients: readonly RawClient[],
  queueOf: (poll: number) => string,
  options: { timeoutMs: number; signal?: AbortSignal },
): Promise<{ answers: Promise<PollAnswer[]> }> {
  const answers: Promise<PollAnswer>[] = [];
  for (let poll = 0; poll < polls; poll++) {
    const client = clients[poll % clients.length] as RawClient;
    const request = { namespace, taskQueue: { name: queueOf(poll) }, identity: `poller ${poll}` };
    answers.push(client.call('PollActivityTaskQueue', request, options).catch(() => 'failed'));
    if (poll % slice === slice - 1) await new Promise((resolve) => setTimeout(resolve, sliceMs));
  }
  return { answers: Promise.all(answers) };
}

type PollAnswer = RpcResponse<'PollActivityTaskQueue'> | 'failed';

async function answersWithin(limitMs: number): Promise<void> {
  const began = performance.now();
  await server.raw.call('GetSystemInfo', {});
  expect(performance.now() - began).toBeLessThan(limitMs);
}

test('10,000 parked polls: those that end do so empty before their deadline, others are served meanwhile', {
  timeout: 60_000,
}, async () => {
  const clients = Array.from({ length: connections }, () => new RawClient(server.address));
  const leaving = new AbortController();
  setMaxListeners(0, leaving.signal);
  const queue = `parked-${randomUUID()}`;
  const options = { timeoutMs: 60_000, signal: leaving.signal };
  const parked = await park(clients, (poll) => `${queue}-${poll % 100}`, options);
  await answersWithin(1_000);
  const ending = Array.from({ length: 200 }, (_none, poll) =>
    server.raw.call(
      'PollActivityTaskQueue',
      { namespace, taskQueue: { name: `${queue}-${poll % 100}` } },
      { timeoutMs: 6_000 },
    ),
  );
  const answers = await Promise.all(ending);
  expect(answers.filter(({ taskToken }) => taskToken.length > 0)).toEqual([]);
  leaving.abort();
  await parked.answers;
  for (const client of clients) client.close();
});

test('10,000 polls whose clients went: none of them takes a task', {
  timeout: 60_000,
}, async () => {
  const clients = Array.from({ length: connections }, () => new RawClient(server.address));
  const queue = `gone-${randomUUID()}`;
  const leaving = new AbortController();
  setMaxListeners(0, leaving.signal);
  const parked = await park(clients, () => queue, { timeoutMs: 60_000, signal: leaving.signal });
  leaving.abort();
  for (const client of clients) client.close();
  expect(new Set(await parked.answers)).toEqual(new Set(['failed']));

  // Workflow tasks of other runs, their activities on the queue of the dead polls.
  const runs = 20;
  const live = `live-${randomUUID()}`;
  for (let run = 0; run < runs; run++) {
    await server.raw.call('StartWorkflowExecution', {
      namespace,
      workflowId: `${live}-${run}`,
      workflowType: { name: 'order' },
      taskQueue: { name: live },
      requestId: randomUUID(),
    });
    const task = await server.raw.call('PollWorkflowTaskQueue', {
      namespace,
      taskQueue: { name: live },
    });
    const attributes = {
      activityId: 'only',
      activityType: { name: 'ship' },
      taskQueue: { name: queue },
      startToCloseTimeout: { seconds: 30 },
      retryPolicy: { maximumAttempts: 1 },
    };
    await server.raw.call('RespondWorkflowTaskCompleted', {
      namespace,
      taskToken: task.taskToken,
      commands: [{ commandType: 1, scheduleActivityTaskCommandAttributes: attributes }],
    });
  }
  const began = performance.now();
  for (let run = 0; run < runs; run++) {
    const task = await server.raw.call('PollActivityTaskQueue', {
      namespace,
      taskQueue: { name: queue },
    });
    expect(task.activityId).toBe('only');
    expect(task.attempt).toBe(1);
  }
  expect(performance.now() - began).toBeLessThan(5_000);
});
