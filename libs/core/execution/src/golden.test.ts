// The canonical sequences of wire-contract section 8, as far as one run alone makes them.

import { usPerMinute, usPerSecond } from '@perdure/kernel';
import { jsonPayloads } from '@perdure/wire';
import { expect, test } from 'vitest';
import {
  cancelWorkflow,
  completeWorkflow,
  requestCancelActivity,
  scheduleActivity,
  startTimer,
} from './commands.fixture.ts';
import { Play } from './play.fixture.ts';

function expectHistory(play: Play, table: string): void {
  const { found, wanted } = play.compare(table);
  expect(found).toEqual(wanted);
}

const begun = `1 WorkflowExecutionStarted
  2 WorkflowTaskScheduled
  3 WorkflowTaskStarted
  4 WorkflowTaskCompleted`;
const sticky = { stickyQueue: 'sticky', stickyScheduleToStartUs: 10 * usPerSecond };

test('hello', () => {
  const play = new Play();
  play.work([completeWorkflow('hi')]);
  expectHistory(
    play,
    `1 WorkflowExecutionStarted workflowType.name=type taskQueue.name=queue taskQueue.kind=Normal identity=client attempt=1 originalExecutionRunId=run firstExecutionRunId=run workflowId=workflow workflowTaskTimeout=10s workflowRunTimeout=none workflowExecutionTimeout=none firstWorkflowTaskBackoff=0s
     2 WorkflowTaskScheduled taskQueue.name=queue taskQueue.kind=Normal startToCloseTimeout=10s attempt=1
     3 WorkflowTaskStarted scheduledEventId=2 identity=worker requestId=poll-1 suggestContinueAsNew=false
     4 WorkflowTaskCompleted scheduledEventId=2 startedEventId=3 identity=worker
     5 WorkflowExecutionCompleted workflowTaskCompletedEventId=4 result=hi`,
  );
  expect(play.effects.at(-1)).toEqual({ kind: 'closed' });
});

test('one activity: started and completed are written together', () => {
  const play = new Play();
  play.work([scheduleActivity('a')]);
  expect(play.history.length).toBe(5);
  const activity = play.startActivity('a');
  expect(play.history.length).toBe(5);
  play.completeActivity(activity);
  play.work([completeWorkflow()]);
  expectHistory(
    play,
    `${begun}
     5 ActivityTaskScheduled activityId=a activityType.name=act taskQueue.name=queue workflowTaskCompletedEventId=4 startToCloseTimeout=20s scheduleToStartTimeout=0s scheduleToCloseTimeout=0s heartbeatTimeout=0s retryPolicy.initialInterval=1s retryPolicy.backoffCoefficient=2 retryPolicy.maximumInterval=100s retryPolicy.maximumAttempts=0
     6 ActivityTaskStarted scheduledEventId=5 attempt=1 identity=activity-worker requestId=poll-2 lastFailure=none
     7 ActivityTaskCompleted scheduledEventId=5 startedEventId=6 identity=activity-worker result=done
     8 WorkflowTaskScheduled attempt=1
     9 WorkflowTaskStarted scheduledEventId=8
     10 WorkflowTaskCompleted scheduledEventId=8 startedEventId=9
     11 WorkflowExecutionCompleted workflowTaskCompletedEventId=10 result=none`,
  );
});

test('activity retried twice, then ok: no events for the attempts that failed', () => {
  const play = new Play();
  play.work([scheduleActivity('a')]);
  for (const seconds of [1, 2]) {
    play.failActivity(play.startActivity('a'));
    play.pass(seconds);
  }
  expect(play.history.length).toBe(5);
  play.completeActivity(play.startActivity('a'));
  play.work([completeWorkflow()]);
  expectHistory(
    play,
    `${begun}
     5 ActivityTaskScheduled
     6 ActivityTaskStarted attempt=3 lastFailure.message=failed
     7 ActivityTaskCompleted startedEventId=6
     8 WorkflowTaskScheduled
     9 WorkflowTaskStarted
     10 WorkflowTaskCompleted
     11 WorkflowExecutionCompleted`,
  );
});

