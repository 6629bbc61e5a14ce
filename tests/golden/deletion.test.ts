// DeleteWorkflowExecution (wire-contract 1.2). Upstream removes after it has answered, so what must be gone is waited for.

import { randomUUID } from 'node:crypto';
import {
  completeWorkflow,
  enumValue,
  namespace,
  ScriptedRun,
  statusOf,
  type WireStatus,
} from '@perdure/testing/golden';
import { test } from 'vitest';
import { serverUnderTest } from '../server-under-test.ts';

const server = serverUnderTest();
const gone = { timeout: 40_000, interval: 50 };

function remove(execution: { workflowId: string; runId?: string }): Promise<unknown> {
  return server.raw.call('DeleteWorkflowExecution', { namespace, workflowExecution: execution });
}

const describeRun = (run: ScriptedRun): Promise<WireStatus> =>
  statusOf(run.client.call('DescribeWorkflowExecution', { namespace, execution: run.execution }));

async function listed(workflowId: string): Promise<number> {
  const query = `WorkflowId = '${workflowId}'`;
  const { executions } = await server.raw.call('ListWorkflowExecutions', { namespace, query });
  return executions.length;
}

test.concurrent('delete of a closed run: describe, history, signal and query find nothing, lists do not show it', async ({
  expect,
}) => {
  const run = await ScriptedRun.start(server.raw);
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [completeWorkflow()]);
  await expect.poll(() => listed(run.workflowId), gone).toBe(1);
  await remove(run.execution);
  await expect.poll(() => describeRun(run), gone).toMatchObject({ code: 'NOT_FOUND' });
  const history = statusOf(run.history());
  expect(await history).toMatchObject({ code: 'NOT_FOUND' });
  expect(await statusOf(run.signal('late'))).toMatchObject({ code: 'NOT_FOUND' });
  expect(await statusOf(run.terminate('late'))).toMatchObject({ code: 'NOT_FOUND' });
  const query = run.client.call('QueryWorkflow', {
    namespace,
    execution: run.execution,
    query: { queryType: 'state' },
  });
  expect(await statusOf(query)).toMatchObject({ code: 'NOT_FOUND' });
  await expect.poll(() => listed(run.workflowId), gone).toBe(0);
});

test.concurrent('delete of a running run: its worker is told NOT_FOUND, and so is who asks for it', async ({
  expect,
}) => {
  const run = await ScriptedRun.start(server.raw);
  const task = await run.nextWorkflowTask();
  await remove({ workflowId: run.workflowId });
  await expect.poll(() => describeRun(run), gone).toMatchObject({ code: 'NOT_FOUND' });
  const completion = run.completeWorkflowTask(task, [completeWorkflow()]);
  expect(await statusOf(completion)).toMatchObject({ code: 'NOT_FOUND' });
  await expect.poll(() => listed(run.workflowId), gone).toBe(0);
});

test.concurrent('delete frees the id: a new run starts even where duplicates are rejected, and lives on', async ({
  expect,
}) => {
  const old = await ScriptedRun.start(server.raw);
  await old.completeWorkflowTask(await old.nextWorkflowTask(), [completeWorkflow()]);
  await remove(old.execution);
  await expect.poll(() => describeRun(old), gone).toMatchObject({ code: 'NOT_FOUND' });
  const next = new ScriptedRun(server.raw, old.workflowId);
  const rejectDuplicate = enumValue('WORKFLOW_ID_REUSE_POLICY', 'REJECT_DUPLICATE');
  next.runId = (await next.start({ workflowIdReusePolicy: rejectDuplicate })).runId;
  expect(next.runId).not.toBe(old.runId);
  await next.completeWorkflowTask(await next.nextWorkflowTask(), [completeWorkflow('again')]);
  expect((await next.history()).length).toBe(5);
  expect(await statusOf(old.history())).toMatchObject({ code: 'NOT_FOUND' });
});

test.concurrent('delete of one run leaves the others of its id: the current one goes on', async ({
  expect,
}) => {
  const old = await ScriptedRun.start(server.raw);
  await old.terminate('makes room');
  const next = new ScriptedRun(server.raw, old.workflowId);
  next.runId = (await next.start()).runId;
  await remove(old.execution);
  await expect.poll(() => describeRun(old), gone).toMatchObject({ code: 'NOT_FOUND' });
  const described = await server.raw.call('DescribeWorkflowExecution', {
    namespace,
    execution: { workflowId: old.workflowId },
  });
  expect(described.workflowExecutionInfo?.execution?.runId).toBe(next.runId);
  await next.completeWorkflowTask(await next.nextWorkflowTask(), [completeWorkflow()]);
});

test.concurrent('delete of what is not there: NOT_FOUND; without an id: INVALID_ARGUMENT', async ({
  expect,
}) => {
  const workflowId = `golden-${randomUUID()}`;
  expect(await statusOf(remove({ workflowId }))).toMatchObject({ code: 'NOT_FOUND' });
  const other = remove({ workflowId, runId: randomUUID() });
  expect(await statusOf(other)).toMatchObject({ code: 'NOT_FOUND' });
  expect(await statusOf(remove({ workflowId: '' }))).toMatchObject({ code: 'INVALID_ARGUMENT' });
  expect(await statusOf(remove({ workflowId, runId: 'none' }))).toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: 'Invalid RunId.',
  });
});

test.concurrent('delete while a client waits for the result: the wait ends', async ({ expect }) => {
  const run = await ScriptedRun.start(server.raw);
  const waiting = run.client.call('GetWorkflowExecutionHistory', {
    namespace,
    execution: run.execution,
    waitNewEvent: true,
    historyEventFilterType: enumValue('HISTORY_EVENT_FILTER_TYPE', 'CLOSE_EVENT'),
  });
  const ended = waiting.then(
    ({ history }) => history.length,
    () => 'refused',
  );
  await expect.poll(() => listed(run.workflowId), gone).toBe(1);
  await remove(run.execution);
  // Upstream shows the termination when its reader is quick enough; here the run is gone with the answer.
  expect(await ended).not.toBe(0);
});
