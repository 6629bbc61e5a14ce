import { InvariantError } from '@perdure/kernel';
import { expect, test } from 'vitest';
import type { ActivityPoll, TaskOffer } from './task.ts';
import {
  backlogOf,
  type Effect,
  type HeldTask,
  heldCount,
  isAvailable,
  isEmpty,
  newParkedPoll,
  newTaskQueue,
  type ParkedPoll,
} from './task-queue.ts';
import * as step from './transitions.ts';

const second = 1_000_000;
const queueName = { namespaceId: 'n', kind: 'activity', name: 'q' } as const;

const offerOf = (id: number, more: Partial<TaskOffer> = {}): TaskOffer => ({
  kind: 'activity',
  queue: queueName,
  sticky: false,
  run: { namespaceId: 'n', workflowId: 'w', runId: 'r' },
  scheduledEventId: id,
  attempt: 1,
  stamp: 0,
  queryId: '',
  epoch: 1,
  node: '',
  priority: 3,
  scheduledAtUs: 0,
  ...more,
});

const pollOf = (id: string, maxTasksPerSecond: number | null = null): ParkedPoll<string> => {
  const poll: ActivityPoll = {
    pollRequestId: id,
    namespaceId: 'n',
    namespace: 'default',
    queue: 'q',
    identity: 'worker',
    maxTasksPerSecond,
    clientName: 'test',
  };
  return newParkedPoll(poll, id);
};

/** The effects in words: what a reader of a test wants to see. */
const said = (effects: readonly Effect<string>[]): string[] =>
  effects.map((effect) => {
    switch (effect.kind) {
      case 'start':
        return `start ${effect.task.offer.scheduledEventId} for ${effect.poll.pollRequestId}`;
      case 'answer':
        return `answer ${effect.poll.waiter}: ${effect.outcome.kind}`;
      case 'giveBack':
        return `give back ${effect.offer.scheduledEventId} of ${effect.pollRequestId}`;
      case 'stickyGone':
        return `sticky gone ${effect.offer.scheduledEventId}`;
      case 'tickAt':
        return `tick at ${effect.atUs}`;
    }
  });

const taskOf = (effects: readonly Effect<string>[]): HeldTask<string> => {
  const start = effects.find((effect) => effect.kind === 'start');
  if (start === undefined) throw new Error('nothing is being started');
  return start.task;
};

const started = { kind: 'started', response: new Uint8Array([1]) } as const;
const obsolete = { kind: 'obsolete' } as const;
const failed = { kind: 'failed' } as const;

test('a task offered to a waiting poll is started for it, and answers it once durable', () => {
  const queue = newTaskQueue<string>(false);
  const poll = pollOf('a');
  expect(said(step.parkPoll(queue, poll, 7))).toEqual([]);
  expect(poll.parkedAtUs).toBe(7);
  const starting = step.offerTask(queue, offerOf(1), 0);
  expect(said(starting)).toEqual(['start 1 for a']);
  expect(said(step.finishStart(queue, taskOf(starting), started, 1))).toEqual(['answer a: task']);
  expect(isEmpty(queue)).toBe(true);
});

test('head selection: priority, then queries, then age, then arrival; polls oldest first', () => {
  const queue = newTaskQueue<string>(false);
  step.offerTask(queue, offerOf(1, { priority: 4 }), 0);
  step.offerTask(queue, offerOf(2, { scheduledAtUs: 9 }), 0);
  step.offerTask(queue, offerOf(3, { scheduledAtUs: 5 }), 0);
  step.offerTask(queue, offerOf(4, { scheduledAtUs: 5 }), 0);
  step.offerTask(queue, offerOf(5, { kind: 'query', scheduledAtUs: 20 }), 0);
  step.offerTask(queue, offerOf(6, { priority: 1, scheduledAtUs: 30 }), 0);
  expect(backlogOf(queue)).toEqual({ count: 6, oldestAtUs: 0 });
  const order = ['a', 'b', 'c', 'd', 'e', 'f'].flatMap((id) =>
    said(step.parkPoll(queue, pollOf(id), 40)),
  );
  expect(order).toEqual([6, 5, 3, 4, 2, 1].map((id, i) => `start ${id} for ${'abcdef'[i]}`));
});

test('T1: a repeated offer changes nothing; a higher epoch replaces, a lower one does not', () => {
  const queue = newTaskQueue<string>(false);
  step.offerTask(queue, offerOf(1, { epoch: 2 }), 0);
  step.offerTask(queue, offerOf(1, { epoch: 2, priority: 1 }), 0);
  step.offerTask(queue, offerOf(1, { epoch: 1, priority: 1 }), 0);
  expect(heldCount(queue)).toBe(1);
  expect(queue.waiting.items[0]?.offer).toMatchObject({ epoch: 2, priority: 3 });
  step.offerTask(queue, offerOf(1, { epoch: 3, priority: 1 }), 0);
  expect(queue.waiting.items).toHaveLength(1);
  expect(queue.waiting.items[0]?.offer).toMatchObject({ epoch: 3, priority: 1 });
});

