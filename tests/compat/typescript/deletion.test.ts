// Deleting runs, as the TypeScript SDK's client does it: through the service, and what its handles say then.

import { randomUUID } from 'node:crypto';
import { namespace } from '@perdure/testing/golden';
import {
  WorkflowFailedError,
  type WorkflowHandle,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { describe, expect, test } from 'vitest';
import { sdkUnderTest } from './sdk-under-test.ts';
import * as workflows from './workflows/index.ts';

const sdk = sdkUnderTest();
/** Upstream removes after it has answered. */
const gone = { timeout: 40_000, interval: 50 };

/** Not through `sdk.start`: the histories of those are looked at when the tests are over. */
function start(
  workflow: typeof workflows.hello | typeof workflows.forever,
  workflowId = `compat-deleted-${randomUUID()}`,
): Promise<WorkflowHandle & { firstExecutionRunId: string }> {
  const args = workflow === workflows.hello ? ['x'] : [];
  const options = { workflowId, taskQueue: sdk.taskQueue, args: args as [string] };
  return sdk.client.workflow.start(workflow as typeof workflows.hello, options);
}

function remove(workflowId: string, runId = ''): Promise<unknown> {
  return sdk.client.workflowService.deleteWorkflowExecution({
    namespace,
    workflowExecution: { workflowId, runId },
  });
}

function isFound(handle: { describe(): Promise<unknown> }): Promise<boolean> {
  return handle.describe().then(
    () => true,
    (error: unknown) => {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    },
  );
}

async function countOf(workflowId: string): Promise<number> {
  return (await sdk.client.workflow.count(`WorkflowId = '${workflowId}'`)).count;
}

describe('delete', () => {
  test('closed run: its handle finds nothing, lists do not show it', async () => {
    const handle = await start(workflows.hello);
    expect(await handle.result()).toBe('Hello, x!');
    await expect.poll(() => countOf(handle.workflowId), gone).toBe(1);
    await remove(handle.workflowId);
    await expect.poll(() => isFound(handle), gone).toBe(false);
    await expect(handle.fetchHistory()).rejects.toThrow();
    await expect(handle.signal('late')).rejects.toThrow(WorkflowNotFoundError);
    await expect.poll(() => countOf(handle.workflowId), gone).toBe(0);
  });

  test('running run: whoever waits for the result is told that there will be none', async () => {
    const handle = await start(workflows.forever);
    const waiting = handle.result().then(
      () => 'a result',
      (error: unknown) => error,
    );
    await expect.poll(() => countOf(handle.workflowId), gone).toBe(1);
    await remove(handle.workflowId, handle.firstExecutionRunId);
    const error = await waiting;
    // Upstream may show the termination before the run is gone.
    const told = error instanceof WorkflowNotFoundError || error instanceof WorkflowFailedError;
    expect(told, String(error)).toBe(true);
    await expect.poll(() => isFound(handle), gone).toBe(false);
  });

  test('workflow id: free for a new run', async () => {
    const old = await start(workflows.hello);
    await old.result();
    await remove(old.workflowId);
    await expect.poll(() => isFound(old), gone).toBe(false);
    const next = await start(workflows.hello, old.workflowId);
    expect(next.firstExecutionRunId).not.toBe(old.firstExecutionRunId);
    expect(await next.result()).toBe('Hello, x!');
  });

  test('missing run: not found', async () => {
    await expect(remove(`missing-${randomUUID()}`)).rejects.toMatchObject({ code: 5 });
  });
});
