// When the first workflow task of a run comes: at once, in its time, or with the answer to the start (wire-contract 3.1, 3.11).

import { usPerSecond } from '@perdure/kernel';
import { describe, expect, test } from 'vitest';
import { completeWorkflow, data } from '../commands.fixture.ts';
import { nextDueUs, wake } from '../due.ts';
import { Play } from '../play.fixture.ts';

const s = (seconds: number): { seconds: number } => ({ seconds });

function expectHistory(play: Play, table: string): void {
  const { found, wanted } = play.compare(table);
  expect(found).toEqual(wanted);
}

describe('the time before the first task', () => {
  test('the task comes at its time, not before, and once', () => {
    const play = new Play({ workflowStartDelay: s(5) });
    expect(nextDueUs(play.state, 0)).toBe(play.nowUs + 5 * usPerSecond);
    expect(play.effects).toEqual([]);
    play.signal('early');
    play.pass(4.999_999);
    expect(play.history.length).toBe(2);
    play.pass(0.000_001);
    expectHistory(
      play,
      `1 WorkflowExecutionStarted firstWorkflowTaskBackoff=5s
       2 WorkflowExecutionSignaled
       3 WorkflowTaskScheduled`,
    );
    expect(play.effects).toEqual([{ kind: 'offerWorkflowTask' }]);
    expect(nextDueUs(play.state, 0)).toBeNull();
    expect(wake(play.state, play.moment, 0, 'next')).toBeNull();
  });

  test('a cancel request and a signal that also starts end it', () => {
    const cancelled = new Play({ workflowStartDelay: s(5) });
    cancelled.requestCancel();
    const signaled = new Play({ workflowStartDelay: s(5) });
    signaled.signal('s', data('s'), true);
    for (const play of [cancelled, signaled]) {
      expect(play.task.scheduledEventId).toBe(3);
      play.work([completeWorkflow()]);
      expect(play.state.progress.status).toBe(2);
    }
  });

  test('a run out of time at the time of its first task never gets one', () => {
    const play = new Play({ workflowStartDelay: s(5), workflowExecutionTimeout: s(5) });
    play.pass(5);
    expectHistory(
      play,
      `1 WorkflowExecutionStarted
       2 WorkflowExecutionTimedOut retryState=Timeout`,
    );
  });
});

describe('a start that brings more', () => {
  const content = { signalName: 's', input: data('in'), header: data('h'), identity: 'c' };
  const poll = { pollRequestId: 'start-request', identity: 'c' };

  test('a signal stands before the first task', () => {
    const play = new Play({}, null, { signal: { ...content, requestId: 'id' } });
    expectHistory(
      play,
      `1 WorkflowExecutionStarted
       2 WorkflowExecutionSignaled signalName=s input=in header=h identity=c requestId=id
       3 WorkflowTaskScheduled`,
    );
    expect(play.state.progress.signals).toBe(1);
  });

  test('a task taken at once is offered to nobody', () => {
    const play = new Play({}, null, { eager: poll });
    expectHistory(
      play,
      `1 WorkflowExecutionStarted eagerExecutionAccepted=true
       2 WorkflowTaskScheduled
       3 WorkflowTaskStarted requestId=start-request identity=c`,
    );
    expect(play.effects).toEqual([]);
    play.complete([completeWorkflow()]);
    expect(play.state.progress.status).toBe(2);
  });

  test('no task is taken that has its time', () => {
    const play = new Play({ workflowStartDelay: s(1) }, null, { eager: poll });
    expectHistory(play, '1 WorkflowExecutionStarted eagerExecutionAccepted=false');
  });
});