test('timer', () => {
  const play = new Play();
  play.work([startTimer('t', 5)]);
  play.pass(5);
  play.work([completeWorkflow()]);
  expectHistory(
    play,
    `${begun}
     5 TimerStarted timerId=t startToFireTimeout=5s workflowTaskCompletedEventId=4
     6 TimerFired timerId=t startedEventId=5
     7 WorkflowTaskScheduled
     8 WorkflowTaskStarted
     9 WorkflowTaskCompleted
     10 WorkflowExecutionCompleted`,
  );
});

test('signal while the workflow task is started: after the events of its commands', () => {
  const play = new Play();
  play.startTask();
  play.signal('s');
  expect(play.history.length).toBe(3);
  play.complete([startTimer('t', 60)]);
  play.startTask();
  expectHistory(
    play,
    `${begun}
     5 TimerStarted
     6 WorkflowExecutionSignaled signalName=s input=s identity=client
     7 WorkflowTaskScheduled
     8 WorkflowTaskStarted`,
  );
});

test('signal and complete in the same workflow task: UnhandledCommand, then the signal is seen', () => {
  const play = new Play();
  play.startTask();
  play.signal('s');
  expect(play.complete([completeWorkflow()])).toBe('INVALID_ARGUMENT UnhandledCommand');
  play.work([completeWorkflow()]);
  expectHistory(
    play,
    `1 WorkflowExecutionStarted
     2 WorkflowTaskScheduled
     3 WorkflowTaskStarted
     4 WorkflowTaskFailed scheduledEventId=2 startedEventId=3 cause=UnhandledCommand identity=worker failure.message=UnhandledCommand
     5 WorkflowExecutionSignaled
     6 WorkflowTaskScheduled attempt=1
     7 WorkflowTaskStarted scheduledEventId=6
     8 WorkflowTaskCompleted
     9 WorkflowExecutionCompleted`,
  );
});

test('signal before the workflow task is started: part of the history it ships', () => {
  const play = new Play();
  play.signal('s');
  play.work();
  expectHistory(
    play,
    `1 WorkflowExecutionStarted
     2 WorkflowTaskScheduled
     3 WorkflowExecutionSignaled
     4 WorkflowTaskStarted scheduledEventId=2
     5 WorkflowTaskCompleted scheduledEventId=2 startedEventId=4`,
  );
});

test('workflow task fails twice, then ok: only the first failure is written', () => {
  const play = new Play();
  play.startTask();
  play.failTask('first');
  expect(play.startTask()).toMatchObject({ attempt: 2, scheduledEventId: 5, startedEventId: 6 });
  play.failTask('second');
  play.work([completeWorkflow()]);
  expectHistory(
    play,
    `1 WorkflowExecutionStarted
     2 WorkflowTaskScheduled attempt=1
     3 WorkflowTaskStarted
     4 WorkflowTaskFailed scheduledEventId=2 startedEventId=3 cause=WorkflowWorkerUnhandledFailure failure.message=first identity=worker
     5 WorkflowTaskScheduled attempt=3 startToCloseTimeout=10s
     6 WorkflowTaskStarted scheduledEventId=5 requestId=poll-3
     7 WorkflowTaskCompleted scheduledEventId=5 startedEventId=6
     8 WorkflowExecutionCompleted`,
  );
});

test('sticky worker dies: the task times out on its queue and goes to the normal one, as attempt 1', () => {
  const play = new Play();
  play.work([], sticky);
  play.signal('s');
  play.pass(10);
  play.work([completeWorkflow()]);
  expectHistory(
    play,
    `${begun}
     5 WorkflowExecutionSignaled
     6 WorkflowTaskScheduled taskQueue.name=sticky taskQueue.kind=Sticky taskQueue.normalName=queue attempt=1
     7 WorkflowTaskTimedOut scheduledEventId=6 startedEventId=0 timeoutType=ScheduleToStart
     8 WorkflowTaskScheduled taskQueue.name=queue taskQueue.kind=Normal attempt=1
     9 WorkflowTaskStarted scheduledEventId=8
     10 WorkflowTaskCompleted
     11 WorkflowExecutionCompleted`,
  );
});

