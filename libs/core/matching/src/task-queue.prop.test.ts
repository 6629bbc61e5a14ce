// The queue against a naive model, and a ledger of what became of every task and every poll that knows of the rules
// only this: a task is handed once and never lost, a poll is answered once and never after it was cancelled.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NaiveQueue, type Outcome, type Step } from './naive-queue.fixture.ts';
import type { TaskOffer, WorkflowPoll } from './task.ts';
import {
  type Effect,
  type HeldTask,
  heldCount,
  isAvailable,
  newParkedPoll,
  newTaskQueue,
  type ParkedPoll,
  type TaskQueue,
} from './task-queue.ts';
import * as step from './transitions.ts';

const offerOf = (each: Step & { op: 'offer' }, sticky: boolean): TaskOffer => ({
  kind: each.query ? 'query' : 'workflow',
  queue: { namespaceId: 'n', kind: 'workflow', name: 'q' },
  sticky,
  run: { namespaceId: 'n', workflowId: 'w', runId: 'r' },
  scheduledEventId: each.id,
  attempt: 1,
  stamp: 0,
  queryId: '',
  epoch: each.epoch,
  node: '',
  priority: each.priority,
  scheduledAtUs: each.age,
});

function wordOf(effect: Effect<string>): string {
  switch (effect.kind) {
    case 'start':
      return `start ${effect.task.offer.scheduledEventId} ${effect.poll.pollRequestId}`;
    case 'answer': {
      const { outcome, poll } = effect;
      const what = outcome.kind === 'task' ? outcome.offer.scheduledEventId : 'empty';
      return `answer ${poll.waiter} ${what}`;
    }
    case 'giveBack':
      return `give back ${effect.offer.scheduledEventId} ${effect.pollRequestId}`;
    case 'stickyGone':
      return `sticky gone ${effect.offer.scheduledEventId}`;
    case 'tickAt':
      return `tick at ${effect.atUs}`;
  }
}

