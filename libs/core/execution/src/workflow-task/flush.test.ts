// What waits while a workflow task is started (wire-contract 2.5): order, links, times, and what becomes of it at a close.

import { toUs } from '@perdure/kernel';
import { expect, test } from 'vitest';
import {
  completeWorkflow,
  requestCancelActivity,
  scheduleActivity,
  startTimer,
} from '../commands.fixture.ts';
import { Play } from '../play.fixture.ts';

function expectFrom(play: Play, table: string): void {
  const { found, wanted } = play.compareFrom(Number(/\d+/.exec(table)?.[0]), table);
  expect(found).toEqual(wanted);
}

/** A run with three activities and a timer whose second workflow task is started. */
function busy(): { play: Play; a: ReturnType<Play['startActivity']>; b: typeof a } {
  const play = new Play();
  const three = ['a', 'b', 'c'].map((id) => scheduleActivity(id));
  play.work([...three, startTimer('t', 1)]);
  const a = play.startActivity('a');
  play.nowUs += 1;
  const b = play.startActivity('b');
  play.signal('wake');
  play.startTask();
  return { play, a, b };
}

test('results of activities come last, each linked to its started event; the rest as it came', () => {
  const { play, a, b } = busy();
  play.completeActivity(b);
  play.signal('one');
  play.completeActivity(a);
  play.pass(1);
  play.requestCancel('why');
  expect(play.history.length).toBe(11);
  play.complete([requestCancelActivity(7), startTimer('u', 60)]);
  expectFrom(
    play,
    `12 WorkflowTaskCompleted
     13 ActivityTaskCancelRequested scheduledEventId=7
     14 TimerStarted timerId=u
     15 ActivityTaskStarted scheduledEventId=6
     16 WorkflowExecutionSignaled signalName=one
     17 ActivityTaskStarted scheduledEventId=5
     18 TimerFired timerId=t startedEventId=8
     19 WorkflowExecutionCancelRequested cause=why
     20 ActivityTaskCompleted scheduledEventId=6 startedEventId=15
     21 ActivityTaskCompleted scheduledEventId=5 startedEventId=17
     22 ActivityTaskCanceled scheduledEventId=7 startedEventId=0 latestCancelRequestedEventId=13
     23 WorkflowTaskScheduled`,
  );
});

test('each event keeps the time at which it came, a started one that of the attempt', () => {
  const { play, a } = busy();
  const cameUs = (play.nowUs += 10);
  play.completeActivity(a);
  play.nowUs += 10;
  play.complete();
  const times = play.history.slice(11).map(({ eventTime }) => toUs(eventTime) - cameUs);
  expect(times).toEqual([10, a.startedTimeUs - cameUs, 0, 10]);
});

test('an activity cancelled with the run that closes leaves no result behind', () => {
  const { play } = busy();
  expect(play.complete([requestCancelActivity(7), completeWorkflow()])).toBeNull();
  expectFrom(
    play,
    `12 WorkflowTaskCompleted
     13 ActivityTaskCancelRequested
     14 WorkflowExecutionCompleted`,
  );
  expect(play.state).toMatchObject({ buffered: [], bufferedBytes: 0 });
  expect(play.state.activities.size + play.state.timers.size).toBe(0);
});

test('when the server closes the run, what waited comes in before the closing event', () => {
  const { play, a } = busy();
  play.completeActivity(a);
  play.signal('acknowledged');
  play.terminate('x');
  expectFrom(
    play,
    `12 WorkflowTaskFailed cause=ForceCloseCommand
     13 ActivityTaskStarted
     14 WorkflowExecutionSignaled signalName=acknowledged
     15 ActivityTaskCompleted startedEventId=13
     16 WorkflowExecutionTerminated`,
  );
});

test('so it does when a transient task is started, which leaves no event of its own', () => {
  const play = new Play({ workflowRunTimeout: { seconds: 9 } });
  play.startTask();
  play.failTask();
  play.startTask();
  play.signal('acknowledged');
  play.pass(9);
  expectFrom(
    play,
    `5 WorkflowExecutionSignaled
     6 WorkflowExecutionTimedOut retryState=RetryPolicyNotSet`,
  );
});
