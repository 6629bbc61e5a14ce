import { usPerSecond } from '@perdure/kernel';
import { ManualClock } from '@perdure/matching/fixtures/manual-clock';
import { ScriptedCluster } from '@perdure/matching/fixtures/scripted-cluster';
import { offerOf } from '@perdure/matching/fixtures/scripted-owner';
import type { HistoryService, TaskOffer } from '@perdure/ports';
import { beforeEach, describe, expect, test } from 'vitest';
import { workflowPoll } from '../../fixtures/routed-node.ts';
import { ScriptedHistory } from '../../fixtures/scripted-history.ts';
import { OfferBook } from './offer-book.ts';

let clock: ManualClock;
let cluster: ScriptedCluster;
let book: OfferBook;
let here: ScriptedHistory;
let service: HistoryService;
let answers: string[];

beforeEach(() => {
  clock = new ManualClock();
  cluster = new ScriptedCluster();
  book = new OfferBook({ clock, matching: cluster });
  here = new ScriptedHistory();
  service = book.watch(here);
  answers = [];
});

const task = (id: number, queue = 'q', more: Partial<TaskOffer> = {}): TaskOffer =>
  offerOf('workflow', {
    scheduledEventId: id,
    queue: { namespaceId: 'n', kind: 'workflow', name: queue },
    ...more,
  });

const offer = (offered: TaskOffer): void =>
  book.offer(offered, (answer) => answers.push(`${offered.scheduledEventId}: ${answer}`));

/** Offers that are taken at once. */
const taken = (...offers: readonly TaskOffer[]): void => {
  cluster.answerAtOnce = 'taken';
  for (const each of offers) offer(each);
  cluster.answerAtOnce = null;
  cluster.taken();
  answers = [];
};

/** The task is started for a poll, in its owner. */
const start = async (started: TaskOffer): Promise<void> => {
  const ended = service.startWorkflowTask(started, workflowPoll);
  here.last().started();
  await ended;
  await clock.turn();
};

describe('an offer', () => {
  test('goes to the node that holds its queue, in the name of this one, and is answered in its turn (W6)', () => {
    cluster.answerAtOnce = 'taken';
    offer(task(1));
    expect(cluster.last()).toMatchObject({ node: 'a', offer: { node: 'here', epoch: 1 } });
    expect(answers).toEqual(['1: taken']);
    expect(book.size).toBe(1);
    expect(clock.timerCount).toBe(1);
  });

  test('that is refused is the owner’s again, which may offer in that same turn', () => {
    book.offer(task(1, 'sticky', { sticky: true }), (answer) => {
      answers.push(answer);
      offer(task(1, 'q'));
    });
    expect(book.size).toBe(1);
    cluster.last().answer('unavailable');
    expect(answers).toEqual(['unavailable']);
    expect(cluster.taken()).toEqual(['a sticky 1', 'a q 1']);
    expect(book.size).toBe(1);
    offer(task(2));
    cluster.last().answer('full');
    expect(answers).toEqual(['unavailable', '2: full']);
    expect(book.size).toBe(1);
  });

  test('of the same task again is sent again; to another queue, it is taken back from the first', () => {
    taken(task(1, 'sticky', { sticky: true }));
    offer(task(1, 'sticky', { sticky: true }));
    expect(cluster.withdrawn).toEqual([]);
    offer(task(1, 'q'));
    expect(cluster.withdrawn).toEqual(['a sticky 1']);
    expect(cluster.taken()).toEqual(['a sticky 1', 'a q 1']);
    expect(book.size).toBe(1);
  });

  test('leaves the book when its start ended, started or obsolete, and stays when that failed (B1)', async () => {
    taken(task(1), task(2), task(3));
    await start(task(1));
    const obsolete = service.startActivityTask(task(2), {
      ...workflowPoll,
      maxTasksPerSecond: null,
    });
    here.last().obsolete();
    await obsolete;
    const failed = service.startWorkflowTask(task(3), workflowPoll);
    here.last().fail();
    await expect(failed).rejects.toThrow();
    expect(book.size).toBe(1);
    book.withdraw(task(3));
    book.withdraw(task(3));
    expect(book.size).toBe(0);
    expect(cluster.withdrawn).toEqual(['a q 3']);
  });

  test('leaves the book with its sticky queue, and not with another one', () => {
    taken(task(1, 'sticky', { sticky: true }), task(2, 'q'));
    service.stickyQueueGone(task(2, 'sticky', { sticky: true }));
    service.stickyQueueGone(task(1, 'other', { sticky: true }));
    service.stickyQueueGone(task(9, 'sticky', { sticky: true }));
    expect(book.size).toBe(2);
    service.stickyQueueGone(task(1, 'sticky', { sticky: true }));
    expect(book.size).toBe(1);
    expect(here.stickyGone).toHaveLength(4);
  });
});