test('cancel a started activity: told by its heartbeat, started is written at the close', () => {
  const play = new Play();
  play.work([scheduleActivity('a')]);
  const activity = play.startActivity('a');
  play.requestCancel('please');
  play.work([requestCancelActivity(5)]);
  expect(play.heartbeat(activity)).toEqual({ cancelRequested: true });
  play.cancelActivity(activity);
  play.work([cancelWorkflow('bye')]);
  expectHistory(
    play,
    `${begun}
     5 ActivityTaskScheduled
     6 WorkflowExecutionCancelRequested cause=please identity=client
     7 WorkflowTaskScheduled
     8 WorkflowTaskStarted
     9 WorkflowTaskCompleted
     10 ActivityTaskCancelRequested scheduledEventId=5 workflowTaskCompletedEventId=9
     11 ActivityTaskStarted scheduledEventId=5
     12 ActivityTaskCanceled scheduledEventId=5 startedEventId=11 latestCancelRequestedEventId=10 identity=activity-worker
     13 WorkflowTaskScheduled
     14 WorkflowTaskStarted
     15 WorkflowTaskCompleted
     16 WorkflowExecutionCanceled workflowTaskCompletedEventId=15 details=bye`,
  );
});

test('cancel an unstarted activity: a result at once, after the other commands, and a new workflow task', () => {
  const play = new Play();
  play.work([scheduleActivity('a')]);
  play.signal('s');
  play.work([requestCancelActivity(5), startTimer('t', 60)]);
  expectHistory(
    play,
    `${begun}
     5 ActivityTaskScheduled
     6 WorkflowExecutionSignaled
     7 WorkflowTaskScheduled
     8 WorkflowTaskStarted
     9 WorkflowTaskCompleted
     10 ActivityTaskCancelRequested
     11 TimerStarted
     12 ActivityTaskCanceled scheduledEventId=5 startedEventId=0 latestCancelRequestedEventId=10 identity=worker
     13 WorkflowTaskScheduled`,
  );
  const details = play.history[11]?.activityTaskCanceledEventAttributes?.details;
  expect(details).toEqual(jsonPayloads('ACTIVITY_ID_NOT_STARTED'));
});

test('terminate with the workflow task started: failed by force first', () => {
  const play = new Play();
  play.startTask();
  play.terminate('enough');
  expectHistory(
    play,
    `1 WorkflowExecutionStarted
     2 WorkflowTaskScheduled
     3 WorkflowTaskStarted
     4 WorkflowTaskFailed scheduledEventId=2 startedEventId=3 cause=ForceCloseCommand identity=history-service
     5 WorkflowExecutionTerminated reason=enough identity=client`,
  );
});

test('heartbeat: the next task is started inline, and the chain ends after half an hour', () => {
  const play = new Play();
  const beat = { forceNewTask: true, returnNewTask: true, ...sticky };
  play.startTask();
  play.complete([], beat);
  play.pass(9);
  play.complete([], beat);
  expectHistory(
    play,
    `${begun}
     5 WorkflowTaskScheduled taskQueue.kind=Sticky
     6 WorkflowTaskStarted scheduledEventId=5 requestId=request-from-RespondWorkflowTaskCompleted
     7 WorkflowTaskCompleted
     8 WorkflowTaskScheduled
     9 WorkflowTaskStarted`,
  );
  expect(play.effects).toEqual([{ kind: 'offerWorkflowTask' }]);
  play.nowUs += 30 * usPerMinute;
  expect(play.complete([], beat)).toBe('NOT_FOUND workflow task heartbeat timeout');
  expect(play.task).toMatchObject({ phase: 1, attempt: 1, stickyQueue: '' });
});
