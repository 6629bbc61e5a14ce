// Who may start when: workflow ids, their policies, request ids, and the errors that tell of them.

import { randomUUID } from 'node:crypto';
import { namespace, ScriptedRun } from '@perdure/testing/golden';
import {
  Client,
  isGrpcServiceError,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowIdReusePolicy,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { describe, expect, test } from 'vitest';
import { sdkUnderTest } from './sdk-under-test.ts';
import * as workflows from './workflows/index.ts';

const sdk = sdkUnderTest();

const ends = ['completed', 'failed', 'cancelled', 'terminated', 'timed out'] as const;
type End = (typeof ends)[number];

/** A workflow id whose last run ended that way. */
async function closedRun(end: End): Promise<{ workflowId: string; runId: string }> {
  const handle = await startTowards(end);
  if (end === 'cancelled') await handle.cancel();
  if (end === 'terminated') await handle.terminate();
  await handle.result().then(
    () => expect(end).toBe('completed'),
    () => expect(end).not.toBe('completed'),
  );
  return { workflowId: handle.workflowId, runId: handle.firstExecutionRunId };
}

function startTowards(end: End): Promise<Awaited<ReturnType<typeof sdk.start>>> {
  if (end === 'completed') return sdk.start(workflows.hello, { args: ['x'] });
  if (end === 'failed') return sdk.start(workflows.failWith, { args: ['x', 'X'] });
  const timeout = end === 'timed out' ? ({ workflowRunTimeout: '1s' } as const) : {};
  return sdk.start(workflows.forever, { args: [], ...timeout });
}

function startAgain(
  workflowId: string,
  workflowIdReusePolicy: WorkflowIdReusePolicy,
): Promise<{ firstExecutionRunId: string }> {
  return sdk.start(workflows.hello, { args: ['again'], workflowId, workflowIdReusePolicy });
}

describe.concurrent('workflow id reuse', () => {
  for (const end of ends) {
    test(`allow duplicate: a new run after one that was ${end}`, async () => {
      const { workflowId, runId } = await closedRun(end);
      const again = await startAgain(workflowId, 'ALLOW_DUPLICATE');
      expect(again.firstExecutionRunId).not.toBe(runId);
    });

    const refused = end === 'completed';
    const outcome = refused ? 'refused' : 'a new run';
    test(`allow duplicate failed only: ${outcome} after one that was ${end}`, async () => {
      const { workflowId, runId } = await closedRun(end);
      const again = startAgain(workflowId, 'ALLOW_DUPLICATE_FAILED_ONLY');
      if (refused) await expect(again).rejects.toThrow(WorkflowExecutionAlreadyStartedError);
      else expect((await again).firstExecutionRunId).not.toBe(runId);
    });
  }

  test('reject duplicate: refused after any closed run', async () => {
    const { workflowId } = await closedRun('terminated');
    const again = startAgain(workflowId, 'REJECT_DUPLICATE');
    await expect(again).rejects.toThrow(WorkflowExecutionAlreadyStartedError);
  });
});

describe.concurrent('workflow id conflict', () => {
  test('fail: refused while a run is open, and the error names the workflow', async () => {
    const { workflowId } = await sdk.start(workflows.forever, { args: [] });
    const again = sdk.start(workflows.forever, { args: [], workflowId });
    await expect(again).rejects.toMatchObject({ workflowId, workflowType: 'forever' });
    await expect(again).rejects.toThrow(WorkflowExecutionAlreadyStartedError);
  });

  test('use existing: the handle is of the open run', async () => {
    const first = await sdk.start(workflows.forever, { args: [] });
    const again = await sdk.start(workflows.forever, {
      args: [],
      workflowId: first.workflowId,
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
    expect(again.firstExecutionRunId).toBe(first.firstExecutionRunId);
    const { runs } = await countRuns(first.workflowId);
    expect(runs).toBe(1);
  });

  test('terminate existing: the open run is terminated and a new one started', async () => {
    const first = await sdk.start(workflows.forever, { args: [] });
    const again = await sdk.start(workflows.hello, {
      args: ['new'],
      workflowId: first.workflowId,
      workflowIdConflictPolicy: 'TERMINATE_EXISTING',
    });
    expect(again.firstExecutionRunId).not.toBe(first.firstExecutionRunId);
    expect(await again.result()).toBe('Hello, new!');
    const old = sdk.client.workflow.getHandle(first.workflowId, first.firstExecutionRunId);
    expect((await old.describe()).status.name).toBe('TERMINATED');
  });
});

async function countRuns(workflowId: string): Promise<{ runs: number }> {
  let runs = 0;
  const query = `WorkflowId = '${workflowId}'`;
  for await (const run of sdk.client.workflow.list({ query })) {
    if (run.workflowId === workflowId) runs += 1;
  }
  return { runs };
}

describe.concurrent('request id', () => {
  test('start: the same request again answers with the same run', async () => {
    const run = new ScriptedRun(sdk.server.raw);
    const requestId = randomUUID();
    const first = await run.start({ requestId });
    const second = await run.start({ requestId });
    expect(second).toMatchObject({ runId: first.runId, started: true });
    run.runId = first.runId;
    expect((await run.history()).length).toBe(2);
    await run.terminate('end of test');
  });

  test('start: the same request after the run was closed answers with that run', async () => {
    const run = new ScriptedRun(sdk.server.raw);
    const requestId = randomUUID();
    run.runId = (await run.start({ requestId })).runId;
    await run.terminate('closed');
    expect((await run.start({ requestId })).runId).toBe(run.runId);
  });

  test('signal: the same request again is written once', async () => {
    const run = await ScriptedRun.start(sdk.server.raw);
    const requestId = randomUUID();
    for (let sent = 0; sent < 3; sent++) await run.signal('once', { requestId });
    await run.signal('other');
    const signals = (await run.history()).flatMap(
      (event) => event.workflowExecutionSignaledEventAttributes ?? [],
    );
    expect(signals.map((signal) => signal.signalName)).toEqual(['once', 'other']);
    await run.terminate('end of test');
  });

  test('cancel: the same request again is written once', async () => {
    const run = await ScriptedRun.start(sdk.server.raw);
    const requestId = randomUUID();
    const request = { namespace, workflowExecution: run.execution, requestId };
    await run.client.call('RequestCancelWorkflowExecution', request);
    await run.client.call('RequestCancelWorkflowExecution', request);
    expect((await run.history()).length).toBe(3);
    await run.terminate('end of test');
  });
});

describe.concurrent('errors', () => {
  test('not found: each call on a workflow that does not exist', async () => {
    const handle = sdk.client.workflow.getHandle(`missing-${randomUUID()}`);
    await expect(handle.describe()).rejects.toThrow(WorkflowNotFoundError);
    await expect(handle.signal('x')).rejects.toThrow(WorkflowNotFoundError);
    await expect(handle.query('x')).rejects.toThrow(WorkflowNotFoundError);
    await expect(handle.cancel()).rejects.toThrow(WorkflowNotFoundError);
    await expect(handle.terminate()).rejects.toThrow(WorkflowNotFoundError);
    await expect(handle.result()).rejects.toThrow(WorkflowNotFoundError);
  });

  test('already completed: signal and terminate of a closed run', async () => {
    const handle = await sdk.start(workflows.hello, { args: ['x'] });
    await handle.result();
    const text = 'workflow execution already completed';
    await expect(handle.signal('late')).rejects.toMatchObject({ message: text });
    await expect(handle.terminate()).rejects.toMatchObject({ message: text });
    await expect(handle.signal('late')).rejects.toThrow(WorkflowNotFoundError);
  });

  test('namespace not found: the error names it', async () => {
    const name = `missing-${randomUUID()}`;
    const client = new Client({ connection: sdk.connection, namespace: name });
    const error = await client.workflow
      .start(workflows.hello, { args: ['x'], workflowId: 'x', taskQueue: 'x' })
      .catch((thrown: unknown) => thrown);
    expect(String((error as Error).message)).toContain(name);
    expect(isGrpcServiceError((error as Error).cause ?? error)).toBe(false);
  });
});