describe('an answer that does not come (B2)', () => {
  test('is waited for 10 s, then the offer is repeated', () => {
    offer(task(1));
    clock.advance(9 * usPerSecond);
    expect(cluster.taken()).toEqual(['a q 1']);
    clock.advance(usPerSecond);
    expect(cluster.offered).toHaveLength(1);
    cluster.last().answer('taken');
    cluster.taken();
    clock.advance(40 * usPerSecond);
    expect(cluster.taken()).toEqual([]);
    expect(clock.timerCount).toBe(1);
  });

  test('of an earlier sending counts for nothing', () => {
    offer(task(1));
    const first = cluster.last();
    clock.advance(10 * usPerSecond);
    first.answer('full');
    expect(answers).toEqual([]);
    cluster.last().answer('taken');
    expect(answers).toEqual(['1: taken']);
    first.answer('lost');
    expect(book.size).toBe(1);
  });

  test('that is lost leads to a repeat after 1 s, one at a time while the node is silent, then all', () => {
    for (const id of [1, 2, 3]) offer(task(id));
    offer(task(4, 'elsewhere'));
    for (const { answer } of cluster.offered.splice(0)) answer('lost');
    clock.advance(usPerSecond);
    expect(cluster.offered).toHaveLength(1);
    cluster.offered.splice(0)[0]?.answer('lost');
    cluster.answerAtOnce = 'taken';
    clock.advance(usPerSecond);
    expect(cluster.taken().toSorted()).toEqual(['a elsewhere 4', 'a q 1', 'a q 2', 'a q 3']);
    clock.advance(60 * usPerSecond);
    expect(cluster.taken()).toEqual([]);
  });

  test('is asked for at the new place when the queue has moved meanwhile', () => {
    offer(task(1));
    cluster.last().answer('lost');
    cluster.taken();
    cluster.places.set('q', 'b');
    clock.advance(usPerSecond);
    expect(cluster.taken()).toEqual(['b q 1']);
  });
});

describe('queues that move (B3)', () => {
  test('their tasks are taken back and offered at the new place, the others stay', () => {
    taken(task(1), task(2, 'other'), task(3));
    cluster.move('q', 'b');
    expect(cluster.withdrawn).toEqual(['a q 1', 'a q 3']);
    expect(cluster.taken()).toEqual(['b q 1', 'b q 3']);
    cluster.move('q', 'b');
    expect(cluster.taken()).toEqual([]);
  });

  test('the new place may refuse what the old one had taken: the owner hears of it', () => {
    taken(task(1, 'sticky', { sticky: true }));
    cluster.answerAtOnce = 'unavailable';
    cluster.move('sticky', 'b');
    expect(answers).toEqual(['1: unavailable']);
    expect(book.size).toBe(0);
  });
});

describe('a node that is lost (B3)', () => {
  test('what it held is offered anew, where its queues are held now', () => {
    taken(task(1), task(2, 'elsewhere'), task(3));
    cluster.places.set('elsewhere', 'b');
    cluster.answerAtOnce = 'taken';
    cluster.lose('a');
    expect(cluster.taken().toSorted()).toEqual(['a q 1', 'a q 3', 'b elsewhere 2']);
    cluster.lose('c');
    expect(cluster.taken()).toEqual([]);
  });

  test('that stays away is asked with one offer, and again when the queues have moved', () => {
    taken(task(1), task(2), task(3));
    cluster.lose('a');
    expect(cluster.offered).toHaveLength(1);
    cluster.offered.splice(0)[0]?.answer('lost');
    cluster.answerAtOnce = 'taken';
    cluster.move('q', 'b');
    expect(cluster.taken()).toEqual(['b q 1', 'b q 2', 'b q 3']);
  });

  test('what was started is not offered again', async () => {
    taken(task(1), task(2));
    await start(task(1));
    cluster.lose('a');
    expect(cluster.taken()).toEqual(['a q 2']);
  });
});

describe('a workflow task started just before its node was lost (B4)', () => {
  test('is given back by its owner, once; one that was started earlier is not', async () => {
    taken(task(1), task(2), task(3));
    await start(task(1));
    clock.advance(3 * usPerSecond);
    await start(task(2));
    cluster.places.set('q', 'b');
    clock.advance(usPerSecond);
    cluster.lose('b');
    expect(here.givenBack).toEqual([]);
    cluster.lose('a');
    expect(here.givenBack).toEqual(['workflow 2 p']);
    cluster.lose('a');
    expect(here.givenBack).toHaveLength(1);
  });

  test('an activity, and what was held in this process, are not', async () => {
    cluster.places.set('local', 'here');
    taken(task(1), task(2, 'local'));
    const started = service.startActivityTask(task(1), {
      ...workflowPoll,
      maxTasksPerSecond: null,
    });
    here.last().started();
    await started;
    await start(task(2, 'local'));
    cluster.lose('a');
    cluster.lose('here');
    expect(here.givenBack).toEqual([]);
  });

  test('those of the last 2 s are remembered, however many came before', async () => {
    for (let id = 1; id <= 30; id++) {
      taken(task(id));
      await start(task(id));
      clock.advance(300_000);
    }
    cluster.lose('a');
    expect(here.givenBack).toEqual([25, 26, 27, 28, 29, 30].map((id) => `workflow ${id} p`));
  });
});

test('with the LogPartition the book is closed: its offers are taken back, and nothing is offered or heard any more (B1)', async () => {
  taken(task(1));
  offer(task(2));
  const late = cluster.last();
  const started = service.startWorkflowTask(task(1), workflowPoll);
  book.close();
  expect(cluster.withdrawn).toEqual(['a q 1', 'a q 2']);
  expect(cluster.watchers).toBe(0);
  cluster.taken();
  late.answer('unavailable');
  here.last().started();
  await started;
  offer(task(3));
  clock.advance(60 * usPerSecond);
  expect(cluster.taken()).toEqual([]);
  expect(answers).toEqual([]);
  expect(book.size).toBe(0);
  expect(clock.timerCount).toBe(0);
  await expect(book.describe(task(1).queue)).rejects.toThrow('nobody knows q');
});

test('what is not about a start goes through', () => {
  service.workflowTaskNotDelivered(task(1), 'p');
  service.activityTaskNotDelivered(task(2), 'p');
  expect(here.givenBack).toEqual(['workflow 1 p', 'activity 2 p']);
  expect(service.rpc).toBe(here.rpc);
});
