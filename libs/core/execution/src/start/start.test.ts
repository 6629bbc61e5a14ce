import { fromUs, noBytes, toUs, usPerSecond } from '@perdure/kernel';
import {
  EventType,
  encodeEvent,
  priorityCodec,
  type RpcRequestInit,
  retryPolicyCodec,
  rpcCodec,
  searchAttributesCodec,
  TaskQueueKind,
} from '@perdure/wire';
import { describe, expect, test } from 'vitest';
import { applicationFailure, data, payloadOf } from '../commands.fixture.ts';
import { defaultRunLimits } from '../limits.ts';
import { Play, run } from '../play.fixture.ts';
import { settleRunTimeouts } from './run-timeouts.ts';
import { startRun } from './start.ts';

type Request = RpcRequestInit<'StartWorkflowExecution'>;
const s = (seconds: number): { seconds: number } => ({ seconds });
const codec = rpcCodec('StartWorkflowExecution').request;

describe('settleRunTimeouts', () => {
  /** Seconds: execution, run, task. */
  const cases: readonly (readonly [Request, readonly [number, number, number]])[] = [
    [{}, [0, 0, 10]],
    [{ workflowExecutionTimeout: s(100) }, [100, 100, 10]],
    [{ workflowExecutionTimeout: s(100), workflowRunTimeout: s(500) }, [100, 100, 10]],
    [{ workflowExecutionTimeout: s(100), workflowRunTimeout: s(50) }, [100, 50, 10]],
    [{ workflowRunTimeout: s(50) }, [0, 50, 10]],
    [{ workflowRunTimeout: s(5) }, [0, 5, 5]],
    [{ workflowTaskTimeout: s(300) }, [0, 0, 120]],
    [{ workflowTaskTimeout: s(30), workflowRunTimeout: s(20) }, [0, 20, 20]],
  ];
  test.for(cases)('%o', ([request, wanted]) => {
    const found = settleRunTimeouts(codec.decode(codec.encode(request)));
    const us = [found.executionUs, found.runUs, found.taskUs];
    expect(us.map((each) => each / usPerSecond)).toEqual(wanted);
  });
});

test('startRun writes what the request says into the first event, and keeps it', () => {
  const searchAttributes = { indexedFields: { Key: payloadOf('value') } };
  const priority = { priorityKey: 2 };
  const link = { workflowEvent: { namespace: 'n', workflowId: 'w', runId: 'r' } };
  const play = new Play({
    input: data('input'),
    header: data('header'),
    memo: data('memo'),
    userMetadata: data('summary'),
    lastCompletionResult: data('last'),
    continuedFailure: applicationFailure('before'),
    workflowExecutionTimeout: s(100),
    retryPolicy: { maximumAttempts: 3 },
    searchAttributes,
    priority,
    links: [link],
  });
  const { found, wanted } = play.compare(
    `1 WorkflowExecutionStarted input=input header=header memo=memo userMetadata=summary lastCompletionResult=last workflowExecutionTimeout=100s workflowRunTimeout=100s workflowTaskTimeout=10s retryPolicy.maximumAttempts=3 retryPolicy.initialInterval=1s priority.priorityKey=2
     2 WorkflowTaskScheduled`,
  );
  expect(found).toEqual(wanted);
  const [started] = play.history;
  const attributes = started?.workflowExecutionStartedEventAttributes;
  expect(started?.links[0]?.workflowEvent).toMatchObject(link.workflowEvent);
  expect(attributes?.searchAttributes?.indexedFields['Key']).toEqual(
    Buffer.from(payloadOf('value')),
  );
  expect(toUs(attributes?.workflowExecutionExpirationTime)).toBe(play.nowUs + 100 * usPerSecond);
  const { start, progress } = play.state;
  expect(start).toMatchObject({
    workflowType: 'type',
    taskQueue: 'queue',
    createRequestId: 'start-request',
    runExpirationUs: play.nowUs + 100 * usPerSecond,
    memo: Buffer.from('memo'),
    userMetadata: Buffer.from('summary'),
  });
  expect(priorityCodec.decode(start.priority)).toMatchObject(priority);
  expect(retryPolicyCodec.decode(start.retryPolicy).maximumAttempts).toBe(3);
  expect(searchAttributesCodec.decode(start.searchAttributes)).toMatchObject({
    indexedFields: { Key: Buffer.from(payloadOf('value')) },
  });
  expect(progress).toMatchObject({ version: 1, nextEventId: 3, status: 1 });
  expect(play.effects).toEqual([{ kind: 'offerWorkflowTask' }]);
});

test('a run that was given no time has no end', () => {
  const { executionExpirationUs, runExpirationUs } = new Play().state.start;
  expect([executionExpirationUs, runExpirationUs]).toEqual([0, 0]);
});

test('a start that comes with a signal cannot bring a result or failure of a run before', () => {
  const both = rpcCodec('SignalWithStartWorkflowExecution').request;
  const request = both.decode(both.encode({ workflowType: { name: 'type' }, input: data('in') }));
  const limits = defaultRunLimits;
  const started = startRun({ run, request, requestId: 'id', keys: [], nowUs: 1, limits });
  const { found, wanted } = new Play({}, started).compare(
    `1 WorkflowExecutionStarted workflowType.name=type input=in lastCompletionResult=none
     2 WorkflowTaskScheduled`,
  );
  expect(found).toEqual(wanted);
});

test('the first event says what was given, however short, and of the rest nothing, not even that it is empty', () => {
  const short = new Play({
    input: data('i'),
    header: data('h'),
    memo: data('m'),
    lastCompletionResult: data('l'),
  });
  const { found, wanted } = short.compare(
    `1 WorkflowExecutionStarted input=i header=h memo=m lastCompletionResult=l
     2 WorkflowTaskScheduled`,
  );
  expect(found).toEqual(wanted);

  const play = new Play();
  const first = encodeEvent({
    eventId: 1,
    eventTime: fromUs(play.nowUs),
    eventType: EventType.WorkflowExecutionStarted,
    taskId: 1,
    workflowExecutionStartedEventAttributes: {
      workflowType: { name: 'type' },
      taskQueue: { name: 'queue', kind: TaskQueueKind.Normal },
      workflowTaskTimeout: s(10),
      originalExecutionRunId: run.runId,
      firstExecutionRunId: run.runId,
      workflowId: run.workflowId,
      attempt: 1,
      identity: 'client',
      firstWorkflowTaskBackoff: s(0),
    },
  });
  const written = play.transitions[0]?.body.events ?? noBytes;
  expect(Buffer.from(written.subarray(0, first.length))).toEqual(Buffer.from(first));
});
