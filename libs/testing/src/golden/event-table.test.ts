import { type HistoryEventInit, historyEventCodec } from '@perdure/wire';
import { expect, test } from 'vitest';
import { enumName, enumValue, historyRows, tableRows } from './event-table.ts';
import { applicationFailure, jsonPayloads } from './payload.ts';

const event = (init: HistoryEventInit) =>
  historyEventCodec.decode(historyEventCodec.encode({ eventTime: { seconds: 1 }, ...init }));
const signaled = event({
  eventId: 1,
  eventType: 26,
  workflowExecutionSignaledEventAttributes: { signalName: 'a b', input: jsonPayloads('x', 2) },
});
const failed = event({
  eventId: 2,
  eventType: 13,
  activityTaskFailedEventAttributes: {
    scheduledEventId: 5,
    retryState: 4,
    failure: applicationFailure('no', { type: 'No' }),
  },
});

test('tableRows normalises blanks and quotes', () => {
  expect(tableRows('\n   1   TimerFired   timerId="t"   startedEventId=5 \n')).toEqual([
    '1 TimerFired timerId=t startedEventId=5',
  ]);
});

test('tableRows refuses what is no row', () => {
  expect(() => tableRows('TimerFired')).toThrow('not a row');
});

test('historyRows shows the attributes that the table names', () => {
  const table = `1 WorkflowExecutionSignaled  signalName="a b" input=x,2 identity=""
    2 ActivityTaskFailed  scheduledEventId=5 retryState=MAXIMUM_ATTEMPTS_REACHED failure.message=no failure.applicationFailureInfo.type=No`;
  expect(historyRows([signaled, failed], table)).toEqual(tableRows(table));
});

test('historyRows shows an event of another type without attributes', () => {
  expect(historyRows([signaled], '1 TimerFired  timerId=t')).toEqual([
    '1 WorkflowExecutionSignaled',
  ]);
});

test('enumName and enumValue are each other`s inverse', () => {
  expect(enumName('EVENT_TYPE', enumValue('EVENT_TYPE', 'TIMER_FIRED'))).toBe('TIMER_FIRED');
});
