// Starting workflow tasks (D2), and what a worker is shown of a transient one.

import { encodeEvent } from '@perdure/wire';
import { describe, expect, test } from 'vitest';
import { completeWorkflow } from '../commands.fixture.ts';
import { defaultRunLimits as limits } from '../limits.ts';
import { Play } from '../play.fixture.ts';
import { completeWorkflowTask } from './complete.ts';
import { startWorkflowTask } from './start.ts';
import { transientEvents } from './started.ts';

const at = { nowUs: 0, limits };
const input = { scheduledEventId: 2, attempt: 1, pollRequestId: 'p', identity: 'w', ...at };

describe('startWorkflowTask', () => {
  test('a repeat of the same poll gets the same task, without a transition; another poll none', () => {
    const play = new Play();
    const task = play.must(startWorkflowTask(play.state, input));
    expect(startWorkflowTask(play.state, input)).toEqual({
      ok: true,
      transition: null,
      value: task,
    });
    expect(startWorkflowTask(play.state, { ...input, pollRequestId: 'q' }).ok).toBe(false);
  });

  test('an offer of another task or attempt, or of a closed run, is stale', () => {
    const play = new Play();
    expect(startWorkflowTask(play.state, { ...input, attempt: 2 }).ok).toBe(false);
    expect(startWorkflowTask(play.state, { ...input, scheduledEventId: 5 }).ok).toBe(false);
    play.terminate('x');
    expect(startWorkflowTask(play.state, input).ok).toBe(false);
  });

  test('events since a transient task was scheduled make it a written first attempt', () => {
    const play = new Play();
    play.startTask();
    play.failTask();
    play.signal('s');
    expect(play.startTask()).toMatchObject({ attempt: 1, transient: false, scheduledEventId: 6 });
    const { found, wanted } = play.compareFrom(
      5,
      `5 WorkflowExecutionSignaled
       6 WorkflowTaskScheduled attempt=1
       7 WorkflowTaskStarted scheduledEventId=6`,
    );
    expect(found).toEqual(wanted);
    play.failTask();
    expect(play.task).toMatchObject({ attempt: 2, transient: true });
  });
});

describe('transientEvents', () => {
  test('are what the history holds once the task completes, byte for byte', () => {
    const play = new Play();
    play.startTask();
    play.failTask();
    expect(transientEvents(play.state).map(({ eventId }) => eventId)).toEqual([5]);
    play.startTask();
    const shown = transientEvents(play.state);
    expect(shown.map(({ eventId }) => eventId)).toEqual([5, 6]);
    play.nowUs += 1;
    play.complete([completeWorkflow()]);
    const written = play.history.slice(4, 6).map(({ taskId: _, ...event }) => encodeEvent(event));
    expect(shown.map(encodeEvent)).toEqual(written);
  });

  test('there are none without a task', () => {
    const play = new Play();
    play.work();
    expect(transientEvents(play.state)).toEqual([]);
  });

  test('there are none for a written task, or once other events have taken their ids', () => {
    const play = new Play();
    expect(transientEvents(play.state)).toEqual([]);
    play.startTask();
    play.failTask();
    play.signal('s');
    expect(transientEvents(play.state)).toEqual([]);
  });
});

describe('suggestContinueAsNew', () => {
  test.for([
    [limits.historyEventsSuggest - 1, 0, 'suggestContinueAsNew=false suggestContinueAsNewReasons='],
    [limits.historyEventsSuggest, 0, 'suggestContinueAsNew=true suggestContinueAsNewReasons=2'],
    [3, limits.historyBytesSuggest, 'suggestContinueAsNew=true suggestContinueAsNewReasons=1'],
  ] as const)('at event %d with %d bytes', ([startedEventId, historyBytes, wanted]) => {
    const play = new Play();
    const { progress } = play.state;
    play.state.progress = { ...progress, nextEventId: startedEventId, historyBytes };
    play.startTask();
    const { found } = play.compareFrom(
      3,
      `${startedEventId} WorkflowTaskStarted suggestContinueAsNew=? suggestContinueAsNewReasons=? historySizeBytes=?`,
    );
    expect(found).toEqual([
      `${startedEventId} WorkflowTaskStarted ${wanted} historySizeBytes=${historyBytes}`,
    ]);
  });
});

describe('completeWorkflowTask', () => {
  test('a token of another task, attempt or start is NOT_FOUND, and so is a second completion', () => {
    const play = new Play();
    const task = play.startTask();
    const completion = {
      task,
      commands: [],
      identity: 'w',
      stickyQueue: '',
      stickyScheduleToStartUs: 0,
      forceNewTask: false,
      returnNewTask: false,
      successorRunId: 'next',
      passedOn: { binaryChecksum: 'sum', sdkMetadata: { sdkName: 'sdk' } },
      searchAttributes: new Map(),
      takesActivities: true,
      ...play.moment,
    };
    const other = [
      { attempt: 2 },
      { scheduledEventId: 3 },
      { startedEventId: 2 },
      { startedTimeUs: task.startedTimeUs + 1 },
    ];
    for (const part of other) {
      const stale = { ...completion, task: { ...task, ...part } };
      expect(completeWorkflowTask(play.state, stale)).toMatchObject({
        ok: false,
        rejection: { code: 'NOT_FOUND', message: 'Workflow task not found.' },
      });
    }
    play.must(completeWorkflowTask(play.state, completion));
    expect(completeWorkflowTask(play.state, completion).ok).toBe(false);
    const { found, wanted } = play.compareFrom(
      4,
      '4 WorkflowTaskCompleted binaryChecksum=sum sdkMetadata.sdkName=sdk',
    );
    expect(found).toEqual(wanted);
  });

  test('without new events there is no next task; with some it is returned inline if asked for', () => {
    const play = new Play();
    play.work([], { returnNewTask: true });
    expect(play.state.progress.workflowTask).toBeNull();
    play.signal('a');
    play.startTask();
    play.signal('b');
    play.effects.length = 0;
    play.complete([], { returnNewTask: true });
    expect(play.task).toMatchObject({ phase: 2, identity: 'worker' });
    expect(play.effects).toEqual([]);
  });
});
