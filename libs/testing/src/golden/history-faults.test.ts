import { type HistoryEventInit, historyEventCodec } from '@perdure/wire';
import { expect, test } from 'vitest';
import { historyFaults } from './history-faults.ts';

const history = (...events: HistoryEventInit[]) =>
  events.map((init, index) =>
    historyEventCodec.decode(
      historyEventCodec.encode({ eventId: index + 1, eventTime: { seconds: 1 }, ...init }),
    ),
  );
const started = { eventType: 1, workflowExecutionStartedEventAttributes: { attempt: 1 } };
const timer = { eventType: 17, timerStartedEventAttributes: { timerId: 't' } };
const fired = (startedEventId: number) => ({
  eventType: 18,
  timerFiredEventAttributes: { timerId: 't', startedEventId },
});
const terminated = { eventType: 27, workflowExecutionTerminatedEventAttributes: { reason: 'x' } };

test('historyFaults finds nothing in a sound history', () => {
  expect(historyFaults(history(started, timer, fired(2), terminated))).toEqual([]);
});

test('historyFaults finds a gap', () => {
  expect(historyFaults(history(started, { ...timer, eventId: 3 })).join()).toContain(
    'belongs at 2',
  );
});

test('historyFaults finds attributes of another type, and none', () => {
  const faults = historyFaults(history({ ...started, eventType: 2 }, { eventType: 17 })).join();
  expect(faults).toContain('has the attributes workflowExecutionStartedEventAttributes');
  expect(faults).toContain('event 2 TimerStarted: has the attributes');
});

test('historyFaults finds an event that names one of the wrong type, or a later one', () => {
  expect(historyFaults(history(started, fired(1))).join()).toContain('names 1');
  expect(historyFaults(history(fired(2), timer)).join()).toContain('names 2');
});

test('historyFaults finds what follows the closing event', () => {
  expect(historyFaults(history(terminated, timer)).join()).toContain('is not the last');
});

test('historyFaults finds a timer that ends twice', () => {
  const faults = historyFaults(history(timer, fired(1), fired(1))).join();
  expect(faults).toContain('ends what had ended');
});

test('historyFaults takes the end of a history whose beginning it does not have', () => {
  const end = history(started, timer, fired(2)).slice(2);
  expect(historyFaults(end, 3)).toEqual([]);
});
