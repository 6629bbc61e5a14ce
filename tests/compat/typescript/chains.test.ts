// Runs that follow each other, and runs whose first task comes later, or at once.

import { randomUUID } from 'node:crypto';
import { Client, WorkflowContinuedAsNewError, WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, test } from 'vitest';
import { expectHistory } from '../../expect-history.ts';
import { sdkUnderTest } from './sdk-under-test.ts';
import * as workflows from './workflows/index.ts';

const sdk = sdkUnderTest();

describe.concurrent('continue as new', () => {
  test('chain: the result of the last run, which knows the first', async () => {
    const handle = await sdk.start(workflows.countDown, { args: [2] });
    const [first, before] = await handle.result();
    expect(first).toBe(handle.firstExecutionRunId);
    expect(before).not.toBe(first);
    const described = await handle.describe();
    expect(described.runId).not.toBe(handle.firstExecutionRunId);
    const ofFirst = sdk.client.workflow.getHandle(handle.workflowId, handle.firstExecutionRunId);
    expect((await ofFirst.describe()).status.name).toBe('CONTINUED_AS_NEW');
  });

  test('result without following: the error names the next run', async () => {
    const handle = await sdk.start(workflows.countDown, { args: [1] });
    const { workflowId, firstExecutionRunId } = handle;
    const ofFirst = sdk.client.workflow.getHandle(workflowId, firstExecutionRunId, {
      followRuns: false,
    });
    const error: unknown = await ofFirst.result().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(WorkflowContinuedAsNewError);
    await handle.result();
    const { runId } = await handle.describe();
    expect((error as WorkflowContinuedAsNewError).newExecutionRunId).toBe(runId);
  });

  test('as another workflow: type, memo and time-out are what the command says', async () => {
    const handle = await sdk.start(workflows.becomeAnother, { args: [], memo: { old: 1 } });
    expect(await handle.result()).toEqual({
      word: 'hello',
      workflowType: workflows.reportSelf.name,
      memo: { note: 'from before' },
      runTimeoutMs: 50_000,
    });
  });

  test('signals: none is lost between the runs', async () => {
    const handle = await sdk.start(workflows.collectInChain, { args: [9] });
    const sent = Array.from({ length: 9 }, (_none, index) => index);
    for (const item of sent) await handle.signal(workflows.addSignal, item);
    expect(await handle.result()).toEqual(sent);
  });

  test('cancel: a handle of the first run reaches the newest', async ({ expect }) => {
    const handle = await sdk.start(workflows.collectInChain, { args: [9] });
    for (const item of [1, 2]) await handle.signal(workflows.addSignal, item);
    await expect
      .poll(async () => (await handle.describe()).runId, { timeout: 10_000 })
      .not.toBe(handle.firstExecutionRunId);
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
    expect((await handle.describe()).status.name).toBe('CANCELLED');
  });

  test('list: every run of the chain', async ({ expect }) => {
    const handle = await sdk.start(workflows.countDown, { args: [1] });
    await handle.result();
    const found: string[] = [];
    const query = `WorkflowId = '${handle.workflowId}'`;
    await expect
      .poll(
        async () => {
          found.length = 0;
          for await (const { status } of sdk.client.workflow.list({ query })) {
            found.push(status.name);
          }
          return found.toSorted();
        },
        { timeout: 10_000 },
      )
      .toEqual(['COMPLETED', 'CONTINUED_AS_NEW']);
  });
});

describe.concurrent('workflow retry', () => {
  test('success: the attempt that succeeds knows why the one before failed', async () => {
    const handle = await sdk.start(workflows.succeedAtAttempt, {
      args: [3],
      retry: { initialInterval: '100ms', backoffCoefficient: 1 },
    });
    expect(await handle.result()).toEqual({ attempt: 3, before: 'attempt 2', sameRun: false });
  });

  test('attempts used up: the failure of the last one', async () => {
    const handle = await sdk.start(workflows.succeedAtAttempt, {
      args: [5],
      retry: { initialInterval: '50ms', maximumAttempts: 2 },
    });
    const error: unknown = await handle.result().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ retryState: 'MAXIMUM_ATTEMPTS_REACHED' });
    expect((error as WorkflowFailedError).cause).toMatchObject({ message: 'attempt 2' });
  });

  test('failure of a type that is not to be retried: one attempt', async () => {
    const handle = await sdk.start(workflows.succeedAtAttempt, {
      args: [2],
      retry: { nonRetryableErrorTypes: ['NotYet'] },
    });
    const error: unknown = await handle.result().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ retryState: 'NON_RETRYABLE_FAILURE' });
    expect((error as WorkflowFailedError).cause).toBeInstanceOf(ApplicationFailure);
  });

  test('run time-out: tried again', async () => {
    const handle = await sdk.start(workflows.endlessAtFirst, {
      args: [],
      workflowRunTimeout: '1s',
      retry: { initialInterval: '50ms' },
    });
    expect(await handle.result()).toBeGreaterThanOrEqual(2);
  });
});

