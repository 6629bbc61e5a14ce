// Continue-as-new (wire-contract 2.7, 3.12), without an SDK.

import {
  attributesOf,
  completeWorkflow,
  continueAsNew,
  enumValue,
  jsonMemo,
  jsonPayloads,
  namespace,
  readHistory,
  ScriptedRun,
  statusOf,
} from '@perdure/testing/golden';
import { decodeEvents } from '@perdure/wire';
import { expect, test } from 'vitest';
import { expectHistory } from '../expect-history.ts';
import { serverUnderTest } from '../server-under-test.ts';

const server = serverUnderTest();

const s = (seconds: number): { seconds: number } => ({ seconds });
const closeEventOnly = enumValue('HISTORY_EVENT_FILTER_TYPE', 'CLOSE_EVENT');

/** Seconds that the first task of a run waits, as its first event says. */
async function backoffOf(run: ScriptedRun): Promise<number> {
  const [started] = await run.history();
  const backoff = started?.workflowExecutionStartedEventAttributes?.firstWorkflowTaskBackoff;
  return (backoff?.seconds ?? 0) + (backoff?.nanos ?? 0) / 1e9;
}

test.concurrent('continue as new: the closing event, and the first of the next run', async () => {
  const run = await ScriptedRun.start(server.raw, {
    input: jsonPayloads('first'),
    workflowExecutionTimeout: s(100),
    workflowRunTimeout: s(50),
    workflowTaskTimeout: s(7),
    priority: { priorityKey: 2 },
  });
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [
    continueAsNew({ input: jsonPayloads('second') }),
  ]);
  const next = await run.current();
  expect(next.runId).not.toBe(run.runId);
  const inherited = `workflowType.name=golden-workflow taskQueue.name=${run.taskQueue} input=second workflowRunTimeout=50s workflowTaskTimeout=7s`;
  expectHistory(
    await run.history(),
    `1 WorkflowExecutionStarted  input=first firstExecutionRunId=${run.runId} continuedExecutionRunId="" initiator=UNSPECIFIED
     2 WorkflowTaskScheduled
     3 WorkflowTaskStarted
     4 WorkflowTaskCompleted
     5 WorkflowExecutionContinuedAsNew  ${inherited} newExecutionRunId=${next.runId} workflowTaskCompletedEventId=4 backoffStartInterval=none`,
  );
  const [started] = await next.history();
  expectHistory(
    started === undefined ? [] : [started],
    `1 WorkflowExecutionStarted  ${inherited} workflowExecutionTimeout=100s continuedExecutionRunId=${run.runId} initiator=WORKFLOW originalExecutionRunId=${next.runId} firstExecutionRunId=${run.runId} attempt=1 identity="" priority.priorityKey=2 retryPolicy=none continuedFailure=none`,
  );
  const info = (await run.describe()).workflowExecutionInfo;
  expect(info).toMatchObject({ status: 6, historyLength: 5, firstRunId: run.runId });
  expect((await next.describe()).workflowExecutionInfo).toMatchObject({
    status: 1,
    firstRunId: run.runId,
    taskQueue: run.taskQueue,
  });
});

test.concurrent('continue as new: the time of the execution is that of the chain', async () => {
  const run = await ScriptedRun.start(server.raw, { workflowExecutionTimeout: s(100) });
  const ends = (await run.describe()).workflowExtendedInfo?.executionExpirationTime;
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [
    continueAsNew({ workflowRunTimeout: s(500), workflowTaskTimeout: s(300) }),
  ]);
  const next = await run.current();
  const described = await next.describe();
  expect(described.workflowExtendedInfo).toMatchObject({
    executionExpirationTime: ends,
    runExpirationTime: ends,
  });
  const [started] = await next.history();
  expect(started?.workflowExecutionStartedEventAttributes).toMatchObject({
    workflowRunTimeout: s(100),
    workflowTaskTimeout: s(100),
    workflowExecutionExpirationTime: ends,
  });
});

test.concurrent('continue as new: everything that the command says', async () => {
  const run = await ScriptedRun.start(server.raw, { memo: jsonMemo({ note: 'one' }) });
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [
    continueAsNew({
      workflowType: { name: 'another' },
      taskQueue: { name: run.taskQueue },
      retryPolicy: { maximumAttempts: 3 },
      memo: jsonMemo({ note: 'two' }),
      lastCompletionResult: jsonPayloads('last'),
      backoffStartInterval: s(2),
    }),
  ]);
  const next = await run.current();
  const given = 'workflowType.name=another lastCompletionResult=last';
  const [closed] = (await run.history()).slice(-1);
  expect(attributesOf(closed as never)).toMatchObject({ backoffStartInterval: s(2) });
  const [started] = await next.history();
  expectHistory(
    started === undefined ? [] : [started],
    `1 WorkflowExecutionStarted  ${given} attempt=1 retryPolicy.maximumAttempts=3 retryPolicy.initialInterval=1s firstWorkflowTaskBackoff=2s`,
  );
  const info = (await next.describe()).workflowExecutionInfo;
  const described = (info?.executionTime?.seconds ?? 0) - (info?.startTime?.seconds ?? 0);
  expect(described).toBe(2);
  expect(info?.memo).toEqual(jsonMemo({ note: 'two' }));
  expect(started?.workflowExecutionStartedEventAttributes?.memo).toEqual(info?.memo);
});

test.concurrent('continue as new: no memo that is not in the command', async () => {
  const run = await ScriptedRun.start(server.raw, { memo: jsonMemo({ note: 'one' }) });
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [continueAsNew()]);
  const next = await run.current();
  const [started] = await next.history();
  expect(started?.workflowExecutionStartedEventAttributes?.memo).toHaveLength(0);
});

