// Bounds of requests and runs as settings, through all four services.

import type { SettingName } from '@perdure/core-dynamic-config';
import { RejectionError } from '@perdure/kernel';
import { decodeEvents, EventType, failureCodec, jsonPayload, jsonPayloads } from '@perdure/wire';
import { afterEach, expect, test } from 'vitest';
import {
  activity,
  emptyStorage,
  later,
  namespace,
  open,
  rpc,
  startRun,
  taskQueue,
} from '../fixtures/in-process.ts';
import type { Services } from './services.ts';

let services: Services;
afterEach(() => services.history.stop());

async function openWith(name: SettingName, value: number): Promise<void> {
  services = await open(emptyStorage(), { [name]: value });
}

const execution = { workflowId: 'w' };
const byteText = (length: number): Uint8Array => jsonPayloads('x'.repeat(length));

/** "CODE: message" of a call that is refused. */
const refusal = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'taken',
    (error: unknown) => {
      if (!(error instanceof RejectionError)) throw error;
      return `${error.rejection.code}: ${error.rejection.message}`;
    },
  );

const start = (more: object): Promise<unknown> =>
  rpc(services, 'StartWorkflowExecution', {
    namespace,
    workflowId: 'w',
    workflowType: { name: 'order' },
    taskQueue,
    requestId: 'r',
    ...more,
  });
const signal = (more: object = {}): Promise<unknown> =>
  rpc(services, 'SignalWorkflowExecution', {
    namespace,
    workflowExecution: execution,
    signalName: 's',
    ...more,
  });
const pollTask = () => rpc(services, 'PollWorkflowTaskQueue', { namespace, taskQueue });

async function events(): Promise<readonly number[]> {
  const { history } = await rpc(services, 'GetWorkflowExecutionHistory', { namespace, execution });
  return decodeEvents(history).map(({ eventType }) => eventType);
}

const attributes = (...values: readonly string[]) => ({
  searchAttributes: {
    indexedFields: Object.fromEntries(
      values.map((value, at) => [['BatcherUser', 'BatcherNamespace'][at], jsonPayload(value)]),
    ),
  },
});

test.each([
  ['limit.blobSize.error', 100, { input: byteText(100) }, 'Blob data size exceeds limit.'],
  [
    'limit.memoSize.error',
    100,
    { memo: new Uint8Array([0xba, 0x3e, 100, ...Array.from({ length: 100 }, () => 0)]) },
    'Memo size exceeds limit.',
  ],
  [
    'frontend.searchAttributesNumberOfKeysLimit',
    1,
    attributes('a', 'b'),
    'number of search attributes 2 exceeds limit 1',
  ],
  [
    'frontend.searchAttributesSizeOfValueLimit',
    40,
    attributes('x'.repeat(40)),
    'exceeds size limit 40',
  ],
  [
    'frontend.searchAttributesTotalSizeLimit',
    60,
    attributes('x'.repeat(20), 'y'.repeat(20)),
    'total size of search attributes',
  ],
  [
    'frontend.linkMaxSize',
    20,
    { links: [{ workflowEvent: { namespace, workflowId: 'x'.repeat(30), runId: 'r' } }] },
    'link exceeds allowed size of 20',
  ],
] as const)('%s %i refuses a start that carries more', async (name, value, more, text) => {
  await openWith(name, value);
  const refused = await refusal(start(more));
  expect(refused).toMatch(/^INVALID_ARGUMENT: /);
  expect(refused).toContain(text);
  services.history.stop();
  services = await open(emptyStorage());
  expect(await refusal(start(more))).toBe('taken');
});

test('history.maximumSignalsPerExecution refuses one signal more', async () => {
  await openWith('history.maximumSignalsPerExecution', 1);
  await startRun(services, 'w');
  expect(await refusal(signal())).toBe('taken');
  expect(await refusal(signal())).toBe(
    'INVALID_ARGUMENT: exceeded workflow execution limit for signal events',
  );
});

test.each([
  ['limit.historyCount.error', 3, 'count'],
  ['limit.historySize.error', 500, 'size'],
] as const)('%s %i terminates a run that outgrows it', async (name, value, what) => {
  await openWith(name, value);
  await startRun(services, 'w');
  let refused = 'taken';
  for (let sent = 0; refused === 'taken' && sent < 10; sent++) {
    refused = await refusal(signal({ input: byteText(100) }));
  }
  expect(refused).toBe(`INVALID_ARGUMENT: Workflow history ${what} exceeds limit.`);
  expect((await events()).at(-1)).toBe(EventType.WorkflowExecutionTerminated);
});

test.each([
  ['limit.historyCount.suggestContinueAsNew', 3],
  ['limit.historySize.suggestContinueAsNew', 100],
] as const)('%s %i: the worker is told so with its task', async (name, value) => {
  const suggested = async (): Promise<unknown> => {
    await startRun(services, 'w');
    const { history } = await pollTask();
    return decodeEvents(history).at(-1)?.workflowTaskStartedEventAttributes?.suggestContinueAsNew;
  };
  await openWith(name, value);
  expect(await suggested()).toBe(true);
  services.history.stop();
  services = await open(emptyStorage());
  expect(await suggested()).toBe(false);
});

test('limit.numPendingActivities.error fails the workflow task that wants one more', async () => {
  await openWith('limit.numPendingActivities.error', 1);
  await startRun(services, 'w');
  const { taskToken } = await pollTask();
  const commands = [activity('one'), activity('two')];
  const call = rpc(services, 'RespondWorkflowTaskCompleted', { namespace, taskToken, commands });
  expect(await refusal(call)).toContain('per-workflow limit of 1');
  expect(await events()).toContain(EventType.WorkflowTaskFailed);
});

test('limit.mutableStateActivityFailureSize.error cuts what is kept of a failure', async () => {
  await openWith('limit.mutableStateActivityFailureSize.error', 300);
  await startRun(services, 'w');
  const { taskToken } = await pollTask();
  const retried = activity('a');
  retried.scheduleActivityTaskCommandAttributes.retryPolicy.maximumAttempts = 2;
  const commands = [retried];
  await rpc(services, 'RespondWorkflowTaskCompleted', { namespace, taskToken, commands });
  const task = await rpc(services, 'PollActivityTaskQueue', { namespace, taskQueue: later });
  await rpc(services, 'RespondActivityTaskFailed', {
    namespace,
    taskToken: task.taskToken,
    failure: failureCodec.encode({
      message: 'm'.repeat(1_000),
      applicationFailureInfo: { type: 't' },
    }),
  });
  const { pendingActivities } = await rpc(services, 'DescribeWorkflowExecution', {
    namespace,
    execution,
  });
  const kept = pendingActivities[0]?.lastFailure;
  expect(kept?.length).toBeGreaterThan(0);
  expect(kept?.length).toBeLessThanOrEqual(300);
});

test.each([
  ['history.maximumBufferedEventsBatch', 1],
  ['history.maximumBufferedEventsSizeInBytes', 150],
] as const)(
  '%s %i: one event more fails the running workflow task by force',
  async (name, value) => {
    await openWith(name, value);
    await startRun(services, 'w');
    await pollTask();
    await signal({ input: byteText(50) });
    expect(await events()).not.toContain(EventType.WorkflowTaskFailed);
    await signal({ input: byteText(50) });
    expect(await events()).toContain(EventType.WorkflowTaskFailed);
  },
);
