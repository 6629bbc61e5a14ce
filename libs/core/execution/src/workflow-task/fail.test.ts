// Attempts, stickiness and time-outs of workflow tasks (wire-contract 3.3, 3.4).

import { noBytes, usPerMinute, usPerSecond } from '@perdure/kernel';
import { WorkflowTaskFailedCause } from '@perdure/wire';
import { describe, expect, test } from 'vitest';
import { completeWorkflow, startTimer } from '../commands.fixture.ts';
import { typeName } from '../event-table.fixture.ts';
import { Play } from '../play.fixture.ts';
import { failWorkflowTask, resetSticky } from './report-failed.ts';
import { startToCloseUs } from './schedule.ts';

const sticky = { stickyQueue: 'sticky', stickyScheduleToStartUs: 10 * usPerSecond };
const tail = (play: Play, count: number): string[] => play.history.slice(-count).map(typeName);

/** A run bound to a worker, with a task for it. */
function bound(): Play {
  const play = new Play();
  play.work([], sticky);
  play.signal('s');
  return play;
}

describe('a task that fails while the run is bound to a worker', () => {
  test.for([
    ['failed', (play: Play): void => play.failTask(), 'WorkflowTaskFailed'],
    ['timed out', (play: Play): void => play.pass(10), 'WorkflowTaskTimedOut'],
  ] as const)('%s: the binding goes, the attempt stays 1, both are written', ([, fail, event]) => {
    const play = bound();
    play.startTask();
    fail(play);
    expect(play.task).toMatchObject({ attempt: 1, transient: false, stickyQueue: '' });
    expect(tail(play, 2)).toEqual([event, 'WorkflowTaskScheduled']);
    fail((play.startTask(), play));
    expect(play.task).toMatchObject({ attempt: 2, transient: true });
  });

  test('heartbeats for too long: the binding goes, the attempt stays 1', () => {
    const play = bound();
    play.startTask();
    play.nowUs += 30 * usPerMinute + 1;
    expect(play.complete([], { forceNewTask: true, ...sticky })).toMatch(/heartbeat timeout/);
    expect(play.task).toMatchObject({ attempt: 1, stickyQueue: '' });
  });

  test('taken from the normal queue, because its worker is gone: the attempt goes up', () => {
    const play = bound();
    play.startTask({ sticky: false });
    play.failTask();
    expect(play.task).toMatchObject({ attempt: 2, transient: true });
  });
});

describe('a chain of heartbeats', () => {
  const beat = { forceNewTask: true, returnNewTask: true };

  test('may last 30 minutes from its first task, and not a microsecond more', () => {
    const play = new Play();
    play.startTask();
    for (let minute = 10; minute <= 30; minute += 10) {
      play.nowUs += 10 * usPerMinute;
      expect(play.complete([], beat)).toBeNull();
    }
    play.nowUs += 1;
    expect(play.complete([], beat)).toBe('NOT_FOUND workflow task heartbeat timeout');
    expect(tail(play, 1)).toEqual(['WorkflowTaskTimedOut']);
  });

  test('is over with a command, and begins anew', () => {
    const play = new Play();
    play.startTask();
    play.nowUs += 25 * usPerMinute;
    expect(play.complete([startTimer('t', 9000)], beat)).toBeNull();
    play.nowUs += 25 * usPerMinute;
    expect(play.complete([], beat)).toBeNull();
  });

  test('is not what a worker does that is only late', () => {
    for (const [commands, forceNewTask] of [
      [[], false],
      [[startTimer('t', 1)], true],
    ] as const) {
      const play = new Play();
      play.startTask();
      play.nowUs += 31 * usPerMinute;
      expect(play.complete(commands, { forceNewTask })).toBeNull();
    }
  });
});

test('a failure without a reason is written without one', () => {
  const play = new Play();
  const report = { task: play.startTask(), cause: 1, failure: noBytes, identity: 'worker' };
  play.must(failWorkflowTask(play.state, { ...report, ...play.moment }));
  const { found, wanted } = play.compareFrom(4, '4 WorkflowTaskFailed failure=none');
  expect(found).toEqual(wanted);
});

test('nothing of a binding is left once it is gone', () => {
  const ends: ((play: Play) => unknown)[] = [
    (play) => play.resetSticky(),
    (play) => play.pass(10),
    (play) => (play.startTask(), play.failTask()),
  ];
  for (const end of ends) {
    const play = bound();
    expect(play.task).toMatchObject({ stickyQueue: 'sticky', scheduleToStartUs: 10 * usPerSecond });
    end(play);
    expect(play.state.progress).toMatchObject({ stickyQueue: '', stickyScheduleToStartUs: 0 });
    expect(play.task).toMatchObject({ stickyQueue: '', scheduleToStartUs: 0 });
  }
});

