// The limit of a queue under any mix of polls, offers and time: never more than allowed, and never stuck.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ActivityPoll, TaskOffer } from './task.ts';
import { type Effect, type HeldTask, newParkedPoll, newTaskQueue } from './task-queue.ts';
import * as step from './transitions.ts';

const offerOf = (scheduledEventId: number): TaskOffer => ({
  kind: 'activity',
  queue: { namespaceId: 'n', kind: 'activity', name: 'q' },
  sticky: false,
  run: { namespaceId: 'n', workflowId: 'w', runId: 'r' },
  scheduledEventId,
  attempt: 1,
  stamp: 0,
  queryId: '',
  epoch: 1,
  node: '',
  priority: 3,
  scheduledAtUs: 0,
});
const pollOf = (pollRequestId: string, maxTasksPerSecond: number): ActivityPoll => ({
  pollRequestId,
  namespaceId: 'n',
  namespace: 'default',
  queue: 'q',
  identity: 'worker',
  maxTasksPerSecond,
  clientName: 'test',
});

const stepOf = fc.oneof(
  fc.record({ op: fc.constant('offer' as const) }),
  fc.record({ op: fc.constant('poll' as const), limit: fc.constantFrom(0, 0.5, 3, 40) }),
  fc.record({ op: fc.constant('pause' as const), us: fc.nat({ max: 3_000_000 }) }),
);

test('a limited queue hands out no more than its highest limit allows, and asks for a tick when it waits', () => {
  fc.assert(
    fc.property(fc.array(stepOf, { minLength: 10, maxLength: 150 }), (steps) => {
      const queue = newTaskQueue<string>(false);
      let nowUs = 1_000_000;
      let handed = 0;
      const starting: HeldTask<string>[] = [];
      const look = (effects: readonly Effect<string>[]): void => {
        for (const effect of effects) if (effect.kind === 'start') starting.push(effect.task);
      };
      for (const [index, each] of steps.entries()) {
        if (each.op === 'offer') look(step.offerTask(queue, offerOf(index), nowUs));
        else if (each.op === 'poll') {
          const poll = pollOf(`p${index}`, each.limit);
          look(step.parkPoll(queue, newParkedPoll<string>(poll, ''), nowUs));
        } else {
          const endUs = nowUs + each.us;
          while (queue.tickAtUs !== 0 && queue.tickAtUs <= endUs) {
            nowUs = queue.tickAtUs;
            look(step.tick(queue, nowUs));
            expect(queue.tickAtUs).not.toBe(nowUs);
          }
          nowUs = endUs;
        }
        for (const task of starting.splice(0)) {
          handed += 1;
          const response = new Uint8Array();
          look(step.finishStart(queue, task, { kind: 'started', response }, nowUs));
        }
        expect(handed).toBeLessThanOrEqual(40 + 40 * (nowUs / 1_000_000 - 1) + 1e-6);
        const waits = queue.waiting.items.length > 0 && queue.line.items.length > 0;
        const open = queue.bucket !== null && queue.bucket.ratePerSecond > 0;
        if (waits) expect(queue.tickAtUs > 0 || !open).toBe(true);
      }
    }),
  );
});
