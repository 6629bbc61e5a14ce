// A task queue written to be obviously right: plain lists, searched from the start at every step. The property tests
// compare the real one with it.

import type { TaskOffer } from './task.ts';

export type Outcome = 'started' | 'obsolete' | 'failed';
export type Step =
  | {
      readonly op: 'offer';
      readonly id: number;
      readonly priority: number;
      readonly age: number;
      readonly epoch: number;
      readonly query: boolean;
    }
  | { readonly op: 'withdraw'; readonly id: number; readonly epoch: number }
  | { readonly op: 'poll' | 'goodbye' }
  | { readonly op: 'cancel' | 'expire'; readonly pick: number }
  | { readonly op: 'finish'; readonly pick: number; readonly outcome: Outcome };

export interface ModelTask {
  offer: TaskOffer;
  readonly arrival: number;
  startedFor: ModelPoll | null;
  again: TaskOffer | null;
}
export interface ModelPoll {
  readonly id: string;
  readonly seat: number;
  state: 'waiting' | 'busy' | 'out of time' | 'gone' | 'over';
}

export class NaiveQueue {
  tasks: ModelTask[] = [];
  polls: ModelPoll[] = [];
  /** What it asks for, in words. */
  said: string[] = [];
  gone = false;
  arrivals = 0;
  readonly sticky: boolean;
  constructor(sticky: boolean) {
    this.sticky = sticky;
  }

  offer(offer: TaskOffer): void {
    const task = this.tasks.find((each) => each.offer.scheduledEventId === offer.scheduledEventId);
    if (task === undefined) {
      this.tasks.push({ offer, arrival: this.arrivals++, startedFor: null, again: null });
    } else if (task.startedFor !== null) {
      if (offer.epoch >= (task.again ?? task.offer).epoch) task.again = offer;
    } else if (offer.epoch > task.offer.epoch) task.offer = offer;
    this.pair();
  }

  withdraw(id: number, epoch: number): void {
    for (const task of this.tasks.filter((each) => each.offer.scheduledEventId === id)) {
      if (task.startedFor === null && task.offer.epoch <= epoch) this.drop(task);
      if (task.again !== null && task.again.epoch <= epoch) task.again = null;
    }
  }

  poll(id: string): void {
    this.gone = false;
    this.polls.push({ id, seat: this.polls.length, state: 'waiting' });
    this.pair();
  }

  cancel(poll: ModelPoll): void {
    if (poll.state === 'waiting') poll.state = 'over';
    else if (poll.state === 'busy' || poll.state === 'out of time') poll.state = 'gone';
    else return;
    if (this.sticky && this.live().length === 0) this.goodbye();
  }

  expire(poll: ModelPoll): void {
    if (poll.state === 'busy') poll.state = 'out of time';
    if (poll.state === 'waiting') this.answer(poll, 'empty');
  }

  finish(task: ModelTask, outcome: Outcome): void {
    const poll = task.startedFor as ModelPoll;
    const id = task.offer.scheduledEventId;
    task.startedFor = null;
    if (poll.state === 'gone') {
      poll.state = 'over';
      if (outcome === 'started') this.said.push(`give back ${id} ${poll.id}`);
    } else if (outcome === 'started') this.answer(poll, String(id));
    else if (poll.state === 'out of time') this.answer(poll, 'empty');
    else poll.state = 'waiting';
    const newer = task.again !== null && task.again.epoch > task.offer.epoch;
    if (task.again !== null && (outcome !== 'started' || newer)) {
      task.offer = task.again;
      task.again = null;
      if (this.gone) this.returnToOwner(task);
    } else this.drop(task);
    this.pair();
  }

  goodbye(): void {
    this.gone = true;
    for (let task = this.head(); task !== undefined; task = this.head()) this.returnToOwner(task);
  }

  starting(): ModelTask[] {
    return this.tasks.filter((task) => task.startedFor !== null);
  }
  live(): ModelPoll[] {
    return this.polls.filter((poll) => poll.state !== 'over' && poll.state !== 'gone');
  }
  private head(): ModelTask | undefined {
    const rank = ({ offer, arrival }: ModelTask): number[] => [
      offer.priority,
      offer.kind === 'query' ? 0 : 1,
      offer.scheduledAtUs,
      arrival,
    ];
    const order = (a: ModelTask, b: ModelTask): number => {
      const other = rank(b);
      return (
        rank(a)
          .map((each, i) => each - (other[i] ?? 0))
          .find((each) => each !== 0) ?? 0
      );
    };
    return this.tasks.filter((task) => task.startedFor === null).toSorted(order)[0];
  }
  private pair(): void {
    const task = this.head();
    const poll = this.polls.filter((each) => each.state === 'waiting')[0];
    if (task === undefined || poll === undefined) return;
    task.startedFor = poll;
    poll.state = 'busy';
    this.said.push(`start ${task.offer.scheduledEventId} ${poll.id}`);
    this.pair();
  }
  private answer(poll: ModelPoll, what: string): void {
    poll.state = 'over';
    this.said.push(`answer ${poll.id} ${what}`);
  }
  private returnToOwner(task: ModelTask): void {
    this.drop(task);
    this.said.push(`sticky gone ${task.offer.scheduledEventId}`);
  }
  private drop(task: ModelTask): void {
    this.tasks = this.tasks.filter((each) => each !== task);
  }
}