const id = fc.nat({ max: 3 });
const epoch = fc.integer({ min: 1, max: 2 });
const pick = fc.nat({ max: 99 });
const stepOf: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      op: fc.constant('offer' as const),
      id,
      epoch,
      priority: fc.integer({ min: 1, max: 5 }),
      age: fc.nat({ max: 3 }),
      query: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ op: fc.constant('withdraw' as const), id, epoch }) },
  { weight: 6, arbitrary: fc.record({ op: fc.constant('poll' as const) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('goodbye' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({ op: fc.constantFrom('cancel' as const, 'expire' as const), pick }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      op: fc.constant('finish' as const),
      pick,
      outcome: fc.constantFrom<Outcome>('started', 'started', 'obsolete', 'failed'),
    }),
  },
);

const pollOf = (pollRequestId: string): WorkflowPoll => ({
  pollRequestId,
  namespaceId: 'n',
  namespace: 'default',
  queue: 'q',
  sticky: true,
  normalQueue: '',
  identity: 'worker',
  binaryChecksum: '',
  clientName: 'test',
});

interface Pair {
  readonly queue: TaskQueue<string>;
  readonly model: NaiveQueue;
  readonly polls: ParkedPoll<string>[];
}
const newPair = (sticky: boolean): Pair => ({
  queue: newTaskQueue(sticky),
  model: new NaiveQueue(sticky),
  polls: [],
});

/** Takes one step on both sides. Undefined when the step means nothing here. */
function take({ queue, model, polls }: Pair, each: Step): readonly Effect<string>[] | undefined {
  switch (each.op) {
    case 'offer': {
      if (!isAvailable(queue, 0)) return undefined;
      const offer = offerOf(each, queue.sticky);
      model.offer(offer);
      return step.offerTask(queue, offer, 0);
    }
    case 'withdraw': {
      const { id, epoch } = each;
      model.withdraw(id, epoch);
      const offer = { op: 'offer', id, epoch, priority: 3, age: 0, query: false } as const;
      step.withdrawTask(queue, offerOf(offer, queue.sticky));
      return [];
    }
    case 'poll': {
      const parked = newParkedPoll(pollOf(`p${polls.length}`), `p${polls.length}`);
      polls.push(parked);
      model.poll(parked.waiter);
      return step.parkPoll(queue, parked, 0);
    }
    case 'goodbye':
      if (!queue.sticky) return undefined;
      model.goodbye();
      return step.forgetWorker(queue);
    case 'cancel': {
      const [parked, poll] = [pickOf(polls, each.pick), pickOf(model.polls, each.pick)];
      if (parked === undefined || poll === undefined) return undefined;
      model.cancel(poll);
      return step.cancelPoll(queue, parked);
    }
    case 'expire': {
      const [parked, poll] = [pickOf(polls, each.pick), pickOf(model.polls, each.pick)];
      if (parked === undefined || poll === undefined) return undefined;
      model.expire(poll);
      return step.expirePoll(queue, parked, 0);
    }
    case 'finish': {
      const task = finishing({ queue, model, polls }, each.pick);
      const modelTask = model.starting().find(({ offer }) => offer === task?.offer);
      if (task === undefined || modelTask === undefined) return undefined;
      model.finish(modelTask, each.outcome);
      const response = new Uint8Array();
      return step.finishStart(queue, task, { kind: each.outcome, response }, 0);
    }
  }
}

const pickOf = <T>(list: readonly T[], pick: number): T | undefined => list[pick % list.length];
const heldOf = ({ queue }: Pair): HeldTask<string>[] => [...(queue.held?.values() ?? [])];
const finishing = (pair: Pair, pick: number): HeldTask<string> | undefined =>
  pickOf(
    heldOf(pair).filter((task) => task.poll !== null),
    pick,
  );

test('the queue does what the naive model does, step by step', () => {
  fc.assert(
    fc.property(fc.boolean(), fc.array(stepOf, { maxLength: 80, size: 'max' }), (sticky, steps) => {
      const pair = newPair(sticky);
      for (const each of steps) {
        const effects = take(pair, each) ?? [];
        expect(effects.map(wordOf)).toEqual(pair.model.said);
        expect(heldCount(pair.queue)).toBe(pair.model.tasks.length);
        expect(pair.queue.pollCount).toBe(pair.model.live().length);
        pair.model.said = [];
      }
    }),
    { numRuns: 300 },
  );
});

/** Tasks that left with this step, by what the step said of them. */
function accountedFor(each: Step, effects: readonly Effect<string>[]): number[] {
  const left = effects.flatMap((effect) => {
    if (effect.kind === 'giveBack' || effect.kind === 'stickyGone') return [effect.offer];
    if (effect.kind === 'answer' && effect.outcome.kind === 'task') return [effect.outcome.offer];
    return [];
  });
  const ids = left.map((offer) => offer.scheduledEventId);
  if (each.op === 'withdraw') ids.push(each.id);
  return ids;
}

test('no task for two polls, no poll with two tasks, no task lost, none for a cancelled poll', () => {
  fc.assert(
    fc.property(fc.boolean(), fc.array(stepOf, { maxLength: 80, size: 'max' }), (sticky, steps) => {
      const pair = newPair(sticky);
      const over = new Set<string>();
      for (const each of steps) {
        const before = heldOf(pair);
        const finished = each.op === 'finish' ? finishing(pair, each.pick) : undefined;
        if (each.op === 'cancel') over.add(pickOf(pair.polls, each.pick)?.waiter ?? '');
        const effects = take(pair, each);
        if (effects === undefined) continue;

        for (const effect of effects) {
          if (effect.kind === 'start') expect(over).not.toContain(effect.poll.pollRequestId);
          if (effect.kind !== 'answer') continue;
          expect(over).not.toContain(effect.poll.waiter);
          over.add(effect.poll.waiter);
        }
        const after = heldOf(pair);
        const busy = after.flatMap((task) => task.poll ?? []);
        expect(new Set(busy).size).toBe(busy.length);

        const left = accountedFor(each, effects);
        if (finished !== undefined) left.push(finished.offer.scheduledEventId);
        if (each.op === 'finish' && each.outcome === 'started') {
          const handed = effects.filter(({ kind }) => kind === 'answer' || kind === 'giveBack');
          expect(handed).toHaveLength(1);
        }
        for (const task of before) {
          if (!after.includes(task)) expect(left).toContain(task.offer.scheduledEventId);
        }
        if (each.op === 'offer') {
          expect(after.map((task) => task.offer.scheduledEventId)).toContain(each.id);
        }
        const bothWait = pair.queue.waiting.items.length > 0 && pair.queue.line.items.length > 0;
        expect(bothWait).toBe(false);
      }
    }),
    { numRuns: 300 },
  );
});
