// The line of waiting polls of a queue, oldest first. Linked through the polls themselves: no cost but theirs.

import type { ParkedPoll, TaskQueue } from './task-queue.ts';

export function enterLine<W>(queue: TaskQueue<W>, parked: ParkedPoll<W>): void {
  parked.ahead = queue.lastPoll;
  if (queue.lastPoll === null) queue.firstPoll = parked;
  else queue.lastPoll.behind = parked;
  queue.lastPoll = parked;
}

/** For a poll that left the line for a task that turned out not to be there. */
export function enterLineFirst<W>(queue: TaskQueue<W>, parked: ParkedPoll<W>): void {
  parked.behind = queue.firstPoll;
  if (queue.firstPoll === null) queue.lastPoll = parked;
  else queue.firstPoll.ahead = parked;
  queue.firstPoll = parked;
}

export function leaveLine<W>(queue: TaskQueue<W>, parked: ParkedPoll<W>): void {
  if (parked.ahead === null) queue.firstPoll = parked.behind;
  else parked.ahead.behind = parked.behind;
  if (parked.behind === null) queue.lastPoll = parked.ahead;
  else parked.behind.ahead = parked.ahead;
  parked.ahead = null;
  parked.behind = null;
}
