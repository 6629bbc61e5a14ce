// Activities that are named by id (wire-contract 1.3, 3.16).

import { decodeFailure } from '@perdure/wire';
import { describe, expect, test } from 'vitest';
import { applicationFailure, data, scheduleActivity } from '../commands.fixture.ts';
import { Play } from '../play.fixture.ts';
import { attemptOf } from './by-id.ts';

function scheduled(): Play {
  const play = new Play();
  play.work([scheduleActivity('a'), scheduleActivity('b')]);
  return play;
}
function expectTail(play: Play, table: string): void {
  const { found, wanted } = play.compareFrom(7, table);
  expect(found).toEqual(wanted);
}
const unknown =
  'NOT_FOUND cannot find pending activity with ActivityID c, check workflow execution history for more details';
const notRunning =
  'NOT_FOUND invalid activityID or activity already timed out or invoking workflow is completed';

describe('completed by id', () => {
  test('while it runs: started by who took it, completed by who says so', () => {
    const play = scheduled();
    play.startActivity('b');
    expect(play.completeById('b', data('r'))).toBeNull();
    expectTail(
      play,
      `7 ActivityTaskStarted scheduledEventId=6 identity=activity-worker requestId=poll-2
       8 ActivityTaskCompleted scheduledEventId=6 startedEventId=7 identity=client result=r
       9 WorkflowTaskScheduled`,
    );
    expect(play.completeById('b')).toBe(unknown.replace('ID c', 'ID b'));
  });

  test('before anybody took it: its start is made up', () => {
    const play = scheduled();
    play.nowUs += 5_000_000;
    expect(play.completeById('a')).toBeNull();
    expectTail(
      play,
      `7 ActivityTaskStarted scheduledEventId=5 identity=client requestId= attempt=1
       8 ActivityTaskCompleted scheduledEventId=5 startedEventId=7 identity=client
       9 WorkflowTaskScheduled`,
    );
    expect(play.history[6]?.eventTime).toEqual(play.history[7]?.eventTime);
    expect([...play.state.activities.keys()]).toEqual([6]);
  });

  test('between two attempts: with the failure of the last one', () => {
    const play = scheduled();
    play.failActivity(play.startActivity('a'), applicationFailure('first'));
    expect(play.completeById('a')).toBeNull();
    expectTail(
      play,
      `7 ActivityTaskStarted attempt=2 identity=client lastFailure.message=first
       8 ActivityTaskCompleted
       9 WorkflowTaskScheduled`,
    );
  });

  test.for([-1, 0, 1])('with a result %i bytes over the limit', (over) => {
    const play = scheduled();
    play.limits = { ...play.limits, blobBytesMax: 100 };
    play.completeById('a', data('r'.repeat(100 + over)));
    const failed =
      'ActivityTaskFailed identity=client failure.message="Complete result exceeds size limit." retryState=NonRetryableFailure';
    expectTail(
      play,
      `7 ActivityTaskStarted
       8 ${over > 0 ? failed : 'ActivityTaskCompleted'}
       9 WorkflowTaskScheduled`,
    );
  });

  test('an unknown id, a closed run', () => {
    const play = scheduled();
    expect(play.completeById('c')).toBe(unknown);
    play.terminate('');
    expect(play.completeById('a')).toBe('NOT_FOUND workflow execution already completed');
  });
});

describe('the attempt of an id', () => {
  test('is the one that runs; one that nobody runs can only be completed', () => {
    const play = scheduled();
    expect(play.decide(attemptOf(play.state, 'a'))).toBe(notRunning);
    expect(play.decide(attemptOf(play.state, 'c'))).toBe(unknown);
    play.startActivity('b');
    expect(play.decide(attemptOf(play.state, 'b'))).toMatchObject({
      scheduledEventId: 6,
      attempt: 1,
    });
    play.terminate('');
    expect(play.decide(attemptOf(play.state, 'b'))).toBe(
      'NOT_FOUND workflow execution already completed',
    );
  });
});

describe('a failure report that is too large', () => {
  const messages = (answer: unknown): string[] =>
    (answer as Uint8Array[]).map((failure) => decodeFailure(failure).message);

  test.for([-1, 0, 1])('by %i bytes: the reporter hears what became of it', (over) => {
    const play = scheduled();
    const failure = applicationFailure('x'.repeat(200));
    play.limits = { ...play.limits, blobBytesMax: failure.length - over };
    const answer = play.failActivity(play.startActivity('a'), failure);
    expect(messages(answer)).toEqual(over > 0 ? ['Failure exceeds size limit.'] : []);
  });

  test.for([-1, 0, 1])('details of the last heartbeat, by %i bytes, are left out', (over) => {
    const play = scheduled();
    play.limits = { ...play.limits, blobBytesMax: 100 };
    const details = data('d'.repeat(100 + over));
    const answer = play.failActivity(play.startActivity('a'), applicationFailure('x'), details);
    expect(messages(answer)).toEqual(over > 0 ? ['Heartbeat details exceed size limit.'] : []);
    expect(play.activity('a')).toMatchObject({ attempt: 2 });
    expect(play.activity('a').heartbeatDetails.length).toBe(over > 0 ? 0 : 100 + over);
  });
});
