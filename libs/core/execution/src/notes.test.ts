// What a transition notes for those who count: each failure of an attempt or task once, with what it was, and each end of an
// activity with the event that says so.

import { EventType, TimeoutType, WorkflowTaskFailedCause } from '@perdure/wire';
import { expect, test } from 'vitest';
import {
  applicationFailure,
  cancelTimer,
  requestCancelActivity,
  scheduleActivity,
  startTimer,
} from './commands.fixture.ts';
import { Play } from './play.fixture.ts';

const retryPolicy = { maximumAttempts: 2 };
const activityOf = (attempt: number) => expect.objectContaining({ activityId: 'a', attempt });

/** All notes since the run began, in their order. */
const notesOf = (play: Play) => play.transitions.flatMap(({ notes }) => notes);

test('each failed attempt is noted as it was, the last one with the end of the activity', () => {
  const play = new Play();
  play.work([scheduleActivity('a', { retryPolicy })]);
  play.failActivity(play.startActivity('a'));
  play.pass(1);
  expect(notesOf(play)).toEqual([
    { kind: 'attemptFailed', activity: activityOf(1), timeoutType: 0 },
  ]);
  play.startActivity('a');
  play.pass(20);
  const { StartToClose } = TimeoutType;
  expect(notesOf(play).slice(1)).toEqual([
    { kind: 'attemptFailed', activity: activityOf(2), timeoutType: StartToClose },
    {
      kind: 'activityEnded',
      activity: activityOf(2),
      eventType: EventType.ActivityTaskTimedOut,
    },
  ]);
});

test.for([
  ['ActivityTaskCompleted', (play: Play) => play.completeActivity(play.startActivity('a'))],
  [
    'ActivityTaskFailed',
    (play: Play) =>
      play.failActivity(play.startActivity('a'), applicationFailure('x', { nonRetryable: true })),
  ],
  [
    'ActivityTaskCanceled',
    (play: Play) => {
      const activity = play.startActivity('a');
      play.signal('s');
      play.work([requestCancelActivity(5)]);
      play.cancelActivity(activity);
    },
  ],
] as const)('an activity that ends by %s is noted once', ([event, end]) => {
  const play = new Play();
  play.work([scheduleActivity('a', { retryPolicy })]);
  end(play);
  expect(notesOf(play).filter(({ kind }) => kind === 'activityEnded')).toEqual([
    { kind: 'activityEnded', activity: activityOf(1), eventType: EventType[event] },
  ]);
});

test('a workflow task that fails or times out is noted, in later attempts too', () => {
  const play = new Play();
  play.startTask();
  play.failTask();
  play.startTask();
  play.pass(10);
  expect(notesOf(play)).toEqual([
    { kind: 'workflowTaskFailed', cause: WorkflowTaskFailedCause.WorkflowWorkerUnhandledFailure },
    { kind: 'workflowTaskTimedOut', timeoutType: TimeoutType.StartToClose },
  ]);
});

test('a bound worker that does not take its task, and a command that is refused, are noted', () => {
  const play = new Play();
  play.work([startTimer('t', 60)], { stickyQueue: 'sticky', stickyScheduleToStartUs: 1_000_000 });
  play.signal('s');
  play.pass(1);
  play.work([cancelTimer('nobody')]);
  expect(notesOf(play)).toEqual([
    { kind: 'workflowTaskTimedOut', timeoutType: TimeoutType.ScheduleToStart },
    { kind: 'workflowTaskFailed', cause: WorkflowTaskFailedCause.BadCancelTimerAttributes },
  ]);
});
