// The steps of a task queue: one function per input. Each changes the queue and returns what is to be done about it.
//
// T1. A task is held once: waiting, or being started for one poll. A repeated offer changes nothing; of two offers of
//     one task the higher epoch counts (D1).
// T2. A poll has at most one task being started for it, and is answered at most once; never after it was cancelled.
// T3. A task that is being started is held until the outcome is known. Offered again meanwhile, it waits again, unless
//     the start succeeded for an owner at least as new: nobody else would offer it.
// T4. What was started for a poll that is gone is given back, never dropped (D3).
// T5. The limit is asked after the choice of head, and stops this queue only (D5). A task that was not there costs no token.
// T6. A sticky queue without its worker holds no waiting task.

import { assert } from '@perdure/kernel';
import { heapPush, heapRemove } from './heap.ts';
import { type StartOutcome, type TaskOffer, taskKey } from './task.ts';
import type { Effect, HeldTask, ParkedPoll, Poll, TaskQueue } from './task-queue.ts';
import { newBucket, nextTokenAtUs, returnToken, setRate, takeToken } from './token-bucket.ts';

/** `failed`: the owner could not tell. Whatever became of the start, the owner offers again what is not started. */
export type StartResult = StartOutcome | { readonly kind: 'failed' };

type Effects<W> = readonly Effect<W>[];
const none: readonly never[] = [];

/** Not for a sticky queue that is not available: see `isAvailable`. */
export function offerTask<W>(queue: TaskQueue<W>, offer: TaskOffer, nowUs: number): Effects<W> {
  assert(!queue.workerGone, 'an offer to a worker that is gone');
  const key = taskKey(offer);
  const task = queue.held?.get(key);
  if (task === undefined) {
    hold(queue, key, offer);
    return dispatch(queue, nowUs, []);
  }
  if (task.poll !== null) {
    if (offer.epoch >= (task.again ?? task.offer).epoch) task.again = offer;
    return none;
  }
  if (offer.epoch > task.offer.epoch) {
    heapRemove(queue.waiting, task);
    task.offer = offer;
    heapPush(queue.waiting, task);
  }
  return none;
}

/** The owner says that the task is void. One of an older epoch does not speak for a newer offer. */
export function withdrawTask<W>(queue: TaskQueue<W>, offer: TaskOffer): void {
  const task = queue.held?.get(taskKey(offer));
  if (task === undefined) return;
  if (task.poll !== null) {
    if (task.again !== null && task.again.epoch <= offer.epoch) task.again = null;
  } else if (task.offer.epoch <= offer.epoch) {
    heapRemove(queue.waiting, task);
    queue.held?.delete(task.key);
  }
}

export function parkPoll<W>(queue: TaskQueue<W>, parked: ParkedPoll<W>, nowUs: number): Effects<W> {
  queue.pollCount += 1;
  queue.workerSeenAtUs = nowUs;
  queue.workerGone = false;
  applyLimit(queue, parked.poll, nowUs);
  parked.arrival = queue.arrivals++;
  parked.parkedAtUs = nowUs;
  heapPush(queue.line, parked);
  return dispatch(queue, nowUs, []);
}

/** The client is gone. A sticky queue goes with its last poll: the worker is known to be gone. */
export function cancelPoll<W>(queue: TaskQueue<W>, parked: ParkedPoll<W>): Effects<W> {
  switch (parked.state) {
    case 'parked':
      heapRemove(queue.line, parked);
      break;
    case 'starting':
    case 'expiring':
      break;
    case 'cancelled':
    case 'ended':
      return none;
  }
  parked.state = 'cancelled';
  queue.pollCount -= 1;
  return queue.sticky && queue.pollCount === 0 ? forgetWorker(queue) : none;
}

/** The poll's time is up, its client is still there: empty, unless a task is being started for it. */
export function expirePoll<W>(
  queue: TaskQueue<W>,
  parked: ParkedPoll<W>,
  nowUs: number,
): Effects<W> {
  switch (parked.state) {
    case 'parked':
      heapRemove(queue.line, parked);
      return [answerEmpty(queue, parked, nowUs)];
    case 'starting':
      parked.state = 'expiring';
      return none;
    case 'expiring':
    case 'cancelled':
    case 'ended':
      return none;
  }
}

/** What became of the start that an effect asked for. */
export function finishStart<W>(
  queue: TaskQueue<W>,
  task: HeldTask<W>,
  result: StartResult,
  nowUs: number,
): Effects<W> {
  const parked = task.poll;
  assert(parked !== null, 'a start finished that was not begun');
  task.poll = null;
  const effects: Effect<W>[] = [];
  if (result.kind === 'started') handOut(queue, task, parked, result.response, nowUs, effects);
  else backInLine(queue, parked, nowUs, effects);
  if (result.kind === 'obsolete' && queue.bucket !== null) returnToken(queue.bucket);

  const { again } = task;
  task.again = null;
  if (again !== null && (result.kind !== 'started' || again.epoch > task.offer.epoch)) {
    task.offer = again;
    if (queue.workerGone) dropToOwner(queue, task, effects);
    else heapPush(queue.waiting, task);
  } else {
    queue.held?.delete(task.key);
  }
  return dispatch(queue, nowUs, effects);
}

