// What an activity that ran out of time leaves behind: type, text, cause and retry state (wire-contract 3.16).

import { expect, test } from 'vitest';
import {
  applicationFailure,
  type CommandInit,
  data,
  requestCancelActivity,
  scheduleActivity,
} from '../commands.fixture.ts';
import { Play } from '../play.fixture.ts';

type Attributes = NonNullable<CommandInit['scheduleActivityTaskCommandAttributes']>;

const noTimeLeft =
  '"Not enough time to schedule next retry before activity ScheduleToClose timeout, giving up retrying"';
const s = (seconds: number): { seconds: number } => ({ seconds });

function scheduled(attributes: Attributes): Play {
  const play = new Play();
  play.work([scheduleActivity('a', attributes)]);
  return play;
}

function expectTail(play: Play, table: string): void {
  const { found, wanted } = play.compareFrom(6, table);
  expect(found).toEqual(wanted);
}

test('schedule-to-start: nobody took it', () => {
  const play = scheduled({ scheduleToStartTimeout: s(5), scheduleToCloseTimeout: s(60) });
  play.pass(4);
  expect(play.history.length).toBe(5);
  play.pass(1);
  expectTail(
    play,
    `6 ActivityTaskTimedOut scheduledEventId=5 startedEventId=0 retryState=Timeout failure.message="activity ScheduleToStart timeout" failure.source=Server failure.timeoutFailureInfo.timeoutType=ScheduleToStart failure.cause=none
     7 WorkflowTaskScheduled`,
  );
});

test('schedule-to-close alone, nobody took it: the start is what was missed', () => {
  const play = scheduled({ startToCloseTimeout: null, scheduleToCloseTimeout: s(5) });
  play.pass(5);
  expectTail(
    play,
    `6 ActivityTaskTimedOut failure.timeoutFailureInfo.timeoutType=ScheduleToStart
     7 WorkflowTaskScheduled`,
  );
});

test('schedule-to-close while an attempt runs', () => {
  const play = scheduled({ scheduleToCloseTimeout: s(5) });
  play.nowUs += 1;
  play.startActivity('a');
  play.pass(5);
  expectTail(
    play,
    `6 ActivityTaskStarted attempt=1
     7 ActivityTaskTimedOut scheduledEventId=5 startedEventId=6 retryState=Timeout failure.message=${noTimeLeft} failure.timeoutFailureInfo.timeoutType=ScheduleToClose
     8 WorkflowTaskScheduled`,
  );
});

test('schedule-to-close between two attempts: the failure of the last one is the cause', () => {
  const play = scheduled({ scheduleToCloseTimeout: s(2), retryPolicy: { initialInterval: s(2) } });
  play.failActivity(play.startActivity('a'), applicationFailure('first'));
  play.pass(2);
  expectTail(
    play,
    `6 ActivityTaskTimedOut startedEventId=0 retryState=Timeout failure.timeoutFailureInfo.timeoutType=ScheduleToClose failure.cause.message=first
     7 WorkflowTaskScheduled`,
  );
});

test('start-to-close: another attempt, with the failure kept for it', () => {
  const play = scheduled({ startToCloseTimeout: s(3) });
  play.startActivity('a');
  play.pass(3);
  expect(play.history.length).toBe(5);
  play.pass(1);
  play.completeActivity(play.startActivity('a'));
  expectTail(
    play,
    `6 ActivityTaskStarted attempt=2 lastFailure.message="activity StartToClose timeout" lastFailure.timeoutFailureInfo.timeoutType=StartToClose
     7 ActivityTaskCompleted startedEventId=6
     8 WorkflowTaskScheduled`,
  );
});

test('start-to-close of the last attempt: the failure before it is the cause', () => {
  const play = scheduled({ startToCloseTimeout: s(3), retryPolicy: { maximumAttempts: 2 } });
  play.failActivity(play.startActivity('a'), applicationFailure('first'));
  play.pass(1);
  play.startActivity('a');
  play.pass(3);
  expectTail(
    play,
    `6 ActivityTaskStarted attempt=2 lastFailure.message=first
     7 ActivityTaskTimedOut startedEventId=6 retryState=MaximumAttemptsReached failure.message="activity StartToClose timeout" failure.timeoutFailureInfo.timeoutType=StartToClose failure.cause.message=first
     8 WorkflowTaskScheduled`,
  );
});

test('start-to-close without time for another attempt: schedule-to-close, with the last heartbeat', () => {
  const play = scheduled({
    startToCloseTimeout: s(3),
    scheduleToCloseTimeout: s(5),
    retryPolicy: { initialInterval: s(10) },
  });
  play.heartbeat(play.startActivity('a'), data('half'));
  play.pass(3);
  expectTail(
    play,
    `6 ActivityTaskStarted
     7 ActivityTaskTimedOut retryState=Timeout failure.message=${noTimeLeft} failure.timeoutFailureInfo.timeoutType=ScheduleToClose failure.timeoutFailureInfo.lastHeartbeatDetails=half failure.cause=none
     8 WorkflowTaskScheduled`,
  );
});

test('heartbeat: counted from the last one, and its details are in the failure', () => {
  const play = scheduled({ heartbeatTimeout: s(5), retryPolicy: { maximumAttempts: 1 } });
  const activity = play.startActivity('a');
  play.pass(4);
  play.heartbeat(activity, data('half'));
  play.pass(4);
  expect(play.history.length).toBe(5);
  play.pass(1);
  expectTail(
    play,
    `6 ActivityTaskStarted
     7 ActivityTaskTimedOut retryState=MaximumAttemptsReached failure.message="activity Heartbeat timeout" failure.timeoutFailureInfo.timeoutType=Heartbeat failure.timeoutFailureInfo.lastHeartbeatDetails=half
     8 WorkflowTaskScheduled`,
  );
});

test('an activity asked to cancel is not tried again', () => {
  const play = scheduled({ startToCloseTimeout: s(3) });
  play.startActivity('a');
  play.signal('s');
  play.work([requestCancelActivity(5)]);
  play.pass(3);
  const { found, wanted } = play.compareFrom(
    11,
    `11 ActivityTaskStarted
     12 ActivityTaskTimedOut retryState=CancelRequested failure.message="activity StartToClose timeout"
     13 WorkflowTaskScheduled`,
  );
  expect(found).toEqual(wanted);
});
