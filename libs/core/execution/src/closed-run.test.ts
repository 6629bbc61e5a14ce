// A closed run answers as clients expect it (wire-contract 2.6), and changes no more.

import { noBytes } from '@perdure/kernel';
import { EventType } from '@perdure/wire';
import { expect, test } from 'vitest';
import { undoActivityStart } from './activity/attempt.ts';
import {
  cancelWorkflow,
  completeWorkflow,
  failWorkflow,
  scheduleActivity,
} from './commands.fixture.ts';
import { Play } from './play.fixture.ts';
import { failWorkflowTask, resetSticky } from './workflow-task/report-failed.ts';

const closings: readonly (readonly [string, number, (play: Play) => void])[] = [
  ['completed', EventType.WorkflowExecutionCompleted, (play) => play.work([completeWorkflow()])],
  ['failed', EventType.WorkflowExecutionFailed, (play) => play.work([failWorkflow('x')])],
  ['canceled', EventType.WorkflowExecutionCanceled, (play) => play.work([cancelWorkflow()])],
  ['terminated', EventType.WorkflowExecutionTerminated, (play) => play.terminate('x')],
  ['timed out', EventType.WorkflowExecutionTimedOut, (play) => play.pass(60)],
];

test.for(closings)('a run that %s', ([, eventType, close]) => {
  const play = new Play({ workflowRunTimeout: { seconds: 60 } });
  play.work([scheduleActivity('a')]);
  const activity = play.startActivity('a');
  play.signal('s');
  const { task } = play;
  close(play);
  const { progress } = play.state;
  expect(play.history.at(-1)?.eventType).toBe(eventType);
  expect(play.signal('late')).toBe('NOT_FOUND workflow execution already completed');
  expect(play.terminate('late')).toBe('NOT_FOUND workflow execution already completed');
  play.requestCancel('late');
  play.resetSticky();
  play.undoActivityStart(activity);
  play.pass(1000);
  expect(play.completeActivity(activity)).toMatch(/^NOT_FOUND/);
  const report = { task, cause: 14, failure: noBytes, identity: 'w', ...play.moment };
  expect(failWorkflowTask(play.state, report).ok).toBe(false);
  expect(resetSticky(play.state, play.moment)).toMatchObject({ transition: null });
  const undo = { ...activity, ...play.moment };
  expect(undoActivityStart(play.state, undo)).toMatchObject({ transition: null });
  expect(play.state.progress).toBe(progress);
  expect(play.state.activities.size).toBe(0);
});

test('the batch of the closing event begins with the events of its transition', () => {
  const terminated = new Play();
  terminated.startTask();
  terminated.terminate('x');
  expect(terminated.state.progress.closedBatchEventId).toBe(4);
  const completed = new Play();
  completed.work([completeWorkflow()]);
  expect(completed.state.progress.closedBatchEventId).toBe(4);
});

test('a completion that closes the run offers nothing that it asked for', () => {
  const play = new Play();
  play.startTask();
  play.effects.length = 0;
  play.complete([scheduleActivity('a'), completeWorkflow()]);
  expect(play.effects).toEqual([{ kind: 'closed' }]);
});

test('a cancel request is written once, with its cause, and schedules a workflow task', () => {
  const play = new Play();
  play.work();
  play.requestCancel('first');
  play.requestCancel('second');
  const { found, wanted } = play.compareFrom(
    5,
    `5 WorkflowExecutionCancelRequested cause=first identity=client
     6 WorkflowTaskScheduled`,
  );
  expect(found).toEqual(wanted);
  expect(play.state.progress.cancelRequested).toBe(true);
});
