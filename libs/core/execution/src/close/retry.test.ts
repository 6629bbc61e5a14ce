// A run that is tried again (wire-contract 2.7). The same over the wire: tests/golden.

import { usPerSecond } from '@perdure/kernel';
import { describe, expect, test } from 'vitest';
import {
  applicationFailure,
  cancelWorkflow,
  completeWorkflow,
  data,
  failWorkflow,
  memoOf,
  modifyMemo,
  upsertAttributes,
} from '../commands.fixture.ts';
import { nextOf, Play } from '../play.fixture.ts';

const s = (seconds: number): { seconds: number } => ({ seconds });

const worked = `1 WorkflowExecutionStarted
  2 WorkflowTaskScheduled
  3 WorkflowTaskStarted
  4 WorkflowTaskCompleted`;

function expectHistory(play: Play, table: string): void {
  const { found, wanted } = play.compare(table);
  expect(found).toEqual(wanted);
}

describe('retry', () => {
  const retryPolicy = { initialInterval: s(10), maximumAttempts: 3 };

  test('a failed run is tried again with what it was given', () => {
    const play = new Play({
      input: data('in'),
      header: data('header'),
      memo: data('memo'),
      lastCompletionResult: data('last'),
      retryPolicy,
    });
    play.work([failWorkflow('broken')]);
    const second = nextOf(play);
    expectHistory(
      play,
      `${worked}
       5 WorkflowExecutionFailed retryState=InProgress newExecutionRunId=run-next failure.message=broken`,
    );
    expectHistory(
      second,
      '1 WorkflowExecutionStarted input=in header=header memo=memo attempt=2 initiator=Retry continuedFailure.message=broken lastCompletionResult=none firstWorkflowTaskBackoff=10s continuedExecutionRunId=run',
    );
    second.pass(10);
    second.work([failWorkflow('again')]);
    const third = nextOf(second);
    expectHistory(
      third,
      '1 WorkflowExecutionStarted input=in attempt=3 firstWorkflowTaskBackoff=20s firstExecutionRunId=run continuedExecutionRunId=run-next',
    );
    third.pass(20);
    third.work([failWorkflow('for good')]);
    expect(third.next).toBeNull();
    const closed = third.history.at(-1)?.workflowExecutionFailedEventAttributes;
    expect(closed).toMatchObject({ retryState: 4, newExecutionRunId: '' });
  });

  test('a run without a policy fails for good, and says so', () => {
    const play = new Play();
    play.work([failWorkflow('x')]);
    expectHistory(
      play,
      `${worked}
       5 WorkflowExecutionFailed workflowTaskCompletedEventId=4 retryState=RetryPolicyNotSet newExecutionRunId=`,
    );
    expect(play.next).toBeNull();
  });

  test('the next attempt has the memo and search attributes that this one ended with', () => {
    const play = new Play({ retryPolicy, memo: memoOf({ a: 1 }) });
    const changes = [modifyMemo({ b: 2 }), upsertAttributes({ CustomInt: 7 })];
    play.work([...changes, failWorkflow('broken')]);
    const { memo, searchAttributes } = nextOf(play).state;
    expect(memo).toEqual(memoOf({ a: 1, b: 2 }));
    expect(searchAttributes).toEqual(play.state.searchAttributes);
    expect(searchAttributes.length).toBeGreaterThan(0);
  });

  test('a run that is out of time is tried again; its time counts from its first task', () => {
    const play = new Play({ workflowRunTimeout: s(5), retryPolicy });
    play.startTask();
    play.pass(5);
    const next = nextOf(play);
    expectHistory(
      play,
      `1 WorkflowExecutionStarted
       2 WorkflowTaskScheduled
       3 WorkflowTaskStarted
       4 WorkflowTaskFailed cause=ForceCloseCommand
       5 WorkflowExecutionTimedOut retryState=InProgress newExecutionRunId=run-next`,
    );
    expect(next.state.start.runExpirationUs).toBe(next.nowUs + 15 * usPerSecond);
    next.pass(15);
    expectHistory(
      next,
      `1 WorkflowExecutionStarted continuedFailure.message="workflow timeout" continuedFailure.timeoutFailureInfo.timeoutType=StartToClose
       2 WorkflowTaskScheduled
       3 WorkflowExecutionTimedOut retryState=InProgress`,
    );
  });

  test('while the execution has time left, a run that is out of its own is tried again', () => {
    const play = new Play({
      workflowRunTimeout: s(5),
      workflowExecutionTimeout: s(60),
      retryPolicy,
    });
    play.pass(5);
    expectHistory(
      play,
      `1 WorkflowExecutionStarted
       2 WorkflowTaskScheduled
       3 WorkflowExecutionTimedOut retryState=InProgress newExecutionRunId=run-next`,
    );
    expect(nextOf(play).state.start.attempt).toBe(2);
  });

  test('not past the time of the execution, and not when that is what ran out', () => {
    const short = new Play({ workflowExecutionTimeout: s(5), retryPolicy });
    short.work([failWorkflow('x')]);
    const late = new Play({ workflowExecutionTimeout: s(5), retryPolicy });
    late.pass(5);
    for (const play of [short, late]) expect(play.next).toBeNull();
    const failed = short.history.at(-1)?.workflowExecutionFailedEventAttributes;
    const timedOut = late.history.at(-1)?.workflowExecutionTimedOutEventAttributes;
    expect([failed?.retryState, timedOut?.retryState]).toEqual([3, 3]);
  });

  test('not of a run that completes, is cancelled or is terminated', () => {
    for (const command of [completeWorkflow(), cancelWorkflow()]) {
      const play = new Play({ retryPolicy });
      play.work([command]);
      expect(play.next).toBeNull();
    }
    const play = new Play({ retryPolicy });
    play.terminate('now');
    expect(play.next).toBeNull();
  });

  test('a failure of a type that the policy names, or that is final, is not retried', () => {
    const play = new Play({ retryPolicy: { nonRetryableErrorTypes: ['Test'] } });
    play.work([failWorkflow('x')]);
    expect(play.next).toBeNull();
    const final = new Play({ retryPolicy });
    final.work([
      {
        ...failWorkflow('x'),
        failWorkflowExecutionCommandAttributes: {
          failure: applicationFailure('x', { nonRetryable: true }),
        },
      },
    ]);
    expect(final.next).toBeNull();
  });

  test('the input is kept only for a retry', () => {
    const kept = (request: object): number =>
      new Play({ input: data('in'), ...request }).state.start.input.length;
    expect([kept({}), kept({ retryPolicy })]).toEqual([0, 2]);
  });
});
