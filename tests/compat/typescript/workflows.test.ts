// Runs from start to end: results, payloads, outcomes and time-outs, as the TypeScript SDK sees them.

import {
  ApplicationFailure,
  CancelledFailure,
  TerminatedFailure,
  TimeoutFailure,
  WorkflowFailedError,
} from '@temporalio/client';
import { describe, expect, test } from 'vitest';
import { expectHistory } from '../../expect-history.ts';
import { sdkUnderTest } from './sdk-under-test.ts';
import * as workflows from './workflows/index.ts';

const sdk = sdkUnderTest();

/** The cause with which `result()` of a failed run rejects. */
async function causeOf(result: Promise<unknown>): Promise<unknown> {
  const error = await result.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(WorkflowFailedError);
  return (error as WorkflowFailedError).cause;
}

describe.concurrent('workflow', () => {
  test('start: the result of a started workflow', async () => {
    const handle = await sdk.start(workflows.hello, { args: ['compat'] });
    expect(await handle.result()).toBe('Hello, compat!');
    expectHistory(
      await sdk.history(handle),
      `1 WorkflowExecutionStarted  workflowType.name=hello input=compat taskQueue.name=${sdk.taskQueue} attempt=1 firstExecutionRunId=${handle.firstExecutionRunId}
       2 WorkflowTaskScheduled  taskQueue.name=${sdk.taskQueue} attempt=1
       3 WorkflowTaskStarted  scheduledEventId=2
       4 WorkflowTaskCompleted  scheduledEventId=2 startedEventId=3 sdkMetadata.sdkName=temporal-typescript
       5 WorkflowExecutionCompleted  result="Hello, compat!" workflowTaskCompletedEventId=4`,
    );
  });

  test('payloads: arguments and result of every JSON kind come back as they were', async () => {
    const values = ['ünï→code', 1.5, -9007199254740991, true, null, { a: [{ b: '' }] }, [[]]];
    const handle = await sdk.start(workflows.echoArguments, { args: values });
    expect(await handle.result()).toEqual(values);
  });

  test('payloads: bytes stay bytes, nothing stays nothing', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    const echoed = await sdk.start(workflows.callActivity, {
      args: ['echo', { startToCloseTimeout: '10s' }, bytes],
    });
    expect(new Uint8Array((await echoed.result()) as Uint8Array)).toEqual(bytes);
    const nothing = await sdk.start(workflows.returnNothing, { args: [] });
    expect(await nothing.result()).toBeUndefined();
  });

  test('payloads: 1.5 MiB as argument and as result', async () => {
    const text = 'x'.repeat(1.5 * 1024 * 1024);
    const handle = await sdk.start(workflows.echoArguments, { args: [text] });
    expect(await handle.result()).toEqual([text]);
  });

  test('information: the worker is told ids, type, queue and memo', async () => {
    const handle = await sdk.start(workflows.ownInfo, { args: [], memo: { note: 'kept' } });
    expect(await handle.result()).toEqual({
      workflowId: handle.workflowId,
      runId: handle.firstExecutionRunId,
      taskQueue: sdk.taskQueue,
      workflowType: 'ownInfo',
      attempt: 1,
      memo: { note: 'kept' },
    });
    expect((await handle.describe()).memo).toEqual({ note: 'kept' });
  });

  test('failure: message, type and details reach the client', async () => {
    const handle = await sdk.start(workflows.failWith, { args: ['broken', 'Broken', 'part', 7] });
    const cause = await causeOf(handle.result());
    expect(cause).toBeInstanceOf(ApplicationFailure);
    expect(cause).toMatchObject({ message: 'broken', type: 'Broken', details: ['part', 7] });
    expect((await handle.describe()).status.name).toBe('FAILED');
    expectHistory(
      await sdk.history(handle),
      `1 WorkflowExecutionStarted
       2 WorkflowTaskScheduled
       3 WorkflowTaskStarted
       4 WorkflowTaskCompleted
       5 WorkflowExecutionFailed  failure.message=broken failure.applicationFailureInfo.type=Broken retryState=RETRY_POLICY_NOT_SET workflowTaskCompletedEventId=4`,
    );
  });

  test('cancel: a workflow that lets it through is cancelled', async () => {
    const handle = await sdk.start(workflows.forever, { args: [] });
    await handle.cancel();
    expect(await causeOf(handle.result())).toBeInstanceOf(CancelledFailure);
    expect((await handle.describe()).status.name).toBe('CANCELLED');
    const types = (await sdk.history(handle)).map((event) => event.eventType);
    expect(types.filter((type) => type === 20)).toEqual([20]);
    expect(types.at(-1)).toBe(21);
  });

  test('cancel: a workflow may survive it and complete', async () => {
    const handle = await sdk.start(workflows.surviveCancellation, { args: [] });
    await handle.cancel();
    expect(await handle.result()).toBe('survived');
    expect((await handle.describe()).status.name).toBe('COMPLETED');
  });

  test('terminate: the reason reaches the client and the history', async () => {
    const worker = { taskQueue: `${sdk.taskQueue}-nobody` };
    const handle = await sdk.start(workflows.forever, { args: [], ...worker });
    await handle.terminate('enough of it');
    const cause = await causeOf(handle.result());
    expect(cause).toBeInstanceOf(TerminatedFailure);
    expect((cause as TerminatedFailure).message).toBe('enough of it');
    expect((await handle.describe()).status.name).toBe('TERMINATED');
    expectHistory(
      await sdk.history(handle),
      `1 WorkflowExecutionStarted
       2 WorkflowTaskScheduled
       3 WorkflowExecutionTerminated  reason="enough of it"`,
    );
  });

  test('run time-out: the run is timed out', async () => {
    const handle = await sdk.start(workflows.forever, { args: [], workflowRunTimeout: '2s' });
    expect(await causeOf(handle.result())).toBeInstanceOf(TimeoutFailure);
    expect((await handle.describe()).status.name).toBe('TIMED_OUT');
    expectHistory(
      await sdk.history(handle),
      `1 WorkflowExecutionStarted  workflowRunTimeout=2s
       2 WorkflowTaskScheduled
       3 WorkflowTaskStarted
       4 WorkflowTaskCompleted
       5 WorkflowExecutionTimedOut  retryState=RETRY_POLICY_NOT_SET`,
    );
  });

  test('execution time-out: the run is timed out, and no run may be longer', async () => {
    const options = { workflowExecutionTimeout: '2s', workflowRunTimeout: '1h' } as const;
    const handle = await sdk.start(workflows.forever, { args: [], ...options });
    expect(await causeOf(handle.result())).toBeInstanceOf(TimeoutFailure);
    expectHistory(
      await sdk.history(handle),
      `1 WorkflowExecutionStarted  workflowExecutionTimeout=2s workflowRunTimeout=2s
       2 WorkflowTaskScheduled
       3 WorkflowTaskStarted
       4 WorkflowTaskCompleted
       5 WorkflowExecutionTimedOut`,
    );
  });

  test('concurrency: 200 workflows with an activity each, at once', async () => {
    const handles = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        sdk.start(workflows.callActivity, {
          args: ['echo', { startToCloseTimeout: '30s' }, index],
        }),
      ),
    );
    const results = await Promise.all(handles.map((handle) => handle.result()));
    expect(results).toEqual(Array.from({ length: 200 }, (_, index) => index));
    const ids = new Set(handles.map((handle) => handle.firstExecutionRunId));
    expect(ids.size).toBe(200);
  });
});
