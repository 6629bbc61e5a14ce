// Activities that are started by the completion that schedules them (wire-contract 3.15).

import { describe, expect, test } from 'vitest';
import {
  cancelTimer,
  completeWorkflow,
  requestCancelActivity,
  scheduleActivity,
} from '../commands.fixture.ts';
import { Play } from '../play.fixture.ts';
import { ActivityPhase } from '../state.ts';

const eager = { requestEagerExecution: true };

function working(): Play {
  const play = new Play();
  play.startTask();
  play.effects.length = 0;
  return play;
}
const startedIds = (answer: ReturnType<Play['answer']>): string[] =>
  typeof answer === 'string' ? [answer] : answer.activities.map(({ activityId }) => activityId);

describe('an eager activity', () => {
  test('is started in the same transition and never offered', () => {
    const play = working();
    const answer = play.answer([scheduleActivity('a', eager), scheduleActivity('b')]);
    expect(startedIds(answer)).toEqual(['a']);
    expect(play.effects).toEqual([{ kind: 'offerActivityTask', scheduledEventId: 6 }]);
    const activity = play.activity('a');
    expect(activity).toMatchObject({
      phase: ActivityPhase.Started,
      attempt: 1,
      startedTimeUs: play.nowUs,
      startedIdentity: 'worker',
      lastWorkerIdentity: 'worker',
    });
    expect(play.completeActivity(activity)).toBeNull();
    const { found, wanted } = play.compareFrom(
      7,
      `7 ActivityTaskStarted scheduledEventId=5 identity=worker attempt=1
       8 ActivityTaskCompleted scheduledEventId=5 startedEventId=7
       9 WorkflowTaskScheduled`,
    );
    expect(found).toEqual(wanted);
  });

  test('is retried as any other: offered', () => {
    const play = working();
    play.answer([scheduleActivity('a', eager)]);
    play.failActivity(play.activity('a'));
    play.pass(1);
    expect(play.effects).toEqual([{ kind: 'offerActivityTask', scheduledEventId: 5 }]);
    expect(play.startActivity('a').attempt).toBe(2);
  });

  test('times out when its worker never got it', () => {
    const play = working();
    play.answer([scheduleActivity('a', { ...eager, retryPolicy: { maximumAttempts: 1 } })]);
    play.pass(20);
    expect(play.history.at(-2)?.activityTaskTimedOutEventAttributes).toMatchObject({
      scheduledEventId: 5,
    });
  });

  test('is none on another task queue, or for a worker that does not take it', () => {
    const play = working();
    const elsewhere = scheduleActivity('a', { ...eager, taskQueue: { name: 'elsewhere' } });
    expect(startedIds(play.answer([elsewhere]))).toEqual([]);
    expect(play.effects).toEqual([{ kind: 'offerActivityTask', scheduledEventId: 5 }]);
    const old = working();
    const options = { takesActivities: false };
    expect(startedIds(old.answer([scheduleActivity('a', eager)], options))).toEqual([]);
    expect(old.effects).toEqual([{ kind: 'offerActivityTask', scheduledEventId: 5 }]);
  });

  test('that a later command cancels, or a bad command takes back, is not started', () => {
    const play = working();
    const cancelled = play.answer([scheduleActivity('a', eager), requestCancelActivity(5)]);
    expect(startedIds(cancelled)).toEqual([]);
    expect(play.state.activities.size).toBe(0);
    const bad = working();
    expect(startedIds(bad.answer([scheduleActivity('a', eager), cancelTimer('x')]))).toEqual([
      expect.stringMatching(/BadCancelTimer/),
    ]);
    expect(bad.state.activities.size).toBe(0);
  });

  test('of a run that closes is dropped with it', () => {
    const play = working();
    expect(startedIds(play.answer([scheduleActivity('a', eager), completeWorkflow()]))).toEqual([]);
    expect(play.effects).toEqual([{ kind: 'closed' }]);
  });
});
