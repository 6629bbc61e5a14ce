// B5 of the offer book.

import { usPerSecond } from '@perdure/kernel';
import { ManualClock } from '@perdure/matching/fixtures/manual-clock';
import { ScriptedCluster } from '@perdure/matching/fixtures/scripted-cluster';
import { offerOf } from '@perdure/matching/fixtures/scripted-owner';
import { expect, test } from 'vitest';
import { workflowPoll } from '../../fixtures/routed-node.ts';
import { ScriptedHistory } from '../../fixtures/scripted-history.ts';
import { OfferBook } from './offer-book.ts';

test('a task that nobody starts is offered once more each minute, until it is started or the book is closed', async () => {
  const clock = new ManualClock();
  const cluster = new ScriptedCluster();
  const book = new OfferBook({ clock, matching: cluster });
  const here = new ScriptedHistory();
  const service = book.watch(here);
  cluster.answerAtOnce = 'taken';
  const queue = { namespaceId: 'n', kind: 'workflow', name: 'q' } as const;
  const [first, second] = [1, 2].map((scheduledEventId) =>
    offerOf('workflow', { scheduledEventId, queue }),
  ) as [ReturnType<typeof offerOf>, ReturnType<typeof offerOf>];
  for (const offer of [first, second]) book.offer(offer, () => undefined);
  expect(cluster.taken()).toEqual(['a q 1', 'a q 2']);
  clock.advance(59 * usPerSecond);
  expect(cluster.taken()).toEqual([]);
  clock.advance(11 * usPerSecond);
  expect(cluster.taken()).toEqual(['a q 1', 'a q 2']);
  const started = service.startWorkflowTask(first, workflowPoll);
  here.last().started();
  await started;
  await clock.turn();
  clock.advance(70 * usPerSecond);
  expect(cluster.taken()).toEqual(['a q 2']);
  book.close();
  clock.advance(200 * usPerSecond);
  expect([cluster.taken(), clock.timerCount]).toEqual([[], 0]);
});
