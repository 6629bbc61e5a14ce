import { type FullHistoryEvent, fullCodec, type temporal } from '@perdure/wire/full';
import { expect, test } from 'vitest';
import { EventNarrator } from './event-details.ts';
import { outcomeOf } from './outcome.ts';
import { eventTypeName, flatten, isClosing } from './print.ts';

type EventInit = temporal.api.history.v1.IHistoryEvent;

const utf8 = new TextEncoder();
const codec = fullCodec<EventInit>('temporal.api.history.v1.HistoryEvent');

/** Through the wire and back, as every event that is shown has come. */
function event(fields: object): FullHistoryEvent {
  return codec.decode(codec.encode(fields));
}

const payloads = (...jsons: string[]) => ({
  payloads: jsons.map((json) => ({
    metadata: { encoding: utf8.encode('json/plain') },
    data: utf8.encode(json),
  })),
});

function details(...events: object[]): readonly string[] {
  const narrator = new EventNarrator();
  return events.map((fields) => narrator.details(event(fields)));
}

test('EventNarrator names an activity at its end as at its start', () => {
  expect(
    details(
      {
        eventId: 5,
        activityTaskScheduledEventAttributes: {
          activityType: { name: 'charge' },
          input: payloads('1', '"two"'),
        },
      },
      {
        eventId: 6,
        activityTaskStartedEventAttributes: {
          scheduledEventId: 5,
          attempt: 3,
          lastFailure: { message: 'down', applicationFailureInfo: { type: 'BankDown' } },
        },
      },
      {
        eventId: 7,
        activityTaskCompletedEventAttributes: { scheduledEventId: 5, result: payloads('"ok"') },
      },
    ),
  ).toEqual(['charge [1, "two"]', 'charge, attempt 3 after BankDown: down', 'charge = "ok"']);
});

test('EventNarrator says what a first attempt, timer, signal and close were about', () => {
  const cause = { message: '', timeoutFailureInfo: { timeoutType: 1 } };
  expect(
    details(
      { activityTaskStartedEventAttributes: { scheduledEventId: 9, attempt: 1 } },
      {
        timerStartedEventAttributes: { timerId: '1', startToFireTimeout: { seconds: 259_200 } },
      },
      {
        workflowExecutionSignaledEventAttributes: {
          signalName: 'approve',
          input: payloads('"Ada"'),
        },
      },
      { workflowExecutionFailedEventAttributes: { failure: { message: 'no', cause } } },
      { workflowExecutionTerminatedEventAttributes: { reason: 'because' } },
      { workflowTaskScheduledEventAttributes: {} },
      {},
    ),
  ).toEqual(['', 'timer 1 for 3d', 'approve "Ada"', 'no <- timed out', 'because', '', '']);
});

test('EventNarrator keeps to one short line', () => {
  const input = payloads(JSON.stringify({ text: 'a\n'.repeat(200) }));
  const [line = ''] = details({
    workflowExecutionSignaledEventAttributes: { signalName: 's', input },
  });
  expect(line.length).toBe(100);
  expect(line.endsWith('...')).toBe(true);
});

test('eventTypeName, isClosing and outcomeOf read the type of an event', () => {
  expect(eventTypeName(event({ eventType: 1 }))).toBe('WorkflowExecutionStarted');
  expect(isClosing(event({ eventType: 1 }))).toBe(false);
  const outcomes = [2, 3, 4, 21, 27, 28].map((eventType) => event({ eventType }));
  expect(outcomes.every(isClosing)).toBe(true);
  expect(outcomes.map(outcomeOf)).toEqual([
    'COMPLETED',
    'FAILED',
    'TIMEOUT',
    'CANCELED',
    'TERMINATED',
    'CONTINUED_AS_NEW',
  ]);
});

test('flatten gives each leaf its path, with the attributes at the top', () => {
  expect(
    flatten({
      eventId: '1',
      eventType: 'EVENT_TYPE_TIMER_FIRED',
      taskId: '9',
      timerFiredEventAttributes: { timerId: '5', list: [{ a: 1 }, null], text: 'x' },
    }),
  ).toEqual([
    ['list[0].a', '1'],
    ['list[1]', 'null'],
    ['taskId', '9'],
    ['text', 'x'],
    ['timerId', '5'],
  ]);
});