test.concurrent('continue as new: runs of a chain start a second apart, without a task in between', async () => {
  const run = await ScriptedRun.start(server.raw);
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [continueAsNew()]);
  const second = await run.current();
  const backoff = await backoffOf(second);
  expect(backoff).toBeGreaterThan(0.1);
  expect(backoff).toBeLessThan(1);
  expect((await second.history()).length).toBe(1);
  const task = await run.nextWorkflowTask();
  expect(task.workflowExecution).toMatchObject(second.execution);
  await run.completeWorkflowTask(task, [continueAsNew()]);
  // The time before the first task is no time that the run had.
  expect(await backoffOf(await run.current())).toBeGreaterThan(0.5);
});

test.concurrent('continue as new: a run that had a second goes on at once', async () => {
  const run = await ScriptedRun.start(server.raw);
  const task = await run.nextWorkflowTask();
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  await run.completeWorkflowTask(task, [continueAsNew()]);
  const next = await run.current();
  expectHistory(
    await next.history(),
    `1 WorkflowExecutionStarted
     2 WorkflowTaskScheduled`,
  );
  expect(await backoffOf(next)).toBe(0);
});

test.concurrent('continue as new: not before what waits has been seen', async () => {
  const run = await ScriptedRun.start(server.raw);
  const task = await run.nextWorkflowTask();
  await run.signal('wait');
  const refused = await statusOf(run.completeWorkflowTask(task, [continueAsNew()]));
  expect(refused).toMatchObject({ code: 'INVALID_ARGUMENT', message: 'UnhandledCommand' });
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [continueAsNew()]);
  expectHistory(
    await run.history(),
    `1 WorkflowExecutionStarted
     2 WorkflowTaskScheduled
     3 WorkflowTaskStarted
     4 WorkflowTaskFailed  cause=UNHANDLED_COMMAND
     5 WorkflowExecutionSignaled
     6 WorkflowTaskScheduled
     7 WorkflowTaskStarted
     8 WorkflowTaskCompleted
     9 WorkflowExecutionContinuedAsNew  workflowTaskCompletedEventId=8`,
  );
});

test.concurrent('continue as new: what is wrong with the command', async () => {
  const name = 'ContinueAsNewWorkflowExecution';
  const cases = [
    [{ workflowRunTimeout: s(-1) }, `Invalid WorkflowRunTimeout on ${name}Command: negative`],
    [{ workflowTaskTimeout: s(-1) }, `Invalid WorkflowTaskTimeout on ${name}Command: negative`],
    [{ backoffStartInterval: s(-1) }, `Invalid BackoffStartInterval on ${name}Command: negative`],
    [{ workflowType: { name: 'x'.repeat(1001) } }, `WorkflowType on ${name}Command exceeds length`],
  ] as const;
  for (const [attributes, text] of cases) {
    const run = await ScriptedRun.start(server.raw);
    const task = await run.nextWorkflowTask();
    const said = await statusOf(run.completeWorkflowTask(task, [continueAsNew(attributes)]));
    expect(said.code).toBe('INVALID_ARGUMENT');
    expect(said.message).toContain(`BadContinueAsNewAttributes: ${text}`);
    const failed = (await run.history())[3];
    expect(failed?.workflowTaskFailedEventAttributes?.cause).toBe(11);
  }
});

test.concurrent('continue as new: an input that is too large ends the run', async () => {
  const run = await ScriptedRun.start(server.raw);
  const task = await run.nextWorkflowTask();
  const input = jsonPayloads('x'.repeat(2 * 1024 * 1024));
  const said = await statusOf(run.completeWorkflowTask(task, [continueAsNew({ input })]));
  const text =
    'BadContinueAsNewAttributes: ContinueAsNewWorkflowExecutionCommandAttributes. Input exceeds size limit.';
  expect(said).toMatchObject({ code: 'INVALID_ARGUMENT', message: text });
  const [failed, terminated] = (await run.history()).slice(3);
  expect(failed?.workflowTaskFailedEventAttributes?.cause).toBe(11);
  expect(terminated?.workflowExecutionTerminatedEventAttributes).toMatchObject({
    reason: text,
    identity: 'history-service',
  });
});

test.concurrent('continue as new: a client that waits for the end is shown the way to the next run', async () => {
  const run = await ScriptedRun.start(server.raw);
  const waiting = server.raw.call('GetWorkflowExecutionHistory', {
    namespace,
    execution: run.execution,
    waitNewEvent: true,
    historyEventFilterType: closeEventOnly,
  });
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [continueAsNew()]);
  const [closed, ...rest] = decodeEvents((await waiting).history);
  expect(rest).toEqual([]);
  const next = await run.current();
  const continued = closed?.workflowExecutionContinuedAsNewEventAttributes;
  expect(continued?.newExecutionRunId).toBe(next.runId);
  // Without a run id: the newest run of the chain.
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [completeWorkflow('end')]);
  const ofChain = await readHistory(server.raw, { workflowId: run.workflowId });
  expect(ofChain.at(-1)?.workflowExecutionCompletedEventAttributes).not.toBeNull();
});

test.concurrent('continue as new: cancel and terminate by the first run of the chain reach the newest', async () => {
  const run = await ScriptedRun.start(server.raw);
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [continueAsNew()]);
  const { workflowId } = run;
  const request = { namespace, workflowExecution: { workflowId }, firstExecutionRunId: run.runId };
  await run.client.call('TerminateWorkflowExecution', request);
  const next = await run.current();
  expect((await next.describe()).workflowExecutionInfo?.status).toBe(5);
});
