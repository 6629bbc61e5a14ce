// Reading histories (wire-contract 3.12) and what polls ship of them (3.2), without an SDK.

import {
  completeWorkflow,
  enumValue,
  eventTypeName,
  historyFaults,
  namespace,
  readHistory,
  ScriptedRun,
  statusOf,
} from '@perdure/testing/golden';
import { decodeEvents, type RpcRequestInit, type RpcResponse } from '@perdure/wire';
import { expect, test } from 'vitest';
import { expectHistory } from '../expect-history.ts';
import { serverUnderTest } from '../server-under-test.ts';

const server = serverUnderTest();
const closeEvent = enumValue('HISTORY_EVENT_FILTER_TYPE', 'CLOSE_EVENT');

function read(
  run: ScriptedRun,
  request: RpcRequestInit<'GetWorkflowExecutionHistory'> = {},
  timeoutMs = 10_000,
): Promise<RpcResponse<'GetWorkflowExecutionHistory'>> {
  return run.client.call(
    'GetWorkflowExecutionHistory',
    { namespace, execution: run.execution, ...request },
    { timeoutMs },
  );
}

const typesOf = (page: { history: Uint8Array }): string[] =>
  decodeEvents(page.history).map((event) => eventTypeName(event.eventType));

async function complete(run: ScriptedRun): Promise<void> {
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [completeWorkflow('end')]);
}

// The real server counts transactions where the request says events, so a page may hold a few more.
test.concurrent('all events: small pages when asked for, in order, with no token at the end', async () => {
  const run = await ScriptedRun.start(server.raw);
  await complete(run);
  const first = await read(run, { maximumPageSize: 2 });
  expect(typesOf(first).slice(0, 2)).toEqual(['WorkflowExecutionStarted', 'WorkflowTaskScheduled']);
  expect(typesOf(first).length).toBeLessThan(4);
  expect(first.nextPageToken.length).toBeGreaterThan(0);
  const events = await readHistory(server.raw, run.execution, 2);
  expect(events.length).toBe(5);
  expect(historyFaults(events)).toEqual([]);
});

test.concurrent('all events of the current run: an empty run id means that one', async () => {
  const run = await ScriptedRun.start(server.raw);
  const events = await readHistory(server.raw, { workflowId: run.workflowId });
  expect(events.length).toBe(2);
  await complete(run);
});

test.concurrent('close event of a closed run: that one event, no token', async () => {
  const run = await ScriptedRun.start(server.raw);
  await complete(run);
  const page = await read(run, { historyEventFilterType: closeEvent, waitNewEvent: true });
  expect(typesOf(page)).toEqual(['WorkflowExecutionCompleted']);
  expect(decodeEvents(page.history)[0]?.eventId).toBe(5);
  expect(page.nextPageToken.length).toBe(0);
});

test.concurrent('close event of an open run without waiting: nothing, and no token', async () => {
  const run = await ScriptedRun.start(server.raw);
  const page = await read(run, { historyEventFilterType: closeEvent }, 3_000);
  expect(typesOf(page)).toEqual([]);
  expect(page.nextPageToken.length).toBe(0);
  await run.terminate('end of test');
});

test.concurrent('close event with waiting: held until the run closes', async () => {
  const run = await ScriptedRun.start(server.raw);
  const waiting = closeOf(run);
  await new Promise((resolve) => setTimeout(resolve, 300));
  await complete(run);
  expect(await waiting).toBe('WorkflowExecutionCompleted');
});

/** What `result()` of an SDK does: waits for the close event, with the token it is given while there is none. */
async function closeOf(run: ScriptedRun): Promise<string | undefined> {
  let nextPageToken: Uint8Array = new Uint8Array(0);
  for (;;) {
    const request = { historyEventFilterType: closeEvent, waitNewEvent: true, nextPageToken };
    const page = await read(run, request, 30_000);
    const [type] = typesOf(page);
    if (type !== undefined) return type;
    expect(page.nextPageToken.length).toBeGreaterThan(0);
    nextPageToken = page.nextPageToken;
  }
}

test.concurrent('close event with waiting: ends before the deadline, empty and with a token', async () => {
  const run = await ScriptedRun.start(server.raw);
  const page = await read(run, { historyEventFilterType: closeEvent, waitNewEvent: true }, 3_000);
  expect(typesOf(page)).toEqual([]);
  expect(page.nextPageToken.length).toBeGreaterThan(0);
  await run.terminate('end of test');
});