test('an attempt, a stamp and a query id make another task', () => {
  const queue = newTaskQueue<string>(false);
  const others = [{}, { attempt: 2 }, { stamp: 1 }, { queryId: 'x' }];
  for (const other of others) step.offerTask(queue, offerOf(1, other), 0);
  expect(heldCount(queue)).toBe(4);
});

test('a withdrawn task is forgotten; the word of an older epoch does not reach a newer offer', () => {
  const queue = newTaskQueue<string>(false);
  step.offerTask(queue, offerOf(1, { epoch: 2 }), 0);
  step.withdrawTask(queue, offerOf(1, { epoch: 1 }));
  expect(heldCount(queue)).toBe(1);
  step.withdrawTask(queue, offerOf(1, { epoch: 2 }));
  step.withdrawTask(queue, offerOf(1, { epoch: 2 }));
  expect(isEmpty(queue)).toBe(true);
});

test('an obsolete task: the same poll gets the next offer, ahead of polls behind it', () => {
  const queue = newTaskQueue<string>(false);
  step.parkPoll(queue, pollOf('a'), 0);
  const first = step.offerTask(queue, offerOf(1), 0);
  const second = step.offerTask(queue, offerOf(2), 0);
  expect(said(second)).toEqual([]);
  const next = step.finishStart(queue, taskOf(first), obsolete, 0);
  expect(said(next)).toEqual(['start 2 for a']);
  step.parkPoll(queue, pollOf('b'), 0);
  expect(said(step.finishStart(queue, taskOf(next), failed, 0))).toEqual([]);
  expect(said(step.offerTask(queue, offerOf(3), 0))).toEqual(['start 3 for a']);
  expect(heldCount(queue)).toBe(1);
});

test('polls that go back in line keep their age, whichever start ends first', () => {
  const queue = newTaskQueue<string>(false);
  for (const id of ['a', 'b', 'c']) step.parkPoll(queue, pollOf(id), 0);
  const starts = [1, 2].map((id) => taskOf(step.offerTask(queue, offerOf(id), 0)));
  for (const task of starts) step.finishStart(queue, task, obsolete, 0);
  const next = [3, 4, 5].flatMap((id) => said(step.offerTask(queue, offerOf(id), 0)));
  expect(next).toEqual(['start 3 for a', 'start 4 for b', 'start 5 for c']);
});

test('T3: offered again while a start fails, the task waits again', () => {
  const queue = newTaskQueue<string>(false);
  step.parkPoll(queue, pollOf('a'), 0);
  const first = step.offerTask(queue, offerOf(1), 0);
  expect(said(step.offerTask(queue, offerOf(1), 0))).toEqual([]);
  expect(said(step.finishStart(queue, taskOf(first), failed, 0))).toEqual(['start 1 for a']);
});

test('T3: offered again while it is started, it is dropped, unless the offer is of a newer owner', () => {
  const queue = newTaskQueue<string>(false);
  step.parkPoll(queue, pollOf('a'), 0);
  const first = step.offerTask(queue, offerOf(1), 0);
  step.offerTask(queue, offerOf(1), 0);
  expect(said(step.finishStart(queue, taskOf(first), started, 0))).toEqual(['answer a: task']);
  expect(isEmpty(queue)).toBe(true);

  step.parkPoll(queue, pollOf('b'), 0);
  const other = step.offerTask(queue, offerOf(2), 0);
  step.offerTask(queue, offerOf(2, { epoch: 2 }), 0);
  step.finishStart(queue, taskOf(other), started, 0);
  expect(said(step.parkPoll(queue, pollOf('c'), 0))).toEqual(['start 2 for c']);
});

test('T4: what was started for a cancelled poll is given back, and only that', () => {
  const queue = newTaskQueue<string>(false);
  const [a, b] = [pollOf('a'), pollOf('b')];
  step.parkPoll(queue, a, 0);
  const one = step.offerTask(queue, offerOf(1), 0);
  step.parkPoll(queue, b, 0);
  const two = step.offerTask(queue, offerOf(2), 0);
  step.cancelPoll(queue, a);
  step.cancelPoll(queue, b);
  step.cancelPoll(queue, b);
  expect(said(step.finishStart(queue, taskOf(one), started, 0))).toEqual(['give back 1 of a']);
  expect(said(step.finishStart(queue, taskOf(two), obsolete, 0))).toEqual([]);
  expect(said(step.offerTask(queue, offerOf(3), 0))).toEqual([]);
});

