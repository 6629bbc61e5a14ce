import { usPerMinute, usPerSecond } from '@perdure/kernel';
import type {
  ActivityPoll,
  PollOutcome,
  PollTicket,
  TaskOffer,
  WorkflowPoll,
} from '@perdure/ports';
import { beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../fixtures/manual-clock.ts';
import { offerOf, offerTo, ScriptedOwner } from '../fixtures/scripted-owner.ts';
import { Matching } from './matching.ts';

let clock: ManualClock;
let owner: ScriptedOwner;
let matching: Matching;
let answers: string[];
let failures: string[];

beforeEach(() => {
  clock = new ManualClock();
  owner = new ScriptedOwner();
  answers = [];
  failures = [];
  matching = new Matching({
    clock,
    owner: () => owner,
    heldPerQueueMax: 3,
    onStartFailed: (offer, cause) => failures.push(`${offer.scheduledEventId}: ${String(cause)}`),
  });
});

const answerTo =
  (id: string) =>
  (outcome: PollOutcome): void => {
    const what = outcome.kind === 'task' ? outcome.offer.scheduledEventId : 'empty';
    answers.push(`${id}: ${what}`);
  };

const pollWorkflow = (id: string, more: Partial<WorkflowPoll> = {}): PollTicket =>
  matching.pollWorkflowTask(
    {
      pollRequestId: id,
      namespaceId: 'n',
      namespace: 'default',
      queue: 'q',
      sticky: false,
      normalQueue: '',
      identity: `worker ${id}`,
      binaryChecksum: '',
      clientName: 'test',
      ...more,
    },
    answerTo(id),
  );

const pollActivity = (id: string, more: Partial<ActivityPoll> = {}): PollTicket =>
  matching.pollActivityTask(
    {
      pollRequestId: id,
      namespaceId: 'n',
      namespace: 'default',
      queue: 'q',
      identity: `worker ${id}`,
      maxTasksPerSecond: null,
      clientName: 'test',
      ...more,
    },
    answerTo(id),
  );

const asked = (): string[] =>
  owner.starts.map(({ offer, poll }) => `${offer.scheduledEventId} for ${poll.pollRequestId}`);
const activity = (scheduledEventId: number): TaskOffer => offerOf('activity', { scheduledEventId });

describe('handing out', () => {
  test('an offer to a waiting poll asks the owner in the same turn, and answers when durable', async () => {
    pollActivity('a');
    expect(offerTo(matching, activity(1))).toBe('taken');
    expect(asked()).toEqual(['1 for a']);
    await clock.turn();
    expect(answers).toEqual([]);
    owner.last().started();
    await clock.turn();
    expect(answers).toEqual(['a: 1']);
  });

  test('a poll that finds an offer asks the owner in the same turn', async () => {
    offerTo(matching, activity(1));
    pollActivity('a');
    expect(asked()).toEqual(['1 for a']);
    owner.last().started();
    await clock.turn();
    expect(answers).toEqual(['a: 1']);
  });

  test('workflow and query tasks share pollers, activities have their own', () => {
    pollWorkflow('a');
    pollWorkflow('b');
    offerTo(matching, activity(1));
    offerTo(matching, offerOf('query', { scheduledEventId: 0, queryId: 'x' }));
    offerTo(matching, offerOf('workflow', { scheduledEventId: 2 }));
    expect(asked()).toEqual(['0 for a', '2 for b']);
  });

  test('a queue of another namespace is another queue', () => {
    pollActivity('a', { namespaceId: 'other' });
    offerTo(matching, activity(1));
    expect(asked()).toEqual([]);
  });

  test('a start that fails, also by throwing, is reported and the poll gets the next task', async () => {
    pollActivity('a');
    offerTo(matching, activity(1));
    owner.last().fail();
    await clock.turn();
    owner.startActivityTask = () => {
      throw new Error('no such owner');
    };
    offerTo(matching, activity(2));
    await clock.turn();
    expect(failures).toEqual(['1: Error: the owner lost its shard', '2: Error: no such owner']);
    owner.startActivityTask = ScriptedOwner.prototype.startActivityTask;
    offerTo(matching, activity(3));
    expect(asked().at(-1)).toBe('3 for a');
  });

  test('a withdrawn task is handed to nobody, a full queue says so', () => {
    for (const id of [1, 2, 3]) expect(offerTo(matching, activity(id))).toBe('taken');
    expect(offerTo(matching, activity(4))).toBe('full');
    for (const id of [1, 2, 9]) matching.withdraw(activity(id));
    pollActivity('a');
    expect(asked()).toEqual(['3 for a']);
  });

  test('a limited queue waits for its tokens, another queue does not wait for it', () => {
    offerTo(matching, activity(1));
    offerTo(matching, activity(2));
    pollActivity('a', { maxTasksPerSecond: 1 });
    pollActivity('b', { maxTasksPerSecond: 1 });
    pollActivity('c', { queue: 'other' });
    offerTo(matching, { ...activity(3), queue: { ...activity(3).queue, name: 'other' } });
    expect(asked()).toEqual(['1 for a', '3 for c']);
    clock.advance(usPerSecond - 1);
    expect(owner.starts).toHaveLength(2);
    clock.advance(1);
    expect(asked().at(-1)).toBe('2 for b');
  });
});

describe('D3', () => {
  test.for(['workflow', 'query', 'activity'] as const)(
    'a %s task started for a poll that is gone is given back',
    async (kind) => {
      const ticket = kind === 'activity' ? pollActivity('a') : pollWorkflow('a');
      offerTo(matching, offerOf(kind));
      ticket.cancel();
      owner.last().started();
      await clock.turn();
      ticket.cancel();
      const expected = kind === 'activity' ? 'activity 5 a' : 'workflow 5 a';
      expect(owner.givenBack).toEqual([expected]);
      expect(answers).toEqual([]);
    },
  );

  test('what was not started for it is not given back', async () => {
    const ticket = pollActivity('a');
    offerTo(matching, activity(1));
    ticket.cancel();
    owner.last().obsolete();
    await clock.turn();
    expect(owner.givenBack).toEqual([]);
  });

  test('an answered poll cannot be taken back', async () => {
    const ticket = pollActivity('a');
    offerTo(matching, activity(1));
    owner.last().started();
    await clock.turn();
    ticket.cancel();
    ticket.expire();
    expect(owner.givenBack).toEqual([]);
    expect(answers).toEqual(['a: 1']);
  });

  test('a cancelled poll consumes nothing; the task waits for another', () => {
    pollActivity('a').cancel();
    offerTo(matching, activity(1));
    expect(asked()).toEqual([]);
    pollActivity('b');
    expect(asked()).toEqual(['1 for b']);
  });
});

describe('sticky queues', () => {
  const sticky = { sticky: true, normalQueue: 'q', queue: 's' };
  const toSticky = (): TaskOffer => {
    const offer = offerOf('workflow', { sticky: true });
    return { ...offer, queue: { ...offer.queue, name: 's' } };
  };

  test('one that nobody polls is unavailable, and leaves no queue behind', () => {
    expect(offerTo(matching, toSticky())).toBe('unavailable');
    expect(matching.queueCount).toBe(0);
  });

  test('it is available for 10 s after its last poll', () => {
    pollWorkflow('a', sticky).expire();
    clock.advance(10 * usPerSecond);
    expect(offerTo(matching, toSticky())).toBe('taken');
    matching.withdraw(toSticky());
    clock.advance(1);
    expect(offerTo(matching, toSticky())).toBe('unavailable');
  });

  test('after goodbye it is unavailable at once, its task goes back, and a poll revives it', () => {
    pollWorkflow('a', sticky).expire();
    offerTo(matching, toSticky());
    matching.forgetStickyQueue('n', 's');
    matching.forgetStickyQueue('n', 'unknown');
    expect(owner.stickyGone).toEqual([toSticky()]);
    expect(offerTo(matching, toSticky())).toBe('unavailable');
    pollWorkflow('b', sticky);
    expect(offerTo(matching, toSticky())).toBe('taken');
    expect(asked()).toEqual(['5 for b']);
  });

  test('it is not the normal queue of the same name', () => {
    pollWorkflow('a', { queue: 's' });
    expect(offerTo(matching, toSticky())).toBe('unavailable');
  });

  test('its worker is gone with the last poll that the client cancels', () => {
    const ticket = pollWorkflow('a', sticky);
    ticket.cancel();
    expect(offerTo(matching, toSticky())).toBe('unavailable');
  });
});

describe('describe', () => {
  const queue = { namespaceId: 'n', kind: 'activity', name: 'q' } as const;

  test('shows the backlog, its age, the rates and who polled in the last 5 minutes', async () => {
    expect(await matching.describe(queue)).toMatchObject({ backlogCount: 0, pollers: [] });
    pollActivity('a');
    clock.advance(usPerMinute);
    pollActivity('b', { maxTasksPerSecond: 7 });
    const scheduledAtUs = clock.nowUs() - 3 * usPerSecond;
    for (const id of [1, 2, 3]) offerTo(matching, { ...activity(id), scheduledAtUs });
    owner.starts.forEach((start) => start.started());
    await clock.turn();
    clock.advance(usPerSecond);
    expect(await matching.describe(queue)).toEqual({
      backlogCount: 1,
      backlogAgeUs: 4 * usPerSecond,
      tasksAddRate: 3,
      tasksDispatchRate: 2,
      pollers: [
        { identity: 'worker b', lastAccessTimeUs: clock.nowUs() - usPerSecond, ratePerSecond: 7 },
        {
          identity: 'worker a',
          lastAccessTimeUs: clock.nowUs() - 61 * usPerSecond,
          ratePerSecond: 100_000,
        },
      ],
    });
    clock.advance(4 * usPerMinute);
    expect((await matching.describe(queue)).pollers.map(({ identity }) => identity)).toEqual([
      'worker b',
    ]);
  });

  test('an empty queue is dropped once it is idle, and without queues there is no timer', () => {
    pollActivity('a').expire();
    offerTo(matching, activity(1));
    clock.advance(10 * usPerMinute);
    expect(matching.queueCount).toBe(1);
    matching.withdraw(activity(1));
    clock.advance(usPerMinute);
    expect(matching.queueCount).toBe(0);
    expect(clock.timerCount).toBe(0);
  });
});
