// What workers report of activities: stale tokens, cancellation, failures, and what is over the limit (wire-contract 5).

import { noBytes } from '@perdure/kernel';
import { decodeFailure, failureCodec } from '@perdure/wire';
import { describe, expect, test } from 'vitest';
import {
  applicationFailure,
  data,
  requestCancelActivity,
  scheduleActivity,
} from '../commands.fixture.ts';
import { defaultRunLimits } from '../limits.ts';
import { Play } from '../play.fixture.ts';
import type { Activity } from '../state.ts';
import { startActivity } from './attempt.ts';

const gone =
  'NOT_FOUND invalid activityID or activity already timed out or invoking workflow is completed';
const { blobBytesMax } = defaultRunLimits;
const tooLarge = new Uint8Array(blobBytesMax + 1);

function started(retryPolicy = {}): { play: Play; activity: Activity } {
  const play = new Play();
  play.work([scheduleActivity('a', { retryPolicy })]);
  return { play, activity: play.startActivity('a') };
}

/** A started activity that was asked to cancel. */
function cancelled(): { play: Play; activity: Activity } {
  const { play, activity } = started();
  play.signal('s');
  play.work([requestCancelActivity(5)]);
  return { play, activity };
}

function expectTail(play: Play, table: string): void {
  const first = Number(/\d+/.exec(table)?.[0]);
  const { found, wanted } = play.compareFrom(first, table);
  expect(found).toEqual(wanted);
}

describe('a report', () => {
  test.for(['completeActivity', 'failActivity', 'cancelActivity', 'heartbeat'] as const)(
    '%s of an attempt that is over, or of a closed run, is NOT_FOUND',
    (report) => {
      const { play, activity } = started();
      expect(play[report]({ ...activity, attempt: 2 })).toBe(gone);
      expect(play[report]({ ...activity, scheduledEventId: 4 })).toBe(gone);
      play.failActivity(activity);
      expect(play[report](activity)).toBe(gone);
      play.terminate('x');
      expect(play[report](activity)).toBe('NOT_FOUND workflow execution already completed');
    },
  );

  test('cancelled without having been asked to is INVALID_ARGUMENT', () => {
    const { play, activity } = started();
    expect(play.cancelActivity(activity)).toBe(
      'INVALID_ARGUMENT unable to mark activity as canceled without activity being request canceled first',
    );
  });

  test('a failure must be of the application, with a delay that can be', () => {
    const { play, activity } = started();
    expect(play.failActivity(activity, failureCodec.encode({ message: 'x' }))).toBe(
      'INVALID_ARGUMENT Failure must have ApplicationFailureInfo.',
    );
    const back = applicationFailure('x', { nextRetryDelay: { seconds: -1 } });
    expect(play.failActivity(activity, back)).toBe(
      'INVALID_ARGUMENT An invalid NextRetryDelay is set on the failure.',
    );
    expect(play.failActivity(activity, data(''))).toEqual([]);
  });
});

test('a failure for good is written with its state', () => {
  const { play, activity } = started();
  play.failActivity(activity, applicationFailure('never', { nonRetryable: true }));
  expectTail(
    play,
    `6 ActivityTaskStarted attempt=1
     7 ActivityTaskFailed scheduledEventId=5 startedEventId=6 identity=activity-worker retryState=NonRetryableFailure failure.message=never
     8 WorkflowTaskScheduled`,
  );
});

test('an activity asked to cancel that fails is not tried again; one that completes has completed', () => {
  const failed = cancelled();
  failed.play.failActivity(failed.activity);
  expectTail(
    failed.play,
    `11 ActivityTaskStarted
     12 ActivityTaskFailed retryState=CancelRequested
     13 WorkflowTaskScheduled`,
  );
  const completed = cancelled();
  completed.play.completeActivity(completed.activity);
  expectTail(
    completed.play,
    `11 ActivityTaskStarted
     12 ActivityTaskCompleted result=done
     13 WorkflowTaskScheduled`,
  );
});

test('what a report says stands in the event; what it leaves out does not', () => {
  const said = cancelled();
  said.play.cancelActivity(said.activity, data('stopped'));
  expectTail(
    said.play,
    `11 ActivityTaskStarted
     12 ActivityTaskCanceled scheduledEventId=5 startedEventId=11 latestCancelRequestedEventId=10 identity=activity-worker details=stopped
     13 WorkflowTaskScheduled`,
  );
  const silent = cancelled();
  silent.play.cancelActivity(silent.activity);
  expectTail(
    silent.play,
    '11 ActivityTaskStarted\n 12 ActivityTaskCanceled details=none\n 13 WorkflowTaskScheduled',
  );
  const done = started();
  done.play.completeActivity(done.activity, noBytes);
  expectTail(
    done.play,
    '6 ActivityTaskStarted\n 7 ActivityTaskCompleted result=none\n 8 WorkflowTaskScheduled',
  );
  const failed = started({ maximumAttempts: 1 });
  failed.play.failActivity(failed.activity, noBytes);
  expectTail(
    failed.play,
    '6 ActivityTaskStarted\n 7 ActivityTaskFailed failure=none\n 8 WorkflowTaskScheduled',
  );
});

