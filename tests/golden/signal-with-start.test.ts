// SignalWithStartWorkflowExecution (wire-contract 1.2, 3.9, 3.10), without an SDK.

import {
  completeWorkflow,
  enumValue,
  jsonPayloads,
  ScriptedRun,
  statusOf,
} from '@perdure/testing/golden';
import { expect, test } from 'vitest';
import { expectEvents, expectHistory } from '../expect-history.ts';
import { serverUnderTest } from '../server-under-test.ts';

const server = serverUnderTest();
const reuse = (policy: string): number => enumValue('WORKFLOW_ID_REUSE_POLICY', policy);
const conflict = (policy: string): number => enumValue('WORKFLOW_ID_CONFLICT_POLICY', policy);

const signaled = `1 WorkflowExecutionStarted
     2 WorkflowExecutionSignaled
     3 WorkflowTaskScheduled`;

test.concurrent('signal with start: a new run has the signal before its first task', async () => {
  const run = new ScriptedRun(server.raw);
  const link = { workflowEvent: { namespace: 'default', workflowId: 'from', runId: 'elsewhere' } };
  const answer = await run.signalWithStart({
    input: jsonPayloads('input'),
    signalInput: jsonPayloads('signal'),
    links: [link],
  });
  expect(answer.started).toBe(true);
  run.runId = answer.runId;
  const task = await run.nextWorkflowTask();
  expectEvents(
    task.events,
    `1 WorkflowExecutionStarted  input=input identity=golden attempt=1 firstExecutionRunId=${run.runId} firstWorkflowTaskBackoff=0s
     2 WorkflowExecutionSignaled  signalName=with-start input=signal identity=golden
     3 WorkflowTaskScheduled
     4 WorkflowTaskStarted`,
  );
  const [started, signal] = await run.history();
  expect(started?.links[0]?.workflowEvent).toMatchObject(link.workflowEvent);
  expect(signal?.links[0]?.workflowEvent).toMatchObject(link.workflowEvent);
});

test.concurrent('signal with start: a run that is there gets the signal', async () => {
  const run = await ScriptedRun.start(server.raw);
  expect(await run.signalWithStart()).toMatchObject({ runId: run.runId, started: false });
  const rejecting = { workflowIdReusePolicy: reuse('REJECT_DUPLICATE') };
  expect(await run.signalWithStart(rejecting)).toMatchObject({ runId: run.runId });
  expectHistory(
    await run.history(),
    `1 WorkflowExecutionStarted
     2 WorkflowTaskScheduled
     3 WorkflowExecutionSignaled
     4 WorkflowExecutionSignaled`,
  );
});

test.concurrent('signal with start: once per request id, of a new run and of one that is there', async () => {
  const run = new ScriptedRun(server.raw);
  const first = await run.signalWithStart({ requestId: 'one' });
  run.runId = first.runId;
  expect(await run.signalWithStart({ requestId: 'one' })).toMatchObject({
    runId: run.runId,
    started: false,
  });
  for (let times = 0; times < 2; times++) await run.signalWithStart({ requestId: 'two' });
  expectHistory(
    await run.history(),
    `${signaled}
     4 WorkflowExecutionSignaled`,
  );
});

test.concurrent('signal with start: terminate existing, and terminate if running', async () => {
  for (const request of [
    { workflowIdConflictPolicy: conflict('TERMINATE_EXISTING') },
    { workflowIdReusePolicy: reuse('TERMINATE_IF_RUNNING') },
  ]) {
    const run = await ScriptedRun.start(server.raw);
    const answer = await run.signalWithStart(request);
    expect(answer.started).toBe(true);
    expect(answer.runId).not.toBe(run.runId);
    expect((await run.describe()).workflowExecutionInfo?.status).toBe(5);
    expectHistory(await (await run.current()).history(), signaled);
  }
});

test.concurrent('signal with start: after a closed run, as the reuse policy says', async () => {
  const run = await ScriptedRun.start(server.raw);
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [completeWorkflow()]);
  const named = `WorkflowId: ${run.workflowId}, RunId: ${run.runId}.`;
  for (const [policy, text] of [
    [
      'REJECT_DUPLICATE',
      `Workflow execution already finished. ${named} Workflow Id reuse policy: reject duplicate workflow Id.`,
    ],
    [
      'ALLOW_DUPLICATE_FAILED_ONLY',
      `Workflow execution already finished successfully. ${named} Workflow Id reuse policy: allow duplicate workflow Id if last run failed.`,
    ],
  ] as const) {
    const request = { workflowIdReusePolicy: reuse(policy) };
    const refused = await statusOf(run.signalWithStart(request));
    expect(refused).toMatchObject({ code: 'ALREADY_EXISTS', message: text });
  }
  const answer = await run.signalWithStart();
  expect(answer.started).toBe(true);
  expectHistory(await (await run.current()).history(), signaled);
});

test.concurrent('signal with start: the policy that would refuse it', async () => {
  const run = new ScriptedRun(server.raw);
  const request = { workflowIdConflictPolicy: conflict('FAIL') };
  expect(await statusOf(run.signalWithStart(request))).toMatchObject({
    code: 'INVALID_ARGUMENT',
    message:
      'Invalid WorkflowIDConflictPolicy: WORKFLOW_ID_CONFLICT_POLICY_FAIL is not supported for this operation.',
  });
});

test.concurrent('signal with start and a delay: the signal does not end the delay that came with it, the next does', async () => {
  const run = new ScriptedRun(server.raw);
  const delayed = { workflowStartDelay: { seconds: 60 } };
  run.runId = (await run.signalWithStart(delayed)).runId;
  const started = `1 WorkflowExecutionStarted  firstWorkflowTaskBackoff=60s
     2 WorkflowExecutionSignaled`;
  expectHistory(await run.history(), started);
  await run.signalWithStart(delayed);
  expectHistory(
    await run.history(),
    `${started}
     3 WorkflowExecutionSignaled
     4 WorkflowTaskScheduled`,
  );
});
