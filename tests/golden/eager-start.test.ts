// Eager starts (wire-contract 3.11): the first workflow task comes with the answer to the start. Without an SDK.

import { completeWorkflow, enumValue, jsonPayloads, ScriptedRun } from '@perdure/testing/golden';
import { decodeEvents, type RpcResponse } from '@perdure/wire';
import { expect, test } from 'vitest';
import { expectEvents, expectHistory } from '../expect-history.ts';
import { serverUnderTest } from '../server-under-test.ts';

const server = serverUnderTest();
const requestEagerExecution = true;

type Task = NonNullable<RpcResponse<'StartWorkflowExecution'>['eagerWorkflowTask']>;

/** The task of a start; fails when there is none. */
function taskOf({ eagerWorkflowTask }: RpcResponse<'StartWorkflowExecution'>): Task {
  if (eagerWorkflowTask === null) throw new Error('the start brought no task');
  return eagerWorkflowTask;
}

test.concurrent('eager start: a whole task, of which the worker needs nothing more', async () => {
  const run = new ScriptedRun(server.raw);
  const answer = await run.start({ requestEagerExecution, input: jsonPayloads('in') });
  run.runId = answer.runId;
  const task = taskOf(answer);
  expect(task).toMatchObject({
    workflowExecution: run.execution,
    workflowType: { name: 'golden-workflow' },
    workflowExecutionTaskQueue: { name: run.taskQueue },
    previousStartedEventId: 0,
    startedEventId: 3,
    attempt: 1,
  });
  expectEvents(
    decodeEvents(task.history as Uint8Array),
    `1 WorkflowExecutionStarted  eagerExecutionAccepted=true input=in
     2 WorkflowTaskScheduled  attempt=1
     3 WorkflowTaskStarted  scheduledEventId=2 identity=golden`,
  );
  await run.completeWorkflowTask(task, [completeWorkflow('done')]);
  expect((await run.history()).length).toBe(5);
});

test.concurrent('eager start: nobody else gets the task, and it times out like any other', async () => {
  const run = new ScriptedRun(server.raw);
  run.runId = (
    await run.start({ requestEagerExecution, workflowTaskTimeout: { seconds: 1 } })
  ).runId;
  const task = await run.nextWorkflowTask();
  expect(task.attempt).toBe(2);
  await run.completeWorkflowTask(task, [completeWorkflow()]);
  expectHistory(
    await run.history(),
    `1 WorkflowExecutionStarted
     2 WorkflowTaskScheduled
     3 WorkflowTaskStarted
     4 WorkflowTaskTimedOut  timeoutType=START_TO_CLOSE
     5 WorkflowTaskScheduled  attempt=2
     6 WorkflowTaskStarted
     7 WorkflowTaskCompleted
     8 WorkflowExecutionCompleted`,
  );
});

test.concurrent('eager start: the same request gets the same task, until it is done', async () => {
  const run = new ScriptedRun(server.raw);
  const request = { requestEagerExecution, requestId: 'once' };
  const answer = await run.start(request);
  run.runId = answer.runId;
  const again = await run.start(request);
  expect(again.runId).toBe(answer.runId);
  expect(taskOf(again)).toMatchObject({ startedEventId: 3, workflowExecution: run.execution });
  await run.completeWorkflowTask(taskOf(again), [completeWorkflow()]);
  expect((await run.start(request)).eagerWorkflowTask).toBeNull();
});

test.concurrent('eager start: not of a run that is there, but of one that takes its place', async () => {
  const run = await ScriptedRun.start(server.raw);
  const policy = (name: string): number => enumValue('WORKFLOW_ID_CONFLICT_POLICY', name);
  const used = await run.start({
    requestEagerExecution,
    workflowIdConflictPolicy: policy('USE_EXISTING'),
  });
  expect(used).toMatchObject({ runId: run.runId, eagerWorkflowTask: null });
  const placed = await run.start({
    requestEagerExecution,
    workflowIdConflictPolicy: policy('TERMINATE_EXISTING'),
  });
  expect(taskOf(placed).workflowExecution).toMatchObject({ runId: placed.runId });
});

test.concurrent('eager start: not with a delay', async () => {
  const run = new ScriptedRun(server.raw);
  const answer = await run.start({ requestEagerExecution, workflowStartDelay: { seconds: 60 } });
  run.runId = answer.runId;
  expect(answer.eagerWorkflowTask).toBeNull();
  expectHistory(
    await run.history(),
    '1 WorkflowExecutionStarted  eagerExecutionAccepted=false firstWorkflowTaskBackoff=60s',
  );
});
