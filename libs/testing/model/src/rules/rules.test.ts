// Small histories that keep a rule, and the same ones broken in one place.

import {
  EventType,
  type HistoryEvent,
  type HistoryEventInit,
  historyEventCodec,
} from '@perdure/wire';
import { expect, test } from 'vitest';
import { type AttemptSeen, Ledger } from '../ledger.ts';
import type { Rule, Shown } from '../shown.ts';
import { deliveries } from './deliveries.ts';
import { ownTime } from './own-time.ts';
import { programs } from './programs.ts';
import { prompt } from './prompt.ts';
import { retries } from './retries.ts';
import { tasks } from './tasks.ts';

const event = (
  eventType: number,
  seconds: number,
  more: HistoryEventInit = {},
): HistoryEventInit => ({
  eventType,
  eventTime: { seconds },
  ...more,
});
const taskScheduled = (seconds: number) => event(EventType.WorkflowTaskScheduled, seconds);
const taskStarted = (seconds: number, scheduledEventId: number) =>
  event(EventType.WorkflowTaskStarted, seconds, {
    workflowTaskStartedEventAttributes: { scheduledEventId },
  });
const taskTimedOut = (seconds: number, startedEventId: number) =>
  event(EventType.WorkflowTaskTimedOut, seconds, {
    workflowTaskTimedOutEventAttributes: { startedEventId },
  });
const activity = (seconds: number, activityId = 'a') =>
  event(EventType.ActivityTaskScheduled, seconds, {
    activityTaskScheduledEventAttributes: {
      activityId,
      startToCloseTimeout: { seconds: 15 },
      retryPolicy: {
        initialInterval: { seconds: 2 },
        maximumInterval: { seconds: 100 },
        backoffCoefficient: 2,
      },
    },
  });
const timer = (seconds: number, timerId: string) =>
  event(EventType.TimerStarted, seconds, { timerStartedEventAttributes: { timerId } });
const attempt = (number: number, seconds: number): AttemptSeen => ({
  runId: 'r',
  activityId: 'a',
  attempt: number,
  worker: 'worker',
  timeUs: seconds * 1e6,
  once: false,
  silent: false,
  heartbeat: null,
  dueUs: seconds * 1e6,
  startedUs: seconds * 1e6,
});

function eventsOf(events: readonly HistoryEventInit[]): HistoryEvent[] {
  return events.map((init, index) =>
    historyEventCodec.decode(historyEventCodec.encode({ eventId: index + 1, ...init })),
  );
}

function faultsOf(
  rule: Rule,
  events: readonly HistoryEventInit[],
  ledger: Ledger = new Ledger(),
): string[] {
  const runs = [{ workflowId: 'w', runId: 'r', events: eventsOf(events) }];
  const shown: Shown = { runs, descriptions: [], listed: [] };
  return rule(ledger, shown).map((fault) => (typeof fault === 'string' ? fault : fault.text));
}

test('J21: an attempt may come when its interval is over, and not before', () => {
  const ledger = new Ledger();
  ledger.attempts.push(attempt(1, 10), attempt(2, 12), attempt(3, 16));
  expect(faultsOf(retries, [activity(10)], ledger)).toEqual([]);
  ledger.attempts.push(attempt(4, 20));
  expect(faultsOf(retries, [activity(10)], ledger).join()).toContain('attempt 4 of r a came');
  ledger.outages.push({ cause: 'caller freeze', beganUs: 9e6, endedUs: 16e6 });
  expect(faultsOf(retries, [activity(10)], ledger)).toEqual([]);
});

test('J22: what does not wait for a task has times in order', () => {
  expect(faultsOf(ownTime, [taskScheduled(2), taskStarted(2, 1)])).toEqual([]);
  expect(faultsOf(ownTime, [taskScheduled(3), taskStarted(2, 1)]).join()).toContain('event 2');
});

test('J23: nothing is asked for twice', () => {
  expect(faultsOf(programs, [timer(1, 'a'), timer(1, 'b'), activity(1)])).toEqual([]);
  expect(faultsOf(programs, [timer(1, 'a'), timer(1, 'a')]).join()).toContain('timer a');
});

test('J24: a worker is shown the history, up to the start of its task', () => {
  const history = [taskScheduled(1), taskStarted(1, 1), taskScheduled(2)];
  const shownWith = (startedEventId: number, events: readonly HistoryEventInit[]) => {
    const ledger = new Ledger();
    const task = { runId: 'r', worker: 'worker', attempt: 1, startedUs: 1e6, came: [] };
    const seen = { startedEventId, previousStartedEventId: 0, events: eventsOf(events) };
    ledger.tasks.push({ ...task, ...seen });
    return faultsOf(tasks, history, ledger).join();
  };
  expect(shownWith(2, history.slice(0, 2))).toBe('');
  expect(shownWith(2, history)).toContain('3 events');
  expect(shownWith(2, [taskScheduled(1), taskStarted(2, 1)])).toContain('another event 2');
});

test('J25: a task that timed out was with a worker, or was lost on its way', () => {
  const history = [taskScheduled(100), taskStarted(100, 1), taskTimedOut(105, 2)];
  expect(faultsOf(deliveries, history).join()).toContain(
    'the workflow task of event 2 reached nobody',
  );
  const lossy = new Ledger();
  lossy.lostAnswers.push(101e6);
  expect(faultsOf(deliveries, history, lossy)).toEqual([]);
  const skipped = new Ledger();
  skipped.attempts.push(attempt(1, 10), attempt(3, 40));
  expect(faultsOf(deliveries, [activity(10)], skipped).join()).toContain(
    'attempt 2 of a reached nobody',
  );
});

test('J26: a task does not wait long when all is calm', () => {
  const ledger = new Ledger();
  const history = [taskScheduled(100), taskStarted(160, 1), activity(160)];
  ledger.attempts.push(attempt(1, 200));
  expect(faultsOf(prompt, history, ledger)).toEqual([]);
  ledger.calmUs = 110e6;
  expect(faultsOf(prompt, history, ledger)).toHaveLength(2);
});
