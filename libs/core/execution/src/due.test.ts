// Time: a wake-up that is early, late or double does the right thing (I16); nothing happens before its time (L10).

import { usPerSecond } from '@perdure/kernel';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { completeWorkflow, scheduleActivity, startTimer } from './commands.fixture.ts';
import { nextDueUs, wake } from './due.ts';
import { typeName } from './event-table.fixture.ts';
import type { Moment } from './limits.ts';
import { Play } from './play.fixture.ts';

type Nine = [number, number, number, number, number, number, number, number, number];
const s = (seconds: number): { seconds: number } => ({ seconds });
/** Seconds from now until the run is due. */
const dueIn = (play: Play, takenOverUs = 0): number | null => {
  const dueUs = nextDueUs(play.state, takenOverUs);
  return dueUs === null ? null : (dueUs - play.nowUs) / usPerSecond;
};

const later = (play: Play, us: number): Moment => ({ ...play.moment, nowUs: play.nowUs + us });

describe('nextDueUs', () => {
  test('is the earliest of all that can become due', () => {
    const play = new Play({ workflowRunTimeout: s(100) });
    expect(dueIn(play)).toBe(100);
    play.startTask();
    expect(dueIn(play)).toBe(10);
    play.complete([startTimer('t', 50), scheduleActivity('a', { scheduleToStartTimeout: s(30) })], {
      stickyQueue: 'sticky',
      stickyScheduleToStartUs: 4 * usPerSecond,
    });
    expect(dueIn(play)).toBe(30);
    const activity = play.startActivity('a');
    expect(dueIn(play)).toBe(20);
    play.failActivity(activity);
    expect(dueIn(play)).toBe(1);
    play.signal('s');
    expect(dueIn(play)).toBe(1);
    play.pass(1);
    expect(dueIn(play)).toBe(3);
    play.terminate('x');
    expect(dueIn(play)).toBeNull();
  });

  test('whatever waits: the earliest is due, not before its time, and is what happens then', () => {
    const seconds = fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { minLength: 9, maxLength: 9 });
    fc.assert(
      fc.property(seconds, fc.boolean(), fc.boolean(), (lengths, takesTask, takesActivity) => {
        const [run, task, sticky, timer, toStart, toClose, whole, beat, second] = lengths as Nine;
        const play = new Play({ workflowRunTimeout: s(run), workflowTaskTimeout: s(task) });
        const timeouts = {
          scheduleToStartTimeout: s(toStart),
          startToCloseTimeout: s(toClose),
          scheduleToCloseTimeout: s(whole),
          heartbeatTimeout: s(beat),
          retryPolicy: { maximumAttempts: 1 },
        };
        play.work(
          [startTimer('t', timer), scheduleActivity('a', timeouts), startTimer('u', second)],
          {
            stickyQueue: 'sticky',
            stickyScheduleToStartUs: sticky * usPerSecond,
          },
        );
        play.signal('asks for a task');
        if (takesActivity) play.startActivity('a');
        if (takesTask) play.startTask();
        const waits: [seconds: number, event: string][] = [
          [run, 'WorkflowExecutionTimedOut'],
          [takesTask ? task : sticky, 'WorkflowTaskTimedOut'],
          [Math.min(timer, second), 'TimerFired'],
          [takesActivity ? Math.min(toClose, beat, whole) : toStart, 'ActivityTaskTimedOut'],
          [whole, 'ActivityTaskTimedOut'],
        ];
        const [dueSeconds, event] = waits.reduce((a, b) => (b[0] < a[0] ? b : a));
        expect(dueIn(play)).toBe(dueSeconds);
        expect(wake(play.state, later(play, dueSeconds * usPerSecond - 1), 0, 'next')).toBeNull();
        const events = play.history.length;
        play.pass(dueSeconds);
        if (takesTask && event === 'WorkflowTaskTimedOut') play.work();
        else if (takesTask && event !== 'WorkflowExecutionTimedOut') play.complete();
        expect(play.history.slice(events).map(typeName)).toContain(event);
      }),
    );
  });

  test('a time-out of one microsecond is one', () => {
    const play = new Play();
    const sticky = { stickyQueue: 'sticky', stickyScheduleToStartUs: 1 };
    play.work([scheduleActivity('a', { scheduleToStartTimeout: { nanos: 1000 } })], sticky);
    expect(nextDueUs(play.state, 0)).toBe(play.nowUs + 1);
    play.completeActivity(play.startActivity('a'));
    expect(play.task.stickyQueue).toBe('sticky');
    expect(nextDueUs(play.state, 0)).toBe(play.nowUs + 1);
  });

  test('null: a task that waits on its normal queue waits for ever', () => {
    expect(dueIn(new Play())).toBeNull();
  });

  test('heartbeats count from a take-over (W7), no other time does', () => {
    const play = new Play();
    play.work([scheduleActivity('a', { heartbeatTimeout: s(5), startToCloseTimeout: s(60) })]);
    play.startActivity('a');
    expect(dueIn(play)).toBe(5);
    expect(dueIn(play, play.nowUs + 7 * usPerSecond)).toBe(12);
    expect(dueIn(play, play.nowUs + 70 * usPerSecond)).toBe(60);
    expect(
      wake(play.state, later(play, 6 * usPerSecond), play.nowUs + 2 * usPerSecond, 'next'),
    ).toBeNull();
  });
});