test('a poll whose time is up is answered: empty at once, or with what is being started for it', () => {
  const queue = newTaskQueue<string>(false);
  const [a, b, c] = [pollOf('a'), pollOf('b'), pollOf('c')];
  for (const poll of [a, b, c]) step.parkPoll(queue, poll, 0);
  const one = step.offerTask(queue, offerOf(1), 0);
  const two = step.offerTask(queue, offerOf(2), 0);
  expect([a, b, c].map((poll) => said(step.expirePoll(queue, poll, 9)))).toEqual([
    [],
    [],
    ['answer c: empty'],
  ]);
  expect(said(step.finishStart(queue, taskOf(one), started, 9))).toEqual(['answer a: task']);
  expect(said(step.finishStart(queue, taskOf(two), failed, 9))).toEqual(['answer b: empty']);
  expect([a, b, c].flatMap((poll) => said(step.expirePoll(queue, poll, 9)))).toEqual([]);
  expect(queue.pollCount).toBe(0);
});

test('T5: the limit holds tasks back until the tick; an obsolete task costs no token', () => {
  const queue = newTaskQueue<string>(false);
  for (const id of [1, 2, 3]) step.offerTask(queue, offerOf(id), 0);
  const first = step.parkPoll(queue, pollOf('a', 1), 0);
  expect(said(first)).toEqual(['start 1 for a']);
  const next = step.finishStart(queue, taskOf(first), obsolete, 0);
  expect(said(next)).toEqual(['start 2 for a']);
  expect(said(step.parkPoll(queue, pollOf('b', 1), second / 2))).toEqual([`tick at ${second}`]);
  expect(said(step.parkPoll(queue, pollOf('c', 1), second / 2))).toEqual([]);
  expect(said(step.tick(queue, second - 1))).toEqual([`tick at ${second}`]);
  expect(said(step.tick(queue, second))).toEqual(['start 3 for b']);
});

test('T5: a higher limit asks for an earlier tick, a lower one for none', () => {
  const queue = newTaskQueue<string>(false);
  for (const id of [1, 2, 3]) step.offerTask(queue, offerOf(id), 0);
  step.parkPoll(queue, pollOf('a', 0.1), 0);
  expect(said(step.parkPoll(queue, pollOf('b', 0.1), 0))).toEqual([`tick at ${10 * second}`]);
  expect(said(step.parkPoll(queue, pollOf('c', 1), 0))).toEqual([`tick at ${second}`]);
  expect(said(step.parkPoll(queue, pollOf('d', 0.5), 0))).toEqual([]);
});

test('T5: rate 0 stops the queue, a poll without a limit lifts it', () => {
  const queue = newTaskQueue<string>(false);
  step.parkPoll(queue, pollOf('a', 0), 0);
  expect(said(step.offerTask(queue, offerOf(1), 100 * second))).toEqual([]);
  expect(said(step.tick(queue, 200 * second))).toEqual([]);
  expect(said(step.parkPoll(queue, pollOf('b'), 300 * second))).toEqual(['start 1 for a']);
});

test('a sticky queue is available while its worker polls and for 10 s after', () => {
  const queue = newTaskQueue<string>(true);
  expect(isAvailable(queue, 0)).toBe(false);
  expect(isAvailable(newTaskQueue<string>(false), 0)).toBe(true);
  const poll = pollOf('a');
  step.parkPoll(queue, poll, 0);
  expect(isAvailable(queue, 59 * second)).toBe(true);
  step.expirePoll(queue, poll, 60 * second);
  expect(isAvailable(queue, 70 * second)).toBe(true);
  expect(isAvailable(queue, 70 * second + 1)).toBe(false);
});

test('T6: a worker that says goodbye gives back its tasks at once; a poll brings it back', () => {
  const queue = newTaskQueue<string>(true);
  step.parkPoll(queue, pollOf('a'), 0);
  const one = step.offerTask(queue, offerOf(1), 0);
  step.offerTask(queue, offerOf(2), 0);
  step.offerTask(queue, offerOf(1), 0);
  expect(said(step.forgetWorker(queue))).toEqual(['sticky gone 2']);
  expect(isAvailable(queue, 0)).toBe(false);
  expect(() => step.offerTask(queue, offerOf(3), 0)).toThrow(InvariantError);
  expect(said(step.finishStart(queue, taskOf(one), failed, 0))).toEqual(['sticky gone 1']);
  step.parkPoll(queue, pollOf('b'), 1);
  expect(isAvailable(queue, 1)).toBe(true);
});

test('a sticky queue goes with the last poll its client cancels, not with one that expires', () => {
  const queue = newTaskQueue<string>(true);
  const [a, b] = [pollOf('a'), pollOf('b')];
  step.parkPoll(queue, a, 0);
  step.parkPoll(queue, b, 0);
  step.cancelPoll(queue, a);
  expect(isAvailable(queue, 0)).toBe(true);
  step.cancelPoll(queue, b);
  expect(isAvailable(queue, 0)).toBe(false);
});
