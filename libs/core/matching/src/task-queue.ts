// One task queue as data: the polls that wait and the tasks that are offered. It may be lost at any time, the owners
// offer again (D1). Changed only by the functions of transitions.ts, in place, so that a step costs O(log n).
//
// Limits: the held tasks are bounded by whoever offers (see `heldCount`), the polls by whoever parks them.

import { type Heap, type HeapItem, newHeap } from './heap.ts';
import type { ActivityPoll, PollOutcome, TaskOffer, WorkflowPoll } from './task.ts';
import type { TokenBucket } from './token-bucket.ts';

/** A sticky queue is believed to have its worker for so long after the last sign of it (wire-contract 3.3). */
const workerSeenUs = 10_000_000;

export type Poll = WorkflowPoll | ActivityPoll;

/**
 * parked    waits in line
 * starting  a task is being started for it
 * expiring  the same, and its time is up: it does not go back in line
 * cancelled its client is gone: what is still being started for it will be given back (D3)
 * ended     answered
 */
export type PollState = 'parked' | 'starting' | 'expiring' | 'cancelled' | 'ended';

/** A poll in a queue. `waiter` is whoever gets the answer; it means nothing here. */
export interface ParkedPoll<W> extends HeapItem {
  readonly poll: Poll;
  readonly waiter: W;
  arrival: number;
  parkedAtUs: number;
  state: PollState;
}

/** A task in a queue: waiting (in the heap), or being started for a poll. */
export interface HeldTask<W> extends HeapItem {
  readonly key: string;
  readonly arrival: number;
  offer: TaskOffer;
  poll: ParkedPoll<W> | null;
  /** Offered again while it was being started. */
  again: TaskOffer | null;
}

export interface TaskQueue<W> {
  readonly sticky: boolean;
  /** The tasks that wait, by the order of head selection. */
  readonly waiting: Heap<HeldTask<W>>;
  /** Every held task by key; null until there is one, as most sticky queues are idle. */
  held: Map<string, HeldTask<W>> | null;
  /** The polls in line, oldest first. */
  readonly line: Heap<ParkedPoll<W>>;
  /** Numbers tasks and polls in the order in which they came. */
  arrivals: number;
  /** Polls whose client is there: in line, or with a task being started for them. */
  pollCount: number;
  workerSeenAtUs: number;
  /** The worker said goodbye, or went with its last poll. */
  workerGone: boolean;
  bucket: TokenBucket | null;
  /** The tick asked for; 0 when none is. */
  tickAtUs: number;
}

/** What a step asks of the service. Performed in order; the queue is consistent before the first one. */
export type Effect<W> =
  /** Start the task for the poll in its owner, and come back with `finishStart`. */
  | { readonly kind: 'start'; readonly task: HeldTask<W>; readonly poll: Poll }
  | { readonly kind: 'answer'; readonly poll: ParkedPoll<W>; readonly outcome: PollOutcome }
  /** The task was started for a poll that is gone and reached nobody (D3). */
  | { readonly kind: 'giveBack'; readonly offer: TaskOffer; readonly pollRequestId: string }
  | { readonly kind: 'stickyGone'; readonly offer: TaskOffer }
  /** Call `tick` at this time; replaces an earlier wish of this queue. */
  | { readonly kind: 'tickAt'; readonly atUs: number };

export function newTaskQueue<W>(sticky: boolean): TaskQueue<W> {
  return {
    sticky,
    waiting: newHeap(goesBefore),
    held: null,
    line: newHeap(cameBefore),
    arrivals: 0,
    pollCount: 0,
    workerSeenAtUs: Number.NEGATIVE_INFINITY,
    workerGone: false,
    bucket: null,
    tickAtUs: 0,
  };
}

export function newParkedPoll<W>(poll: Poll, waiter: W): ParkedPoll<W> {
  return { poll, waiter, arrival: 0, parkedAtUs: 0, state: 'parked', heapIndex: -1 };
}

/** False for a sticky queue whose worker is gone or was not seen lately: its tasks belong on the normal queue. */
export function isAvailable<W>(queue: TaskQueue<W>, nowUs: number): boolean {
  if (!queue.sticky) return true;
  if (queue.workerGone) return false;
  return queue.pollCount > 0 || nowUs - queue.workerSeenAtUs <= workerSeenUs;
}

/** Tasks that wait or are being started. */
export function heldCount<W>(queue: TaskQueue<W>): number {
  return queue.held?.size ?? 0;
}

/** True when nothing is lost with the queue but what `describe` shows of it and its limit. */
export function isEmpty<W>(queue: TaskQueue<W>): boolean {
  return queue.pollCount === 0 && heldCount(queue) === 0;
}

/** Tasks that wait, and since when the oldest does (0 when none). Looks at each of them. */
export function backlogOf<W>(queue: TaskQueue<W>): { count: number; oldestAtUs: number } {
  const { items } = queue.waiting;
  let oldestAtUs = items[0]?.offer.scheduledAtUs ?? 0;
  for (const { offer } of items) oldestAtUs = Math.min(oldestAtUs, offer.scheduledAtUs);
  return { count: items.length, oldestAtUs };
}

/** Priority first; then queries, for their callers wait; then age; then arrival. */
function goesBefore<W>(a: HeldTask<W>, b: HeldTask<W>): boolean {
  const x = a.offer;
  const y = b.offer;
  if (x.priority !== y.priority) return x.priority < y.priority;
  const xIsQuery = x.kind === 'query';
  if (xIsQuery !== (y.kind === 'query')) return xIsQuery;
  if (x.scheduledAtUs !== y.scheduledAtUs) return x.scheduledAtUs < y.scheduledAtUs;
  return cameBefore(a, b);
}

function cameBefore<T extends HeapItem & { readonly arrival: number }>(a: T, b: T): boolean {
  return a.arrival < b.arrival;
}