/** The worker of a sticky queue is gone: its waiting tasks go back to their owners. A poll brings it back. */
export function forgetWorker<W>(queue: TaskQueue<W>): Effects<W> {
  assert(queue.sticky, 'only a sticky queue belongs to one worker');
  queue.workerGone = true;
  const effects: Effect<W>[] = [];
  for (let task = queue.waiting.items[0]; task !== undefined; task = queue.waiting.items[0]) {
    heapRemove(queue.waiting, task);
    dropToOwner(queue, task, effects);
  }
  return effects;
}

/** The time of a `tickAt` has come. */
export function tick<W>(queue: TaskQueue<W>, nowUs: number): Effects<W> {
  queue.tickAtUs = 0;
  return dispatch(queue, nowUs, []);
}

function hold<W>(queue: TaskQueue<W>, key: string, offer: TaskOffer): void {
  const arrival = queue.arrivals++;
  const task: HeldTask<W> = { heapIndex: -1, key, arrival, offer, poll: null, again: null };
  queue.held ??= new Map();
  queue.held.set(key, task);
  heapPush(queue.waiting, task);
}

/** The last poll's word counts; one that says nothing lifts the limit. */
function applyLimit<W>(queue: TaskQueue<W>, poll: Poll, nowUs: number): void {
  const limit = 'maxTasksPerSecond' in poll ? poll.maxTasksPerSecond : null;
  if (limit === null) queue.bucket = null;
  else if (queue.bucket === null) queue.bucket = newBucket(limit, nowUs);
  else setRate(queue.bucket, limit, nowUs);
}

/** Head selection: pairs the first task with the oldest poll while there are both and the limit allows it. */
function dispatch<W>(queue: TaskQueue<W>, nowUs: number, effects: Effect<W>[]): Effects<W> {
  for (;;) {
    const task = queue.waiting.items[0];
    const parked = queue.line.items[0];
    if (task === undefined || parked === undefined) return effects;
    if (queue.bucket !== null && !takeToken(queue.bucket, nowUs)) {
      const atUs = nextTokenAtUs(queue.bucket);
      if (atUs !== null && (queue.tickAtUs === 0 || atUs < queue.tickAtUs)) {
        queue.tickAtUs = atUs;
        effects.push({ kind: 'tickAt', atUs });
      }
      return effects;
    }
    heapRemove(queue.waiting, task);
    heapRemove(queue.line, parked);
    task.poll = parked;
    parked.state = 'starting';
    effects.push({ kind: 'start', task, poll: parked.poll });
  }
}

function handOut<W>(
  queue: TaskQueue<W>,
  task: HeldTask<W>,
  parked: ParkedPoll<W>,
  response: Uint8Array,
  nowUs: number,
  effects: Effect<W>[],
): void {
  const { offer } = task;
  if (parked.state === 'cancelled') {
    effects.push({ kind: 'giveBack', offer, pollRequestId: parked.poll.pollRequestId });
    return;
  }
  endPoll(queue, parked, nowUs);
  effects.push({ kind: 'answer', poll: parked, outcome: { kind: 'task', offer, response } });
}

/** The poll gets the next task, or waits on in its old place. */
function backInLine<W>(
  queue: TaskQueue<W>,
  parked: ParkedPoll<W>,
  nowUs: number,
  effects: Effect<W>[],
): void {
  if (parked.state === 'cancelled') return;
  if (parked.state === 'expiring') effects.push(answerEmpty(queue, parked, nowUs));
  else {
    parked.state = 'parked';
    heapPush(queue.line, parked);
  }
}

function answerEmpty<W>(queue: TaskQueue<W>, parked: ParkedPoll<W>, nowUs: number): Effect<W> {
  endPoll(queue, parked, nowUs);
  return { kind: 'answer', poll: parked, outcome: { kind: 'empty' } };
}

function endPoll<W>(queue: TaskQueue<W>, parked: ParkedPoll<W>, nowUs: number): void {
  parked.state = 'ended';
  queue.pollCount -= 1;
  queue.workerSeenAtUs = nowUs;
}

function dropToOwner<W>(queue: TaskQueue<W>, task: HeldTask<W>, effects: Effect<W>[]): void {
  queue.held?.delete(task.key);
  effects.push({ kind: 'stickyGone', offer: task.offer });
}
