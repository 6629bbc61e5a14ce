// /metrics of a running server after real traffic: the names and numbers that boards and alerts rest on.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { catalogueAreas } from '@perdure/ports';
import {
  applicationFailure,
  type CommandInit,
  cancelWorkflow,
  completeWorkflow,
  continueAsNew,
  failWorkflow,
  RawClient,
  rawCommand,
  ScriptedRun,
  scheduleActivity,
} from '@perdure/testing/golden';
import { PerdureServer } from '@perdure/testing/harness';
import { HistoryEventFilterType } from '@perdure/wire';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { monitoringUrl, type Sample, scrape, total } from './scrape.ts';

let folder = '';
let server: PerdureServer;
let client: RawClient;
let url = '';
let samples: readonly Sample[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'perdure-metrics-'));
  server = await PerdureServer.start({ dbFilename: join(folder, 'perdure.db') });
  client = new RawClient(server.address);
  url = await monitoringUrl(server);
  await traffic();
  samples = await scrape(url);
});
afterAll(async () => {
  client.close();
  await server.kill();
  rmSync(folder, { recursive: true });
});

/** One of everything that is counted, as far as a test can make it happen in a few seconds. */
async function traffic(): Promise<void> {
  await failsThenCompletes();
  await Promise.all([
    endsBy(failWorkflow('no')),
    endsBy(cancelWorkflow()),
    endsBy(continueAsNew()),
    timesOut(),
    terminated(),
    failsForGood(),
    refusals(),
    queries(),
    badCommand(),
    meetsWaitingPoll(),
  ]);
}

/** An activity that fails once and completes at its second attempt; the workflow completes. */
async function failsThenCompletes(): Promise<void> {
  const run = await ScriptedRun.start(client, { workflowType: { name: 'retries' } });
  const retryPolicy = { initialInterval: { nanos: 1_000_000 }, maximumAttempts: 3 };
  const command = scheduleActivity(run.taskQueue, 'a', { retryPolicy });
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [command]);
  await run.failActivity(await run.nextActivityTask(), applicationFailure('not yet'));
  await run.completeActivity(await run.nextActivityTask(), 'done');
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [completeWorkflow('done')], {
    sticky: `sticky of ${run.taskQueue}`,
  });
}

async function endsBy(command: CommandInit): Promise<void> {
  const run = await ScriptedRun.start(client);
  const task = await run.nextWorkflowTask();
  await run.failWorkflowTask(task, 'a bug that is mended');
  if ('cancelWorkflowExecutionCommandAttributes' in command) await run.requestCancel('enough');
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [command]);
}

async function timesOut(): Promise<void> {
  const run = await ScriptedRun.start(client, { workflowRunTimeout: { seconds: 1 } });
  const timeouts = [
    { startToCloseTimeout: { nanos: 50_000_000 }, retryPolicy: { maximumAttempts: 1 } },
    { scheduleToStartTimeout: { nanos: 50_000_000 } },
    { scheduleToCloseTimeout: { nanos: 50_000_000 } },
    { heartbeatTimeout: { nanos: 50_000_000 }, retryPolicy: { maximumAttempts: 1 } },
  ];
  const commands = timeouts.map((timeout, i) =>
    scheduleActivity(i !== 1 ? run.taskQueue : `nobody polls ${run.taskQueue}`, `${i}`, timeout),
  );
  await run.completeWorkflowTask(await run.nextWorkflowTask(), commands);
  await Promise.all([1, 2, 3].map(() => run.nextActivityTask()));
  const closed = { waitNewEvent: true, historyEventFilterType: HistoryEventFilterType.CloseEvent };
  const ended = { namespace: 'default', execution: run.execution, ...closed };
  await client.call('GetWorkflowExecutionHistory', ended);
}

async function terminated(): Promise<void> {
  const run = await ScriptedRun.start(client);
  await run.terminate('enough');
}

async function failsForGood(): Promise<void> {
  const run = await ScriptedRun.start(client);
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [
    scheduleActivity(run.taskQueue, 'a'),
  ]);
  const failure = applicationFailure('never', { nonRetryable: true });
  await run.failActivity(await run.nextActivityTask(), failure);
  await run.completeWorkflowTask(await run.nextWorkflowTask());
}

async function refusals(): Promise<void> {
  const run = await ScriptedRun.start(client);
  const other = new ScriptedRun(client, run.workflowId);
  await expect(other.start()).rejects.toThrow();
  await expect(other.start({ workflowType: { name: '' } })).rejects.toThrow();
  await expect(new ScriptedRun(client).describe()).rejects.toThrow();
  await expect(client.call('DescribeNamespace', { namespace: 'no-such' })).rejects.toThrow();
}

async function queries(): Promise<void> {
  const run = await ScriptedRun.start(client);
  await run.completeWorkflowTask(await run.nextWorkflowTask());
  const query = { queryType: 'state' };
  const asked = { namespace: 'default', execution: run.execution, query };
  const answer = client.call('QueryWorkflow', asked);
  const { taskToken } = await run.nextWorkflowTask();
  await client.call('RespondQueryTaskCompleted', {
    namespace: 'default',
    taskToken,
    completedType: 1,
  });
  await answer;
  const failing = client.call('QueryWorkflow', asked).catch(String);
  const task = await run.nextWorkflowTask();
  const refused = {
    namespace: 'default',
    taskToken: task.taskToken,
    errorMessage: 'no such query',
  };
  await client.call('RespondQueryTaskCompleted', { ...refused, completedType: 2 });
  await failing;
  await run.pollWorkflowTask({ timeoutMs: 2_200 });
  await expect(client.call('QueryWorkflow', asked, { timeoutMs: 700 })).rejects.toThrow();
}

