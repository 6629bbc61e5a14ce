// The time before a first workflow task that a client asked for (wire-contract 3.1, 3.11), without an SDK.

import { completeWorkflow, namespace, ScriptedRun, statusOf } from '@perdure/testing/golden';
import { expect, test } from 'vitest';
import { expectEvents, expectHistory } from '../expect-history.ts';
import { serverUnderTest } from '../server-under-test.ts';

const server = serverUnderTest();
const s = (seconds: number): { seconds: number } => ({ seconds });

test.concurrent('start delay: no task before its time, and a signal does not change that', async () => {
  const run = await ScriptedRun.start(server.raw, {
    workflowStartDelay: s(2),
    workflowRunTimeout: s(30),
  });
  const started = '1 WorkflowExecutionStarted  firstWorkflowTaskBackoff=2s workflowRunTimeout=30s';
  expectHistory(await run.history(), started);
  const { pendingWorkflowTask, workflowExecutionInfo, workflowExtendedInfo } = await run.describe();
  expect(pendingWorkflowTask).toBeNull();
  const { startTime, executionTime } = workflowExecutionInfo ?? {};
  expect((executionTime?.seconds ?? 0) - (startTime?.seconds ?? 0)).toBe(2);
  const { runExpirationTime } = workflowExtendedInfo ?? {};
  expect((runExpirationTime?.seconds ?? 0) - (startTime?.seconds ?? 0)).toBe(32);
  await run.signal('early');
  expect((await run.history()).length).toBe(2);
  const task = await run.nextWorkflowTask();
  expectEvents(
    task.events,
    `${started}
     2 WorkflowExecutionSignaled
     3 WorkflowTaskScheduled
     4 WorkflowTaskStarted`,
  );
  const [first, , scheduled] = task.events;
  const seconds = (event: typeof first): number =>
    (event?.eventTime?.seconds ?? 0) + (event?.eventTime?.nanos ?? 0) / 1e9;
  expect(seconds(scheduled) - seconds(first)).toBeGreaterThanOrEqual(2);
  await run.completeWorkflowTask(task, [completeWorkflow()]);
});

test.concurrent('start delay: a cancel request ends it', async () => {
  const run = await ScriptedRun.start(server.raw, { workflowStartDelay: s(60) });
  await run.requestCancel('not needed');
  await run.nextWorkflowTask();
  expectHistory(
    await run.history(),
    `1 WorkflowExecutionStarted
     2 WorkflowExecutionCancelRequested  cause="not needed"
     3 WorkflowTaskScheduled
     4 WorkflowTaskStarted`,
  );
});

test.concurrent('start delay: a signal that also starts ends it', async () => {
  const run = await ScriptedRun.start(server.raw, { workflowStartDelay: s(60) });
  expect(await run.signalWithStart()).toMatchObject({ runId: run.runId, started: false });
  await run.nextWorkflowTask();
  expectHistory(
    await run.history(),
    `1 WorkflowExecutionStarted
     2 WorkflowExecutionSignaled
     3 WorkflowTaskScheduled
     4 WorkflowTaskStarted`,
  );
});

test.concurrent('start delay: a terminated run never had a task', async () => {
  const run = await ScriptedRun.start(server.raw, { workflowStartDelay: s(60) });
  await run.terminate('now');
  expectHistory(
    await run.history(),
    `1 WorkflowExecutionStarted
     2 WorkflowExecutionTerminated`,
  );
  const duration = (await run.describe()).workflowExecutionInfo?.executionDuration;
  expect(duration?.seconds).toBe(-59);
});

test.concurrent('start delay: the time of the run counts from its first task, of the execution from the start', async () => {
  const run = await ScriptedRun.start(server.raw, {
    workflowStartDelay: s(1),
    workflowRunTimeout: s(1),
  });
  const short = await ScriptedRun.start(server.raw, {
    workflowStartDelay: s(2),
    workflowExecutionTimeout: s(1),
  });
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  expectHistory(
    await run.history(),
    `1 WorkflowExecutionStarted
     2 WorkflowTaskScheduled
     3 WorkflowExecutionTimedOut  retryState=RETRY_POLICY_NOT_SET`,
  );
  expectHistory(
    await short.history(),
    `1 WorkflowExecutionStarted
     2 WorkflowExecutionTimedOut  retryState=TIMEOUT`,
  );
});

test.concurrent('start delay: a query that cannot be answered in time', async () => {
  const run = await ScriptedRun.start(server.raw, { workflowStartDelay: s(60) });
  const asked = server.raw.call(
    'QueryWorkflow',
    { namespace, execution: run.execution, query: { queryType: 'state' } },
    { timeoutMs: 1_500 },
  );
  expect(await statusOf(asked)).toMatchObject({
    code: 'FAILED_PRECONDITION',
    message: 'Workflow task is not scheduled yet.',
  });
});