describe('wake', () => {
  test('early: nothing; late: all that is due, in the order in which it became due; again: nothing', () => {
    const play = new Play();
    play.work([
      startTimer('second', 2),
      scheduleActivity('third', { scheduleToStartTimeout: s(3) }),
      startTimer('first', 1),
    ]);
    expect(wake(play.state, later(play, usPerSecond - 1), 0, 'next')).toBeNull();
    play.pass(1000);
    expect(play.history.slice(7).map(typeName)).toEqual([
      'TimerFired',
      'WorkflowTaskScheduled',
      'TimerFired',
      'ActivityTaskTimedOut',
    ]);
    expect(play.history[7]?.timerFiredEventAttributes?.timerId).toBe('first');
    expect(wake(play.state, play.moment, 0, 'next')).toBeNull();
  });

  test('a step that makes another due goes on: a failed attempt is offered again at once', () => {
    const play = new Play();
    const retryPolicy = { initialInterval: { nanos: 1 } };
    play.work([scheduleActivity('a', { startToCloseTimeout: s(5), retryPolicy })]);
    play.startActivity('a');
    play.effects.length = 0;
    play.pass(5);
    expect(play.activity('a')).toMatchObject({ phase: 2, attempt: 2 });
    play.pass(0.000_001);
    expect(play.activity('a')).toMatchObject({ phase: 1, attempt: 2 });
    expect(play.effects).toEqual([{ kind: 'offerActivityTask', scheduledEventId: 5 }]);
  });

  test('the run time-out ends everything: nothing else happens, whatever else was due', () => {
    const play = new Play({ workflowRunTimeout: s(5), workflowExecutionTimeout: s(9) });
    play.work([startTimer('t', 6), startTimer('u', 5)]);
    play.effects.length = 0;
    play.pass(100);
    const { found, wanted } = play.compareFrom(
      7,
      '7 WorkflowExecutionTimedOut retryState=Timeout newExecutionRunId=',
    );
    expect(found).toEqual(wanted);
    expect(play.effects).toEqual([{ kind: 'closed' }]);
    expect(play.state.progress).toMatchObject({ status: 7, closeTimeUs: play.nowUs });
  });

  test('a started workflow task is failed by force when the run is out of time', () => {
    const play = new Play({ workflowExecutionTimeout: s(5) });
    const task = play.startTask();
    play.pass(5);
    const { found, wanted } = play.compareFrom(
      4,
      `4 WorkflowTaskFailed cause=ForceCloseCommand identity=history-service
       5 WorkflowExecutionTimedOut retryState=Timeout`,
    );
    expect(found).toEqual(wanted);
    expect(play.complete([completeWorkflow()], { task })).toMatch(/^NOT_FOUND Workflow task not/);
  });
});

test('a clock that is behind the run does not turn it back (L10)', () => {
  const play = new Play();
  play.startTask();
  play.nowUs += 5 * usPerSecond;
  play.complete([startTimer('t', 1), scheduleActivity('a')]);
  const clockUs = play.nowUs;
  play.nowUs -= 3 * usPerSecond;
  expect(play.startActivity('a').startedTimeUs).toBe(clockUs);
  play.signal('s');
  expect(play.state.progress.clockUs).toBe(clockUs);
  expect(play.history.at(-1)?.eventTime).toEqual(play.history[3]?.eventTime);
});
