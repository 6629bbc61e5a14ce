// Retry policies of workflows (wire-contract 2.7, 3.12), without an SDK.

import {
  applicationFailure,
  completeWorkflow,
  continueAsNew,
  enumValue,
  failWorkflow,
  jsonMemo,
  jsonPayloads,
  namespace,
  readFailure,
  ScriptedRun,
} from '@perdure/testing/golden';
import { decodeEvents, type HistoryEvent, type RpcRequestInit } from '@perdure/wire';
import { expect, test } from 'vitest';
import { expectEvents, expectHistory } from '../expect-history.ts';
import { serverUnderTest } from '../server-under-test.ts';

const server = serverUnderTest();

type Start = RpcRequestInit<'StartWorkflowExecution'>;
type Policy = NonNullable<Start['retryPolicy']>;
const s = (seconds: number): { seconds: number } => ({ seconds });
const closeEventOnly = enumValue('HISTORY_EVENT_FILTER_TYPE', 'CLOSE_EVENT');
const inTask = `1 WorkflowExecutionStarted
     2 WorkflowTaskScheduled
     3 WorkflowTaskStarted`;

async function failed(run: ScriptedRun, message = 'broken', failure?: Uint8Array): Promise<void> {
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [failWorkflow(message, failure)]);
}

/** The closing event as a client gets it that asks for it alone. */
async function closeEvent(
  run: ScriptedRun,
  headers: Readonly<Record<string, string>> = {},
): Promise<HistoryEvent | undefined> {
  const { history } = await server.raw.call(
    'GetWorkflowExecutionHistory',
    {
      namespace,
      execution: run.execution,
      waitNewEvent: true,
      historyEventFilterType: closeEventOnly,
    },
    { headers },
  );
  return decodeEvents(history)[0];
}

test.concurrent('retry: the failed run, its back-off, the next attempt', async () => {
  const run = await ScriptedRun.start(server.raw, {
    input: jsonPayloads('in'),
    memo: jsonMemo({ note: 'kept' }),
    workflowRunTimeout: s(50),
    lastCompletionResult: jsonPayloads('before'),
    retryPolicy: { initialInterval: { seconds: 1, nanos: 500_000_000 }, maximumAttempts: 2 },
  });
  await failed(run);
  const next = await run.current();
  expectHistory(
    await run.history(),
    `${inTask}
     4 WorkflowTaskCompleted
     5 WorkflowExecutionFailed  failure.message=broken retryState=IN_PROGRESS workflowTaskCompletedEventId=4 newExecutionRunId=${next.runId}`,
  );
  const started = `1 WorkflowExecutionStarted  attempt=2 initiator=RETRY input=in continuedExecutionRunId=${run.runId} firstExecutionRunId=${run.runId} originalExecutionRunId=${next.runId} continuedFailure.message=broken lastCompletionResult=none firstWorkflowTaskBackoff=1.5s retryPolicy.maximumAttempts=2 workflowRunTimeout=50s identity=""`;
  expectHistory(await next.history(), started);
  const described = await next.describe();
  expect(described.workflowExecutionInfo).toMatchObject({ status: 1, firstRunId: run.runId });
  expect(described.workflowExecutionInfo?.memo).toEqual(jsonMemo({ note: 'kept' }));
  expect(described.pendingWorkflowTask).toBeNull();
  const task = await run.nextWorkflowTask();
  expect(task).toMatchObject({ startedEventId: 3, workflowExecution: next.execution });
  expectEvents(
    task.events,
    `${started}
     2 WorkflowTaskScheduled  attempt=1
     3 WorkflowTaskStarted`,
  );
  await run.completeWorkflowTask(task, [failWorkflow('again')]);
  const [closed] = (await next.history()).slice(-1);
  expect(closed?.workflowExecutionFailedEventAttributes).toMatchObject({
    retryState: enumValue('RETRY_STATE', 'MAXIMUM_ATTEMPTS_REACHED'),
    newExecutionRunId: '',
  });
  expect((await run.current()).runId).toBe(next.runId);
});

test.concurrent('retry: a client that waits is shown the way, unless it follows chains itself', async () => {
  const run = await ScriptedRun.start(server.raw, { retryPolicy: { maximumAttempts: 2 } });
  const waiting = closeEvent(run);
  await failed(run);
  const next = await run.current();
  const shown = await waiting;
  expect(shown?.eventId).toBe(5);
  const continued = shown?.workflowExecutionContinuedAsNewEventAttributes;
  expect(continued?.newExecutionRunId).toBe(next.runId);
  expect(readFailure(continued?.failure ?? new Uint8Array()).message).toBe('broken');
  const followed = await closeEvent(run, { 'supported-features': 'a,follows-next-run-id' });
  expect(followed?.workflowExecutionFailedEventAttributes?.newExecutionRunId).toBe(next.runId);
});