describe.concurrent('start delay', () => {
  test('first task: not before its time', async () => {
    const handle = await sdk.start(workflows.hello, { args: ['later'], startDelay: '1s' });
    const { startTime, executionTime } = await handle.describe();
    expect((executionTime?.getTime() ?? 0) - startTime.getTime()).toBe(1_000);
    expect(await handle.result()).toBe('Hello, later!');
    const [started, scheduled] = await sdk.history(handle);
    const seconds = (event: typeof started): number =>
      (event?.eventTime?.seconds ?? 0) + (event?.eventTime?.nanos ?? 0) / 1e9;
    expect(seconds(scheduled) - seconds(started)).toBeGreaterThanOrEqual(1);
  });

  test('cancel: at once', async () => {
    const handle = await sdk.start(workflows.forever, { args: [], startDelay: '1h' });
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
    expect((await handle.describe()).status.name).toBe('CANCELLED');
  });
});

describe.concurrent('signal with start', () => {
  const signalWithStart = (workflowId: string, item: unknown, options = {}) =>
    sdk.client.workflow.signalWithStart(workflows.collect, {
      workflowId,
      taskQueue: sdk.taskQueue,
      args: [2],
      signal: workflows.addSignal,
      signalArgs: [item],
      ...options,
    });

  test('new run: has the signal before its first task; then the same run gets the next', async () => {
    const workflowId = `compat-${randomUUID()}`;
    const first = await signalWithStart(workflowId, 'one');
    const second = await signalWithStart(workflowId, 'two');
    expect(second.signaledRunId).toBe(first.signaledRunId);
    expect(await second.result()).toEqual(['one', 'two']);
    const history = await sdk.history({ workflowId });
    expectHistory(
      history.slice(0, 3),
      `1 WorkflowExecutionStarted
       2 WorkflowExecutionSignaled  signalName=add input=one
       3 WorkflowTaskScheduled`,
    );
  });

  test('closed run: a new one', async () => {
    const workflowId = `compat-${randomUUID()}`;
    const first = await signalWithStart(workflowId, 'one', { args: [1] });
    expect(await first.result()).toEqual(['one']);
    const second = await signalWithStart(workflowId, 'two', { args: [1] });
    expect(second.signaledRunId).not.toBe(first.signaledRunId);
    expect(await second.result()).toEqual(['two']);
  });

  test('delayed run: starts at once', async () => {
    const { workflowId } = await sdk.start(workflows.collect, { args: [1], startDelay: '1h' });
    const handle = await signalWithStart(workflowId, 'now');
    expect(await handle.result()).toEqual(['now']);
  });
});

describe.concurrent('eager start', () => {
  test('worker of the same process: gets the first task with the answer', async () => {
    const client = new Client({ connection: sdk.native });
    const handle = await client.workflow.start(workflows.hello, {
      args: ['eager'],
      workflowId: `compat-${randomUUID()}`,
      taskQueue: sdk.taskQueue,
      requestEagerStart: true,
    });
    expect(handle.eagerlyStarted).toBe(true);
    expect(await handle.result()).toBe('Hello, eager!');
    expectHistory(
      await sdk.history(handle),
      `1 WorkflowExecutionStarted  eagerExecutionAccepted=true
       2 WorkflowTaskScheduled
       3 WorkflowTaskStarted
       4 WorkflowTaskCompleted
       5 WorkflowExecutionCompleted`,
    );
  });

  test('delayed run: not eager, and done in its time', async () => {
    const client = new Client({ connection: sdk.native });
    const handle = await client.workflow.start(workflows.hello, {
      args: ['later'],
      workflowId: `compat-${randomUUID()}`,
      taskQueue: sdk.taskQueue,
      requestEagerStart: true,
      startDelay: '1s',
    });
    expect(handle.eagerlyStarted).toBe(false);
    expect(await handle.result()).toBe('Hello, later!');
  });
});