/** A workflow task that the server fails, because its command lacks its attributes. */
async function badCommand(): Promise<void> {
  const run = await ScriptedRun.start(client);
  const bad = rawCommand('COMPLETE_WORKFLOW_EXECUTION');
  await expect(run.completeWorkflowTask(await run.nextWorkflowTask(), [bad])).rejects.toThrow();
}

/** Its next poll is still parked when the server is scraped. */
async function meetsWaitingPoll(): Promise<void> {
  const run = new ScriptedRun(client);
  const task = run.nextWorkflowTask();
  await new Promise((resolve) => setTimeout(resolve, 200));
  await run.start();
  await run.completeWorkflowTask(await task);
  run.pollWorkflowTask().catch(String);
}

/** What happens only in trouble that this file does not make. */
const notMade = new Set([
  'service_errors_resource_exhausted',
  'persistence_errors',
  'persistence_error_with_type',
  'visibility_persistence_errors',
  'activity_cancel',
]);

const declared = Object.values(catalogueAreas).flatMap((area) => Object.entries(area));

test.each(declared.filter(([name]) => !notMade.has(name)))(
  '%s is there after traffic',
  (name, { kind }) => {
    const shown = kind === 'histogram' ? `${name}_count` : name;
    expect(samples.some((sample) => sample.name === shown)).toBe(true);
    if (kind === 'histogram') expect(total(samples, shown)).toBeGreaterThan(0);
  },
);

test('no metric is shown that the catalogue, and so docs/metrics.md, does not have', () => {
  const known = new Set(
    declared.flatMap(([name, { kind }]) =>
      kind === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  );
  const own = samples.map(({ name }) => name).filter((name) => !/^(process|nodejs)_/.test(name));
  expect(own.filter((name) => !known.has(name))).toEqual([]);
});

test('an activity that fails once and then completes is counted so', () => {
  const labels = { namespace: 'default', workflowType: 'retries', activityType: 'golden-activity' };
  expect(total(samples, 'activity_task_fail', labels)).toBe(1);
  expect(total(samples, 'activity_fail', labels)).toBe(0);
  expect(total(samples, 'activity_success', labels)).toBe(1);
  expect(total(samples, 'activity_start_to_close_latency_count', labels)).toBe(2);
  expect(total(samples, 'activity_schedule_to_close_latency_count', labels)).toBe(1);
  expect(total(samples, 'workflow_success', { workflowType: 'retries' })).toBe(1);
});

test.each([
  ['workflow_failed', 1],
  ['workflow_cancel', 1],
  ['workflow_continued_as_new', 1],
  ['workflow_timeout', 1],
  ['workflow_terminate', 1],
])('%s = %i', (name, count) => {
  expect(total(samples, name, { operation: 'CompletionStats' })).toBe(count);
});

test.each(['StartToClose', 'ScheduleToStart', 'ScheduleToClose', 'Heartbeat'])(
  'an activity that runs out of its %s is counted with it',
  (type) => {
    expect(total(samples, 'activity_timeout', { timeout_type: type })).toBe(1);
    expect(total(samples, 'activity_task_timeout', { timeout_type: type })).toBe(1);
  },
);

test('calls are counted by method, and refusals by their kind', () => {
  const errors = (operation: string, error_type: string): number =>
    total(samples, 'service_error_with_type', { operation, error_type });
  expect(errors('StartWorkflowExecution', 'serviceerror_WorkflowExecutionAlreadyStarted')).toBe(1);
  expect(errors('StartWorkflowExecution', 'serviceerror_InvalidArgument')).toBe(1);
  expect(errors('DescribeWorkflowExecution', 'serviceerror_NotFound')).toBe(1);
  expect(errors('DescribeNamespace', 'serviceerror_NamespaceNotFound')).toBe(1);
  const starts = { operation: 'StartWorkflowExecution', namespace: 'default' };
  expect(total(samples, 'service_requests', starts)).toBe(
    total(samples, 'service_latency_count', starts),
  );
});

test('the log counts appends, frames and syncs alike', () => {
  const frames = total(samples, 'perdure_log_frames');
  expect(frames).toBeGreaterThan(10);
  expect(total(samples, 'perdure_log_transitions')).toBeGreaterThanOrEqual(frames);
  expect(total(samples, 'perdure_log_appends')).toBeGreaterThanOrEqual(frames);
  expect(total(samples, 'perdure_log_syncs')).toBeGreaterThanOrEqual(frames);
  expect(total(samples, 'perdure_log_bytes')).toBeGreaterThan(100 * frames);
});

test('buckets are cumulative and end in the count', () => {
  const buckets = samples.filter(
    ({ name, labels }) =>
      name === 'service_latency_bucket' && labels['operation'] === 'StartWorkflowExecution',
  );
  const values = buckets.map(({ value }) => value);
  expect(values).toEqual(values.toSorted((a, b) => a - b));
  const count = total(samples, 'service_latency_count', { operation: 'StartWorkflowExecution' });
  expect(values.at(-1)).toBe(count);
  expect(buckets.at(-1)?.labels['le']).toBe('+Inf');
});

test('scrapes at the same time and in a row are answered, and change nothing', async () => {
  const many = await Promise.all(Array.from({ length: 20 }, () => scrape(url)));
  const counts = many.map((each) => total(each, 'workflow_success'));
  expect(new Set(counts)).toEqual(new Set([total(samples, 'workflow_success')]));
});
