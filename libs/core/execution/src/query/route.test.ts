// How a query is answered, by the state of its run (wire-contract 3.7).

import { usPerSecond } from '@perdure/kernel';
import { QueryRejectCondition } from '@perdure/wire';
import { describe, expect, test } from 'vitest';
import {
  cancelWorkflow,
  completeWorkflow,
  continueAsNew,
  failWorkflow,
  startTimer,
} from '../commands.fixture.ts';
import { Play } from '../play.fixture.ts';
import { routeQuery } from './route.ts';

const { NotCompletedCleanly, NotOpen } = QueryRejectCondition;

function route(play: Play, condition = 0, waitSeconds = 10): string {
  const found = routeQuery(play.state, condition, play.nowUs + waitSeconds * usPerSecond);
  if (found.kind === 'rejected') return `${found.rejection.code} ${found.rejection.message}`;
  return found.kind === 'conditionRejected' ? `rejected by status ${found.status}` : found.kind;
}

describe('routeQuery', () => {
  test('of an open run: with a pending task, else by itself once a task was completed', () => {
    const play = new Play();
    expect(route(play)).toBe('withTask');
    play.startTask();
    expect(route(play)).toBe('withTask');
    play.complete([startTimer('t', 60)]);
    expect(route(play)).toBe('direct');
    play.signal('s');
    expect(route(play, NotOpen)).toBe('withTask');
  });

  test('fails fast from the third attempt of a task on', () => {
    const play = new Play();
    play.startTask();
    play.failTask();
    play.startTask();
    expect(route(play)).toBe('withTask');
    play.failTask();
    const text = 'Unable to query workflow due to Workflow Task in failed state.';
    expect(route(play)).toBe(`FAILED_PRECONDITION ${text}`);
    play.startTask();
    expect(route(play)).toBe(`FAILED_PRECONDITION ${text}`);
  });

  test('of a run whose first task has its time: only if that comes before the caller gives up', () => {
    const play = new Play({ workflowStartDelay: { seconds: 5 } });
    expect(route(play, 0, 5)).toBe('withTask');
    const text = 'Workflow task is not scheduled yet.';
    expect(route(play, 0, 4)).toBe(`FAILED_PRECONDITION ${text}`);
  });

  test('of a closed run: by itself, unless it closed before its first task was completed', () => {
    const completed = new Play();
    completed.work([completeWorkflow()]);
    expect(route(completed)).toBe('direct');
    const terminated = new Play();
    terminated.terminate('x');
    expect(route(terminated)).toMatch(/^FAILED_PRECONDITION Workflow closed before/);
  });

  const ends: [string, (play: Play) => void, notOpen: string, notClean: string][] = [
    ['is open', (play) => play.work(), 'direct', 'direct'],
    ['completed', (play) => play.work([completeWorkflow()]), 'rejected by status 2', 'direct'],
    ['failed', (play) => play.work([failWorkflow('x')]), 'rejected by status 3', 'same'],
    ['was cancelled', (play) => play.work([cancelWorkflow()]), 'rejected by status 4', 'same'],
    [
      'was terminated',
      (play) => (play.work(), play.terminate('x')),
      'rejected by status 5',
      'same',
    ],
    ['went on', (play) => play.work([continueAsNew()]), 'rejected by status 6', 'direct'],
    ['timed out', (play) => (play.work(), play.pass(60)), 'rejected by status 7', 'same'],
  ];
  test.for(ends)('of a run that %s, by the condition of its caller', ([, end, open, clean]) => {
    const play = new Play({ workflowRunTimeout: { seconds: 60 } });
    end(play);
    expect(route(play)).toBe('direct');
    expect(route(play, NotOpen)).toBe(open);
    expect(route(play, NotCompletedCleanly)).toBe(clean === 'same' ? open : clean);
  });
});
