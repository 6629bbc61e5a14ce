import { durationUsMax, toUs, usPerSecond } from '@perdure/kernel';
import { expect, test } from 'vitest';
import { cancelTimer, completeWorkflow, startTimer } from '../commands.fixture.ts';
import { nextDueUs } from '../due.ts';
import { typeName } from '../event-table.fixture.ts';
import { Play } from '../play.fixture.ts';

const types = (play: Play, from: number): string[] => play.history.slice(from - 1).map(typeName);

test('a timer fires at its start event plus its duration, not before, and once', () => {
  const play = new Play();
  play.pass(1.5);
  play.work([startTimer('t', 5)]);
  const startedUs = toUs(play.history[4]?.eventTime);
  expect(nextDueUs(play.state, 0)).toBe(startedUs + 5 * usPerSecond);
  play.nowUs = startedUs + 5 * usPerSecond - 1;
  play.pass(0);
  expect(play.state.timers.size).toBe(1);
  play.pass(0.000_001);
  play.pass(60);
  expect(types(play, 6)).toEqual(['TimerFired', 'WorkflowTaskScheduled']);
});

test('timers fire in the order in which they are due, those of one time as they were started', () => {
  const play = new Play();
  play.work([startTimer('late', 3), startTimer('b', 1), startTimer('a', 1), startTimer('now', 0)]);
  play.pass(10);
  const fired = play.history.flatMap((event) => event.timerFiredEventAttributes?.timerId ?? []);
  expect(fired).toEqual(['now', 'b', 'a', 'late']);
});

test('a duration is capped at 100 years', () => {
  const play = new Play();
  play.work([startTimer('t', 1e12)]);
  expect(play.state.timers.get('t')?.fireAtUs).toBe(play.nowUs + durationUsMax);
  expect(toUs(play.history[4]?.timerStartedEventAttributes?.startToFireTimeout)).toBe(
    durationUsMax,
  );
});

test('a cancelled timer does not fire, and its id is free again', () => {
  const play = new Play();
  play.work([startTimer('t', 5)]);
  play.signal('s');
  play.work([cancelTimer('t'), startTimer('t', 9)]);
  const { found, wanted } = play.compareFrom(
    10,
    `10 TimerCanceled timerId=t startedEventId=5 workflowTaskCompletedEventId=9 identity=worker
     11 TimerStarted timerId=t`,
  );
  expect(found).toEqual(wanted);
  play.pass(8);
  expect(play.history.length).toBe(11);
  play.pass(1);
  expect(play.history[11]?.timerFiredEventAttributes?.startedEventId).toBe(11);
});

test('cancelling a timer whose firing waits takes the firing back: nothing is unseen, the run may close', () => {
  const play = new Play();
  play.work([startTimer('t', 1)]);
  play.signal('s');
  play.startTask();
  play.pass(5);
  expect(play.state.buffered.length).toBe(1);
  expect(play.complete([cancelTimer('t'), completeWorkflow()])).toBeNull();
  expect(types(play, 10)).toEqual(['TimerCanceled', 'WorkflowExecutionCompleted']);
  expect(play.history[9]?.timerCanceledEventAttributes?.startedEventId).toBe(5);
});

test('only the firing is taken back: what else waits is still unseen', () => {
  const play = new Play();
  play.work([startTimer('t', 1), startTimer('u', 1)]);
  play.signal('s');
  play.startTask();
  play.signal('before');
  play.pass(5);
  play.signal('after');
  expect(play.complete([cancelTimer('t'), completeWorkflow()])).toMatch(/UnhandledCommand/);
  play.startTask();
  play.pass(1);
  expect(play.complete([cancelTimer('t')])).toMatch(/TimerId t is not active/);
  const other = new Play();
  other.work([startTimer('t', 1), startTimer('u', 1)]);
  other.signal('s');
  other.startTask();
  other.signal('before');
  other.pass(5);
  other.signal('after');
  expect(other.complete([cancelTimer('t')])).toBeNull();
  expect(types(other, 11)).toEqual([
    'TimerCanceled',
    'WorkflowExecutionSignaled',
    'TimerFired',
    'WorkflowExecutionSignaled',
    'WorkflowTaskScheduled',
  ]);
});