test('heartbeat details and the last failure reach the next attempt', () => {
  const { play, activity } = started();
  play.heartbeat(activity, data('one'));
  play.heartbeat(activity);
  expect(play.activity('a').heartbeatDetails).toEqual(Buffer.from('one'));
  play.failActivity(activity, applicationFailure('first'), data('two'));
  play.pass(1);
  const second = play.startActivity('a');
  expect(Buffer.from(second.heartbeatDetails).toString()).toBe('two');
  expect(decodeFailure(second.lastFailure).message).toBe('first');
  expect(second).toMatchObject({
    attempt: 2,
    lastHeartbeatUs: 0,
    lastWorkerIdentity: 'activity-worker',
  });
});

describe('over the limit', () => {
  test('a result: the activity fails for good', () => {
    const { play, activity } = started();
    play.completeActivity(activity, tooLarge);
    expectTail(
      play,
      `6 ActivityTaskStarted
       7 ActivityTaskFailed retryState=NonRetryableFailure failure.message="Complete result exceeds size limit." failure.serverFailureInfo.nonRetryable=true
       8 WorkflowTaskScheduled`,
    );
  });

  test('heartbeat details: the activity fails for good and its worker is told to stop', () => {
    const { play, activity } = started();
    expect(play.heartbeat(activity, tooLarge)).toEqual({ cancelRequested: true });
    expectTail(
      play,
      `6 ActivityTaskStarted
       7 ActivityTaskFailed failure.message="Heartbeat details exceed size limit." identity=activity-worker
       8 WorkflowTaskScheduled`,
    );
  });

  test('details of a cancellation', () => {
    const { play, activity } = cancelled();
    play.cancelActivity(activity, tooLarge);
    expectTail(
      play,
      `11 ActivityTaskStarted
       12 ActivityTaskFailed failure.message="Cancel details exceed size limit." retryState=CancelRequested
       13 WorkflowTaskScheduled`,
    );
  });

  test.for([-1, 0, 1])('by %i bytes: of a heartbeat, and of a cancellation', (over) => {
    const details = data('d'.repeat(100 + over));
    const beating = started();
    beating.play.limits = { ...defaultRunLimits, blobBytesMax: 100 };
    const answer = beating.play.heartbeat(beating.activity, details);
    expect(answer).toEqual({ cancelRequested: over > 0 });
    const { activity, play } = cancelled();
    play.limits = { ...defaultRunLimits, blobBytesMax: 100 };
    play.cancelActivity(activity, details);
    expectTail(
      play,
      `11 ActivityTaskStarted
       12 ${over > 0 ? 'ActivityTaskFailed' : 'ActivityTaskCanceled'}
       13 WorkflowTaskScheduled`,
    );
  });

  test('a failure: its beginning is the cause; details of the last heartbeat are left out', () => {
    const { play, activity } = started();
    play.failActivity(activity, applicationFailure('x'.repeat(blobBytesMax)), tooLarge);
    expectTail(
      play,
      `6 ActivityTaskStarted
       7 ActivityTaskFailed failure.message="Failure exceeds size limit." failure.cause.applicationFailureInfo.type=Test retryState=NonRetryableFailure
       8 WorkflowTaskScheduled`,
    );
    const event = play.history[6]?.activityTaskFailedEventAttributes;
    expect(event?.failure.length).toBeLessThan(513 * 1024);
  });
});

describe('startActivity', () => {
  test('starts once: the same poll gets the same attempt, without a transition', () => {
    const { play, activity } = started();
    const input = {
      scheduledEventId: 5,
      attempt: 1,
      stamp: 0,
      pollRequestId: activity.pollRequestId,
      identity: 'w',
      ...play.moment,
    };
    expect(startActivity(play.state, input)).toMatchObject({ ok: true, transition: null });
    const stale = [{ pollRequestId: 'q' }, { attempt: 2 }, { stamp: 1 }, { scheduledEventId: 4 }];
    for (const part of stale) {
      expect(startActivity(play.state, { ...input, ...part }).ok).toBe(false);
    }
    play.failActivity(activity);
    expect(startActivity(play.state, { ...input, attempt: 2 }).ok).toBe(false);
  });

  test('undone by its own poll only: offered again, as the same attempt', () => {
    const { play, activity } = started({ maximumAttempts: 1 });
    play.effects.length = 0;
    play.undoActivityStart({ ...activity, pollRequestId: 'another' });
    expect(play.effects).toEqual([]);
    play.undoActivityStart(activity);
    play.undoActivityStart(activity);
    expect(play.effects).toEqual([{ kind: 'offerActivityTask', scheduledEventId: 5 }]);
    expect(play.completeActivity(activity)).toBe(gone);
    const again = play.startActivity('a');
    expect(again).toMatchObject({ attempt: 1, stamp: 1 });
    play.completeActivity(again);
    play.undoActivityStart(again);
    expectTail(
      play,
      `6 ActivityTaskStarted attempt=1
       7 ActivityTaskCompleted
       8 WorkflowTaskScheduled`,
    );
  });
});