test.concurrent('retry: a run that is out of time is tried again', async () => {
  const run = await ScriptedRun.start(server.raw, {
    workflowRunTimeout: s(1),
    retryPolicy: { initialInterval: s(1), maximumAttempts: 2 },
  });
  await run.nextWorkflowTask();
  const shown = await closeEvent(run);
  const next = await run.current();
  const continued = shown?.workflowExecutionContinuedAsNewEventAttributes;
  expect(continued?.newExecutionRunId).toBe(next.runId);
  expect(readFailure(continued?.failure ?? new Uint8Array())).toMatchObject({
    message: 'workflow timeout',
    timeoutFailureInfo: { timeoutType: 1 },
  });
  expectHistory(
    await run.history(),
    `${inTask}
     4 WorkflowTaskFailed  cause=FORCE_CLOSE_COMMAND
     5 WorkflowExecutionTimedOut  retryState=IN_PROGRESS newExecutionRunId=${next.runId}`,
  );
  // Its time counts from its first task.
  await closeEvent(next);
  expectHistory(
    await next.history(),
    `1 WorkflowExecutionStarted  attempt=2 initiator=RETRY continuedFailure.message="workflow timeout" firstWorkflowTaskBackoff=1s
     2 WorkflowTaskScheduled
     3 WorkflowExecutionTimedOut  retryState=MAXIMUM_ATTEMPTS_REACHED`,
  );
});

test.concurrent('retry: not past the time of the execution', async () => {
  const run = await ScriptedRun.start(server.raw, {
    workflowExecutionTimeout: s(1),
    retryPolicy: { initialInterval: { nanos: 100_000_000 } },
  });
  const shown = await closeEvent(run);
  expect(shown?.workflowExecutionTimedOutEventAttributes?.retryState).toBe(3);
});

const application = (info: Parameters<typeof applicationFailure>[1]): Uint8Array =>
  applicationFailure('x', info);

test.concurrent.for<[string, Policy, Uint8Array, Start?]>([
  ['NON_RETRYABLE_FAILURE', {}, application({ nonRetryable: true })],
  ['NON_RETRYABLE_FAILURE', { nonRetryableErrorTypes: ['Golden'] }, application({})],
  ['MAXIMUM_ATTEMPTS_REACHED', { maximumAttempts: 1 }, application({})],
  ['TIMEOUT', { initialInterval: s(10) }, application({}), { workflowExecutionTimeout: s(5) }],
  ['TIMEOUT', {}, application({ nextRetryDelay: s(50) }), { workflowExecutionTimeout: s(5) }],
])('no retry: %s after %o', async ([state, retryPolicy, failure, request]) => {
  const run = await ScriptedRun.start(server.raw, { retryPolicy, ...request });
  await failed(run, 'x', failure);
  const closed = (await run.history()).at(-1);
  expect(closed?.workflowExecutionFailedEventAttributes).toMatchObject({
    retryState: enumValue('RETRY_STATE', state),
    newExecutionRunId: '',
  });
});

test.concurrent.for<[number, Policy, { seconds: number }]>([
  [3, {}, s(3)],
  [5, { maximumInterval: s(5) }, s(500)],
  [100, {}, s(500)],
  [100, {}, s(0)],
])('retry: the delay that a failure asks for: %i s', async ([seconds, retryPolicy, delay]) => {
  const run = await ScriptedRun.start(server.raw, { retryPolicy });
  await failed(run, 'x', application({ nextRetryDelay: delay }));
  const [started] = await (await run.current()).history();
  const backoff = started?.workflowExecutionStartedEventAttributes?.firstWorkflowTaskBackoff;
  expect(backoff).toMatchObject({ seconds });
});

test.concurrent('retry: what comes during the back-off', async () => {
  const run = await ScriptedRun.start(server.raw, { retryPolicy: { initialInterval: s(60) } });
  await failed(run);
  const next = await run.current();
  await next.signal('early');
  expect((await next.history()).length).toBe(2);
  await next.requestCancel('enough');
  const task = await run.nextWorkflowTask();
  expectEvents(
    task.events,
    `1 WorkflowExecutionStarted  attempt=2
     2 WorkflowExecutionSignaled
     3 WorkflowExecutionCancelRequested
     4 WorkflowTaskScheduled
     5 WorkflowTaskStarted`,
  );
  await run.completeWorkflowTask(task, [completeWorkflow()]);
});

test.concurrent("retry, then continue as new: the policy is the command's, attempts count anew", async () => {
  const run = await ScriptedRun.start(server.raw, {
    retryPolicy: { initialInterval: { nanos: 100_000_000 } },
  });
  await failed(run);
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [continueAsNew()]);
  const last = await run.current();
  expectHistory(
    await last.history(),
    `1 WorkflowExecutionStarted  attempt=1 initiator=WORKFLOW firstExecutionRunId=${run.runId} retryPolicy=none`,
  );
  await failed(run);
  const closed = (await last.history()).at(-1);
  expect(closed?.workflowExecutionFailedEventAttributes?.retryState).toBe(5);
});
