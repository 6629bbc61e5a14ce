// How runs close, and what a new start of the same workflow id then gets (wire-contract 2.6 and 3.9), without an SDK.

import { randomUUID } from 'node:crypto';
import {
  completeWorkflow,
  enumValue,
  failWorkflow,
  namespace,
  ScriptedRun,
  startTimer,
  statusOf,
} from '@perdure/testing/golden';
import { expect, test } from 'vitest';
import { expectHistory } from '../expect-history.ts';
import { serverUnderTest } from '../server-under-test.ts';

const server = serverUnderTest();
const reuse = (policy: string): number => enumValue('WORKFLOW_ID_REUSE_POLICY', policy);
const conflict = (policy: string): number => enumValue('WORKFLOW_ID_CONFLICT_POLICY', policy);

const inTask = `1 WorkflowExecutionStarted
     2 WorkflowTaskScheduled
     3 WorkflowTaskStarted`;

test.concurrent('fail: the failure, and that no policy says to retry', async () => {
  const run = await ScriptedRun.start(server.raw);
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [failWorkflow('broken')]);
  expectHistory(
    await run.history(),
    `${inTask}
     4 WorkflowTaskCompleted
     5 WorkflowExecutionFailed  failure.message=broken retryState=RETRY_POLICY_NOT_SET workflowTaskCompletedEventId=4`,
  );
});

test.concurrent('run time-out with the task started: it is failed by force, then timed out', async () => {
  const run = await ScriptedRun.start(server.raw, { workflowRunTimeout: { seconds: 1 } });
  await run.nextWorkflowTask();
  await closed(run);
  expectHistory(
    await run.history(),
    `${inTask}
     4 WorkflowTaskFailed  cause=FORCE_CLOSE_COMMAND
     5 WorkflowExecutionTimedOut  retryState=RETRY_POLICY_NOT_SET`,
  );
});

async function closed(run: ScriptedRun): Promise<void> {
  await run.client.call('GetWorkflowExecutionHistory', {
    namespace,
    execution: run.execution,
    waitNewEvent: true,
    historyEventFilterType: enumValue('HISTORY_EVENT_FILTER_TYPE', 'CLOSE_EVENT'),
  });
}

test.concurrent('terminate: buffered events are written before it', async () => {
  const run = await ScriptedRun.start(server.raw);
  await run.nextWorkflowTask();
  await run.signal('never seen');
  await run.terminate('now');
  expectHistory(
    await run.history(),
    `${inTask}
     4 WorkflowTaskFailed  cause=FORCE_CLOSE_COMMAND
     5 WorkflowExecutionSignaled  signalName="never seen"
     6 WorkflowExecutionTerminated  reason=now`,
  );
});

test.concurrent('run time-out: buffered events are written before it', async () => {
  const run = await ScriptedRun.start(server.raw, { workflowRunTimeout: { seconds: 1 } });
  await run.nextWorkflowTask();
  await run.signal('never seen');
  await closed(run);
  expectHistory(
    await run.history(),
    `${inTask}
     4 WorkflowTaskFailed  cause=FORCE_CLOSE_COMMAND
     5 WorkflowExecutionSignaled
     6 WorkflowExecutionTimedOut`,
  );
});

test.concurrent('complete: pending timers and activities leave no event', async () => {
  const run = await ScriptedRun.start(server.raw);
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [
    startTimer('t', 1_000),
    completeWorkflow(),
  ]);
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  expectHistory(
    await run.history(),
    `${inTask}
     4 WorkflowTaskCompleted
     5 TimerStarted
     6 WorkflowExecutionCompleted`,
  );
});

