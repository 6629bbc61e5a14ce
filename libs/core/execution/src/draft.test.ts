// What a draft refuses, whoever asks: these are bugs of ours, and quarantine the run (L12).

import { InvariantError } from '@perdure/kernel';
import { EventType, WorkflowExecutionStatus } from '@perdure/wire';
import { describe, expect, test } from 'vitest';
import { scheduleActivity, startTimer } from './commands.fixture.ts';
import { Draft } from './draft.ts';
import { encodeSnapshot } from './encoding.ts';
import { initialActivity, initialWorkflowTask } from './initial-state.ts';
import { activityEdges, mayFollow, runEdges, workflowTaskEdges } from './phases.ts';
import { Play } from './play.fixture.ts';
import { ActivityPhase, TaskPhase } from './state.ts';

const statuses: readonly number[] = Object.values(WorkflowExecutionStatus);

test('a draft leaves the state under it alone', () => {
  const play = new Play();
  play.work([startTimer('t', 60), scheduleActivity('a')]);
  const before = encodeSnapshot(play.state);
  const draft = new Draft(play.state, { ...play.moment, nowUs: play.nowUs + 1 });
  draft.append(EventType.WorkflowExecutionSignaled, {});
  draft.buffer(EventType.WorkflowExecutionSignaled, {});
  draft.timers.remove('t');
  draft.removeActivity(6);
  draft.progress.signals = 7;
  draft.close(WorkflowExecutionStatus.Terminated, 1);
  expect(encodeSnapshot(play.state)).toEqual(before);
});

test('a delta says only what changes', () => {
  const play = new Play();
  play.work();
  const before = play.state.progress.version;
  const draft = new Draft(play.state, play.moment);
  draft.close(WorkflowExecutionStatus.Terminated, 5);
  const { start, memo, searchAttributes, progress, ...rest } = draft.finish(null).body.delta;
  expect([start, memo, searchAttributes]).toEqual([null, null, null]);
  expect(progress.version).toBe(before + 1);
  expect(Object.values(rest).flat()).toEqual([false]);
});

describe('phases', () => {
  test('every phase has its row, and every row names phases', () => {
    const tasks = [0, ...Object.values(TaskPhase)];
    expect(Object.keys(workflowTaskEdges).map(Number)).toEqual(tasks);
    expect(tasks).toEqual(expect.arrayContaining(Object.values(workflowTaskEdges).flat()));
    const activities = [0, ...Object.values(ActivityPhase)];
    expect(Object.keys(activityEdges).map(Number)).toEqual(activities);
    expect(activities).toEqual(expect.arrayContaining(Object.values(activityEdges).flat()));
  });

  test('a workflow task takes the steps of its table and no other', () => {
    const tasks = [
      null,
      ...Object.values(TaskPhase).map((phase) => ({ ...initialWorkflowTask, phase })),
    ];
    for (const from of tasks) {
      for (const to of tasks) {
        const play = new Play();
        play.state.progress = { ...play.state.progress, workflowTask: from };
        const step = (): void => new Draft(play.state, play.moment).setWorkflowTask(to);
        if (mayFollow(workflowTaskEdges, from?.phase, to?.phase)) step();
        else expect(step).toThrow(InvariantError);
      }
    }
  });

  test('an activity takes the steps of its table and no other', () => {
    const phases = Object.values(ActivityPhase);
    for (const from of [undefined, ...phases]) {
      for (const to of phases) {
        const play = new Play();
        if (from !== undefined) play.state.activities.set(0, { ...initialActivity, phase: from });
        const step = (): void =>
          new Draft(play.state, play.moment).setActivity({ ...initialActivity, phase: to });
        if (mayFollow(activityEdges, from, to)) step();
        else expect(step).toThrow(InvariantError);
      }
    }
  });

  test('a run closes once, and nothing comes after', () => {
    for (const status of statuses) {
      const draft = new Draft(new Play().state, new Play().moment);
      const closes = mayFollow(runEdges, WorkflowExecutionStatus.Running, status);
      if (!closes) {
        expect(() => draft.close(status, 1)).toThrow(InvariantError);
        continue;
      }
      draft.close(status, 1);
      for (const other of statuses) expect(() => draft.close(other, 1)).toThrow(InvariantError);
      expect(() => draft.append(EventType.TimerFired, {})).toThrow('S4');
    }
  });

  test('a closed run does not change', () => {
    const play = new Play();
    play.terminate('x');
    expect(() => new Draft(play.state, play.moment).finish(null)).toThrow('S4');
  });
});