test.concurrent('new events with waiting: what is there at once, then what comes', async () => {
  const run = await ScriptedRun.start(server.raw);
  const first = await read(run, { waitNewEvent: true });
  expect(typesOf(first)).toEqual(['WorkflowExecutionStarted', 'WorkflowTaskScheduled']);
  expect(first.nextPageToken.length).toBeGreaterThan(0);
  const waiting = read(run, { waitNewEvent: true, nextPageToken: first.nextPageToken });
  await run.signal('news');
  expect(typesOf(await waiting)).toEqual(['WorkflowExecutionSignaled']);
  await complete(run);
});

test.concurrent('new events with waiting: the last page of a closed run has no token', async () => {
  const run = await ScriptedRun.start(server.raw);
  const first = await read(run, { waitNewEvent: true });
  await complete(run);
  const types: string[] = [];
  let nextPageToken = first.nextPageToken;
  while (nextPageToken.length > 0) {
    const page = await read(run, { waitNewEvent: true, nextPageToken });
    types.push(...typesOf(page));
    nextPageToken = page.nextPageToken;
  }
  expect(types).toEqual([
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'WorkflowExecutionCompleted',
  ]);
});

test.concurrent('reverse: newest first, paged, with no token at the end', async () => {
  const run = await ScriptedRun.start(server.raw);
  await complete(run);
  const ids: number[] = [];
  let nextPageToken: Uint8Array = new Uint8Array(0);
  do {
    const page = await server.raw.call('GetWorkflowExecutionHistoryReverse', {
      namespace,
      execution: run.execution,
      maximumPageSize: 2,
      nextPageToken,
    });
    ids.push(...decodeEvents(page.history).map((event) => event.eventId));
    nextPageToken = page.nextPageToken;
  } while (nextPageToken.length > 0);
  expect(ids).toEqual([5, 4, 3, 2, 1]);
});

test.concurrent('token of another run: INVALID_ARGUMENT', async () => {
  const run = await ScriptedRun.start(server.raw);
  const other = await ScriptedRun.start(server.raw);
  const { nextPageToken } = await read(run, { maximumPageSize: 1 });
  const status = await statusOf(read(other, { nextPageToken }));
  expect(status.code).toBe('INVALID_ARGUMENT');
});

test.concurrent('history of a run with a transient task: shown at the end, gone once it is written', async () => {
  const run = await ScriptedRun.start(server.raw);
  await run.failWorkflowTask(await run.nextWorkflowTask(), 'once');
  const written = `1 WorkflowExecutionStarted
     2 WorkflowTaskScheduled
     3 WorkflowTaskStarted
     4 WorkflowTaskFailed
     5 WorkflowTaskScheduled  attempt=2`;
  expectHistory(await run.history(), written);
  const task = await run.nextWorkflowTask();
  expectHistory(await run.history(), `${written}\n 6 WorkflowTaskStarted  scheduledEventId=5`);
  expect((await run.describe()).workflowExecutionInfo?.historyLength).toBe(4);
  await run.completeWorkflowTask(task, [completeWorkflow()]);
});

test.concurrent('history of a run with a transient task: hidden from the command line and the UI', async () => {
  const run = await ScriptedRun.start(server.raw);
  await run.failWorkflowTask(await run.nextWorkflowTask(), 'once');
  const headers = { 'client-name': 'temporal-cli', 'client-version': '1.5.1' };
  const page = await run.client.call(
    'GetWorkflowExecutionHistory',
    { namespace, execution: run.execution },
    { headers },
  );
  expect(decodeEvents(page.history).length).toBe(4);
  await run.terminate('end of test');
});

test.concurrent('poll of a long history: a first page, the rest by its token, up to the started event', async () => {
  const run = await ScriptedRun.start(server.raw);
  const count = 300;
  for (let sent = 0; sent < count; sent += 20) {
    await Promise.all(Array.from({ length: 20 }, () => run.signal('one of many')));
  }
  const task = await run.nextWorkflowTask();
  expect(task.startedEventId).toBe(count + 3);
  const events = [...task.events];
  expect(events.length).toBeLessThan(count);
  let nextPageToken = task.nextPageToken;
  while (nextPageToken.length > 0) {
    const page = await read(run, { nextPageToken });
    events.push(...decodeEvents(page.history));
    nextPageToken = page.nextPageToken;
  }
  expect(events.length).toBe(count + 3);
  expect(historyFaults(events)).toEqual([]);
  await run.completeWorkflowTask(task, [completeWorkflow()]);
});