test('resetSticky says whether a task waits for somebody else now', () => {
  const waits = (play: Play): unknown => play.decide(resetSticky(play.state, play.moment));
  const idle = new Play();
  idle.work([], sticky);
  expect(waits(idle)).toEqual({ taskWaits: false });
  const play = bound();
  expect(waits(play)).toEqual({ taskWaits: true });
  expect(waits(play)).toEqual({ taskWaits: false });
});

test('a sticky poll gets the task of a bound run, and not of one that is not bound any more', () => {
  expect(bound().startTask({ sticky: true }).stickyQueue).toBe('sticky');
  const play = bound();
  play.resetSticky();
  expect(() => play.startTask({ sticky: true })).toThrow('Workflow task not found.');
  expect(play.startTask({ sticky: false }).stickyQueue).toBe('');
});

test('resetSticky offers a waiting task again, once, and leaves a started one alone', () => {
  const play = bound();
  play.effects.length = 0;
  play.resetSticky();
  const { version } = play.state.progress;
  play.resetSticky();
  expect(play.effects).toEqual([{ kind: 'offerWorkflowTask' }]);
  expect(play.state.progress.version).toBe(version);
  play.pass(60);
  expect(play.task.phase).toBe(1);
  const other = bound();
  other.startTask();
  other.effects.length = 0;
  other.resetSticky();
  expect(other.effects).toEqual([]);
  expect(other.state.progress.stickyQueue).toBe('');
});

test('a task that is not answered times out; later attempts leave no events', () => {
  const play = new Play();
  for (const attempt of [1, 2, 3]) {
    expect(play.startTask().attempt).toBe(attempt);
    play.pass(10);
  }
  expect(play.history.length).toBe(4);
  expect(play.work([completeWorkflow()])).toBeNull();
  const { found, wanted } = play.compareFrom(
    4,
    `4 WorkflowTaskTimedOut scheduledEventId=2 startedEventId=3 timeoutType=StartToClose
     5 WorkflowTaskScheduled attempt=4 startToCloseTimeout=15s
     6 WorkflowTaskStarted scheduledEventId=5
     7 WorkflowTaskCompleted scheduledEventId=5 startedEventId=6
     8 WorkflowExecutionCompleted`,
  );
  expect(found).toEqual(wanted);
});

test('startToCloseUs is stretched from attempt 4 on, by at most 10 minutes', () => {
  const seconds = [1, 3, 4, 5, 6, 10, 11, 12, 1000].map(
    (attempt) => startToCloseUs(10 * usPerSecond, attempt) / usPerSecond,
  );
  expect(seconds).toEqual([10, 10, 15, 20, 30, 330, 610, 610, 610]);
});

test('a task that fails lets in what waited, and the next one is a first attempt', () => {
  const play = new Play();
  play.startTask();
  play.failTask();
  play.startTask();
  play.signal('s');
  play.failTask();
  expect(play.task).toMatchObject({ attempt: 1, transient: false, scheduledEventId: 6 });
  expect(tail(play, 2)).toEqual(['WorkflowExecutionSignaled', 'WorkflowTaskScheduled']);
});

test('GrpcMessageTooLarge terminates the run: its history cannot reach a worker', () => {
  const play = new Play();
  play.startTask();
  play.failTask('too large', WorkflowTaskFailedCause.GrpcMessageTooLarge);
  const { found, wanted } = play.compareFrom(
    4,
    `4 WorkflowTaskFailed cause=ForceCloseCommand identity=history-service
     5 WorkflowExecutionTerminated reason=GrpcMessageTooLarge identity=history-service`,
  );
  expect(found).toEqual(wanted);
});

test('a run that tried to close takes no signals until the task that follows is over', () => {
  const busy =
    'RESOURCE_EXHAUSTED workflow operation can not be applied because workflow is closing';
  for (const over of ['complete', 'fail', 'timeOut'] as const) {
    const play = new Play();
    play.startTask();
    play.signal('first');
    play.complete([completeWorkflow()]);
    expect(play.signal('while scheduled')).toBeNull();
    play.startTask();
    expect(play.signal('while started')).toBe(busy);
    if (over === 'complete') play.complete([startTimer('t', 60)], { forceNewTask: true });
    else if (over === 'fail') play.failTask();
    else play.pass(10);
    play.startTask();
    expect(play.signal('after')).toBeNull();
  }
});
