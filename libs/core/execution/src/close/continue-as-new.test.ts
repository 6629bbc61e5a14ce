// A run that continues as new (wire-contract 2.7): what the closing event says, what the next run is given, what the chain
// keeps. The same over the wire: tests/golden.

import { toUs, usPerSecond } from '@perdure/kernel';
import { linkCodec, readTextPayload, searchAttributesCodec } from '@perdure/wire';
import { describe, expect, test } from 'vitest';
import {
  applicationFailure,
  continueAsNew,
  data,
  failWorkflow,
  memoOf,
  payloadOf,
} from '../commands.fixture.ts';
import { nextOf, Play, run } from '../play.fixture.ts';

const s = (seconds: number): { seconds: number } => ({ seconds });

const worked = `1 WorkflowExecutionStarted
  2 WorkflowTaskScheduled
  3 WorkflowTaskStarted
  4 WorkflowTaskCompleted`;

function expectHistory(play: Play, table: string): void {
  const { found, wanted } = play.compare(table);
  expect(found).toEqual(wanted);
}

describe('continue as new', () => {
  test('one transition closes the run and begins the next', () => {
    const play = new Play();
    play.pass(2);
    play.work([continueAsNew({ input: data('next') })]);
    const next = nextOf(play);
    expect(next.state.run).toEqual({ ...run, runId: 'run-next' });
    expectHistory(
      play,
      `${worked}
       5 WorkflowExecutionContinuedAsNew newExecutionRunId=run-next workflowType.name=type taskQueue.name=queue input=next workflowTaskCompletedEventId=4 workflowRunTimeout=0s workflowTaskTimeout=10s`,
    );
    expectHistory(
      next,
      `1 WorkflowExecutionStarted workflowType.name=type input=next continuedExecutionRunId=run initiator=Workflow firstExecutionRunId=run originalExecutionRunId=run-next attempt=1 firstWorkflowTaskBackoff=0s
       2 WorkflowTaskScheduled`,
    );
    expect(next.transitions[0]?.body.workflow).toEqual({ makesCurrent: true, keys: [] });
    expect(next.effects).toEqual([{ kind: 'offerWorkflowTask' }]);
    expect(play.state.progress.status).toBe(6);
  });

  test('what the command says stands in the closing event, and in the first one of the next run', () => {
    const play = new Play({ workflowRunTimeout: s(90), workflowTaskTimeout: s(9) });
    const command = continueAsNew({
      workflowType: { name: 'other' },
      taskQueue: { name: 'elsewhere' },
      workflowRunTimeout: s(50),
      workflowTaskTimeout: s(7),
      backoffStartInterval: s(3),
      initiator: 3,
      retryPolicy: { maximumAttempts: 4 },
      failure: applicationFailure('before'),
      lastCompletionResult: data('last'),
      header: data('header'),
      input: data('next'),
      memo: memoOf({ a: 1 }),
      searchAttributes: { indexedFields: { CustomInt: payloadOf(1) } },
    });
    expect(play.work([command])).toBeNull();
    const said =
      'workflowType.name=other taskQueue.name=elsewhere taskQueue.kind=Normal workflowRunTimeout=50s workflowTaskTimeout=7s initiator=CronSchedule lastCompletionResult=last header=header input=next';
    expectHistory(
      play,
      `${worked}
       5 WorkflowExecutionContinuedAsNew ${said} backoffStartInterval=3s failure.message=before`,
    );
    expectHistory(
      nextOf(play),
      `1 WorkflowExecutionStarted ${said} firstWorkflowTaskBackoff=3s continuedFailure.message=before retryPolicy.maximumAttempts=4 attempt=1`,
    );
    const closing = play.history[4]?.workflowExecutionContinuedAsNewEventAttributes;
    const first = nextOf(play).history[0]?.workflowExecutionStartedEventAttributes;
    expect(closing?.memo).toEqual(memoOf({ a: 1 }));
    expect(first?.memo).toEqual(memoOf({ a: 1 }));
    expect(first?.searchAttributes).toEqual(closing?.searchAttributes);
    expect(Object.keys(closing?.searchAttributes?.indexedFields ?? {})).toEqual(['CustomInt']);
  });

  test('what it leaves out is inherited, or nothing: then neither event has it', () => {
    const play = new Play({
      workflowRunTimeout: s(90),
      workflowTaskTimeout: s(9),
      retryPolicy: { maximumAttempts: 4 },
      header: data('header'),
      input: data('in'),
      lastCompletionResult: data('last'),
    });
    play.work([continueAsNew()]);
    const inherited =
      'workflowType.name=type taskQueue.name=queue workflowRunTimeout=90s workflowTaskTimeout=9s';
    const left = 'input=none header=none memo=none lastCompletionResult=none searchAttributes=none';
    expectHistory(
      play,
      `${worked}
       5 WorkflowExecutionContinuedAsNew ${inherited} ${left} failure=none backoffStartInterval=none initiator=0`,
    );
    const next = nextOf(play);
    expectHistory(
      next,
      `1 WorkflowExecutionStarted ${inherited} ${left} continuedFailure=none retryPolicy=none`,
    );
    next.pass(1);
    next.work([failWorkflow('x')]);
    expect(next.next).toBeNull();
  });

  test('input and header are kept for the attempts of the next run, if its policy has any', () => {
    const given = { input: data('next'), header: data('header') };
    const retryPolicy = { maximumAttempts: 2 };
    const play = new Play();
    play.work([continueAsNew({ ...given, retryPolicy })]);
    const next = nextOf(play);
    next.pass(1);
    next.work([failWorkflow('x')]);
    expectHistory(
      nextOf(next),
      '1 WorkflowExecutionStarted input=next header=header attempt=2 retryPolicy.maximumAttempts=2',
    );
    const without = new Play({ retryPolicy });
    without.work([continueAsNew(given)]);
    const { header, input } = nextOf(without).state.start;
    expect([header.length, input.length]).toEqual([0, 0]);
  });

  test('the chain keeps its links, its priority and its time; a memo only when given again', () => {
    const link = { workflowEvent: { namespace: 'n', workflowId: 'w', runId: 'r' } };
    const play = new Play({
      links: [link],
      priority: { priorityKey: 1 },
      workflowExecutionTimeout: s(100),
      memo: data('memo'),
      userMetadata: data('summary'),
    });
    play.pass(60);
    play.work([continueAsNew({ workflowRunTimeout: s(90) })]);
    const { start } = nextOf(play).state;
    expect(start.links.map((bytes) => linkCodec.decode(bytes))).toMatchObject([link]);
    expect(start.priority).toEqual(play.state.start.priority);
    expect(start.executionExpirationUs).toBe(play.state.start.executionExpirationUs);
    expect(start.runExpirationUs).toBe(start.executionExpirationUs);
    expect([start.memo.length, start.userMetadata.length, start.identity]).toEqual([0, 0, '']);
    const [started] = nextOf(play).history;
    expect(started?.links).toMatchObject([link]);
    expect(toUs(started?.workflowExecutionStartedEventAttributes?.workflowRunTimeout)).toBe(
      90 * usPerSecond,
    );
  });

  test.for([
    [0, undefined, 1],
    [0.4, undefined, 0.6],
    [1, undefined, 0],
    [0.4, s(3), 3],
    [0.4, { nanos: 100_000_000 }, 0.6],
    [5, { nanos: 100_000_000 }, 0.1],
  ] as const)('lived %f s, asked to wait %o: waits %f s', ([lived, asked, wanted]) => {
    const play = new Play();
    play.pass(lived);
    play.work([continueAsNew(asked === undefined ? {} : { backoffStartInterval: asked })]);
    const { executionTimeUs, startTimeUs } = nextOf(play).state.start;
    expect((executionTimeUs - startTimeUs) / usPerSecond).toBeCloseTo(wanted, 6);
  });

  test('the time before the first task is no time that the run had', () => {
    const play = new Play();
    play.work([continueAsNew({ backoffStartInterval: s(10) })]);
    const next = nextOf(play);
    next.pass(10);
    next.work([continueAsNew()]);
    expect(nextOf(next).state.progress.firstTaskAtUs).toBe(next.nowUs + usPerSecond);
    // A run whose wait was cut short has had no time at all, and no less than none.
    const cut = new Play({ workflowStartDelay: s(100) });
    cut.requestCancel();
    cut.work([continueAsNew()]);
    expect(nextOf(cut).state.progress.firstTaskAtUs).toBe(cut.nowUs + usPerSecond);
  });

  test('a command that is not in order leaves the run open, with no next one', () => {
    const name = 'ContinueAsNewWorkflowExecution';
    const cases = [
      [continueAsNew({ workflowRunTimeout: s(-1) }), 'Invalid WorkflowRunTimeout on '],
      [continueAsNew({ workflowType: { name: 'x'.repeat(1001) } }), 'WorkflowType on '],
      [continueAsNew({ taskQueue: { name: 'x'.repeat(1001) } }), 'TaskQueue on '],
      [continueAsNew({ taskQueue: { name: '/_sys/q' } }), 'TaskQueue on '],
      [continueAsNew({ retryPolicy: { maximumAttempts: -1 } }), 'invalid WorkflowRetryPolicy on '],
      [
        { commandType: continueAsNew().commandType ?? 0 },
        `${name}CommandAttributes is not set on `,
      ],
    ] as const;
    for (const [command, text] of cases) {
      const play = new Play();
      const said = play.work([command]);
      expect(said).toContain(`INVALID_ARGUMENT BadContinueAsNewAttributes: ${text}${name}Command`);
      expect(play.next).toBeNull();
      expect(play.state.progress.status).toBe(1);
    }
  });

  test.for([-1, 0, 1])('a type or queue whose name has 1000 bytes and %i', (over) => {
    const name = 'é'.repeat(499) + 'x'.repeat(2 + over);
    for (const [field, given] of [
      ['WorkflowType', { workflowType: { name } }],
      ['TaskQueue', { taskQueue: { name } }],
    ] as const) {
      const play = new Play();
      const said = play.work([continueAsNew(given)]);
      if (over <= 0) expect(said).toBeNull();
      else expect(said).toContain(`${field} on ContinueAsNewWorkflowExecutionCommand exceeds`);
    }
  });

  test('search attributes are those of the command, with their types; wrong ones fail the task', () => {
    const indexedFields = { CustomKeyword: payloadOf('before') };
    const play = new Play({ searchAttributes: { indexedFields } });
    const given = { indexedFields: { CustomInt: payloadOf(1) } };
    play.work([continueAsNew({ searchAttributes: given })]);
    const kept = searchAttributesCodec.decode(nextOf(play).state.searchAttributes).indexedFields;
    expect(Object.keys(kept)).toEqual(['CustomInt']);
    expect(readTextPayload(kept['CustomInt'] ?? data('')).type).toBe('Int');
    for (const wrong of [{ Unknown: payloadOf('x') }, { CustomInt: payloadOf('x') }]) {
      const refused = new Play();
      const said = refused.work([continueAsNew({ searchAttributes: { indexedFields: wrong } })]);
      expect(said).toMatch(/^INVALID_ARGUMENT BadSearchAttributes: /);
      expect(refused.next).toBeNull();
    }
  });

  test('not while something waits', () => {
    const play = new Play();
    play.startTask();
    play.signal('s');
    expect(play.complete([continueAsNew()])).toBe('INVALID_ARGUMENT UnhandledCommand');
    expect(play.next).toBeNull();
  });

  test('by the initiator Retry the attempts go on', () => {
    const play = new Play();
    play.work([continueAsNew({ initiator: 2 })]);
    const next = nextOf(play);
    expectHistory(next, '1 WorkflowExecutionStarted initiator=Retry attempt=2');
  });
});