test.concurrent('terminate and cancel of another chain: NOT_FOUND', async () => {
  const run = await ScriptedRun.start(server.raw);
  const { workflowId } = run;
  const request = {
    namespace,
    workflowExecution: { workflowId },
    firstExecutionRunId: randomUUID(),
  };
  for (const rpc of ['TerminateWorkflowExecution', 'RequestCancelWorkflowExecution'] as const) {
    expect((await statusOf(run.client.call(rpc, request))).code).toBe('NOT_FOUND');
  }
  const firstExecutionRunId = run.runId;
  await run.client.call('TerminateWorkflowExecution', { ...request, firstExecutionRunId });
  expect((await run.history()).length).toBe(3);
});

test.concurrent('use existing: the open run, not started', async () => {
  const run = await ScriptedRun.start(server.raw);
  const again = await run.start({ workflowIdConflictPolicy: conflict('USE_EXISTING') });
  expect(again).toMatchObject({ runId: run.runId, started: false, status: 1 });
  expect((await run.history()).length).toBe(2);
  await run.terminate('end of test');
});

test.concurrent('terminate existing: the old run says which one replaced it', async () => {
  const run = await ScriptedRun.start(server.raw);
  const again = await run.start({ workflowIdConflictPolicy: conflict('TERMINATE_EXISTING') });
  expect(again.started).toBe(true);
  expectHistory(
    await run.history(),
    `1 WorkflowExecutionStarted
     2 WorkflowTaskScheduled
     3 WorkflowExecutionTerminated  reason="TerminateIfRunning WorkflowIdReusePolicy" details="terminated by new runID: ${again.runId}" identity=history-service`,
  );
  const task = await run.nextWorkflowTask();
  expect(task.workflowExecution?.runId).toBe(again.runId);
  await run.completeWorkflowTask(task, [completeWorkflow()]);
});

test.concurrent('terminate if running: the older name of terminate existing', async () => {
  const run = await ScriptedRun.start(server.raw);
  const again = await run.start({ workflowIdReusePolicy: reuse('TERMINATE_IF_RUNNING') });
  expect(again.runId).not.toBe(run.runId);
  expect((await run.describe()).workflowExecutionInfo?.status).toBe(5);
});

const refused: readonly { policy: string; text: string }[] = [
  { policy: 'REJECT_DUPLICATE', text: 'Workflow execution already finished.' },
  {
    policy: 'ALLOW_DUPLICATE_FAILED_ONLY',
    text: 'Workflow execution already finished successfully.',
  },
];
for (const { policy, text } of refused) {
  test.concurrent(`${policy} after a completed run: ALREADY_EXISTS, and why`, async () => {
    const run = await ScriptedRun.start(server.raw);
    await run.completeWorkflowTask(await run.nextWorkflowTask(), [completeWorkflow()]);
    const status = await statusOf(run.start({ workflowIdReusePolicy: reuse(policy) }));
    expect(status.code).toBe('ALREADY_EXISTS');
    expect(status.message.startsWith(text)).toBe(true);
    expect(status.detail('WorkflowExecutionAlreadyStartedFailure')).toMatchObject({
      runId: run.runId,
    });
  });
}

test.concurrent('policies that contradict each other: INVALID_ARGUMENT', async () => {
  const pairs = [
    ['TERMINATE_IF_RUNNING', 'USE_EXISTING'],
    ['REJECT_DUPLICATE', 'TERMINATE_EXISTING'],
  ] as const;
  for (const [reusePolicy, conflictPolicy] of pairs) {
    const start = new ScriptedRun(server.raw).start({
      workflowIdReusePolicy: reuse(reusePolicy),
      workflowIdConflictPolicy: conflict(conflictPolicy),
    });
    expect((await statusOf(start)).code).toBe('INVALID_ARGUMENT');
  }
});

test.concurrent('description of a closed run: no pending work', async () => {
  const run = await ScriptedRun.start(server.raw);
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [
    startTimer('t', 60_000),
    completeWorkflow(),
  ]);
  const description = await run.describe();
  expect(description).toMatchObject({ pendingActivities: [], pendingWorkflowTask: null });
  expect(description.workflowExecutionInfo).toMatchObject({ status: 2, historyLength: 6 });
});
