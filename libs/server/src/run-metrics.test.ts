// What the services count while a workflow is played through them, with the real engine and no network.

import { Metrics } from '@perdure/ports';
import { CommandType, type RpcRequestInit, serverFailure } from '@perdure/wire';
import { beforeEach, expect, test } from 'vitest';
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
import { RealClock } from './real-clock.ts';
import type { Services } from './services.ts';

type Command = NonNullable<RpcRequestInit<'RespondWorkflowTaskCompleted'>['commands']>[number];

let metrics = new Metrics();
let services: Services;
beforeEach(async () => {
  metrics = new Metrics();
  services = await open(emptyStorage(), {}, new RealClock(), metrics);
});

/** What was counted, as `label,label=value`. */
function counted(name: Parameters<Metrics['counter']>[0]): readonly string[] {
  const { children } = metrics.counter(name);
  return Array.from(children.values(), ({ labels, child }) => `${labels.join()}=${child.value}`)
    .filter((text) => !text.endsWith('=0'))
    .toSorted();
}

/** How often was observed. */
function observed(name: Parameters<Metrics['histogram']>[0]): readonly string[] {
  const { children } = metrics.histogram(name);
  return Array.from(children.values(), ({ labels, child }) => {
    return `${labels.join()}=${child.counts.reduce((a, b) => a + b)}`;
  }).filter((text) => !text.endsWith('=0'));
}

async function completeTask(...commands: readonly Command[]): Promise<void> {
  const { taskToken } = await rpc(services, 'PollWorkflowTaskQueue', { namespace, taskQueue });
  await rpc(services, 'RespondWorkflowTaskCompleted', { namespace, taskToken, commands });
}

async function activityToken(): Promise<Uint8Array> {
  const poll = { namespace, taskQueue: later };
  return (await rpc(services, 'PollActivityTaskQueue', poll)).taskToken;
}

const completeRun: Command = {
  commandType: CommandType.CompleteWorkflowExecution,
  completeWorkflowExecutionCommandAttributes: {},
};
const failure = serverFailure('no', true);
const shipped = 'default,order,ship,orders-later';

test('a run that completes: its commands, its workflow tasks, its outcome', async () => {
  await startRun(services, 'one');
  await completeTask(activity('a'));
  const taskToken = await activityToken();
  await rpc(services, 'RespondActivityTaskCompleted', { namespace, taskToken });
  await completeTask(completeRun);
  expect(counted('workflow_success')).toEqual(['default,order,orders=1']);
  expect(counted('command')).toEqual([
    'default,CompleteWorkflowExecution=1',
    'default,ScheduleActivityTask=1',
  ]);
  expect(counted('workflow_tasks_completed')).toEqual(['default=2']);
  expect(counted('complete_workflow_task_sticky_disabled_count')).toEqual(['default=2']);
  expect(counted('activity_success')).toEqual([`RespondActivityTaskCompleted,${shipped}=1`]);
  expect(observed('activity_start_to_close_latency')).toEqual([
    `RespondActivityTaskCompleted,${shipped}=1`,
  ]);
  expect(observed('workflow_schedule_to_close_latency')).toEqual(['default,order,orders=1']);
  expect(observed('history_count')).toEqual(['default=1']);
  expect(metrics.histogram('history_count').of('default').sum).toBe(11);
  // Start, two workflow tasks and an activity, each started and completed.
  expect(observed('state_transition_count')).toEqual(['default=7']);
});

test('an activity that fails for good and the run after it', async () => {
  await startRun(services, 'one');
  await completeTask(activity('a'));
  const taskToken = await activityToken();
  await rpc(services, 'RespondActivityTaskFailed', { namespace, taskToken });
  await completeTask({
    commandType: CommandType.FailWorkflowExecution,
    failWorkflowExecutionCommandAttributes: { failure },
  });
  const labels = `RespondActivityTaskFailed,${shipped}`;
  expect(counted('activity_task_fail')).toEqual([`${labels}=1`]);
  expect(counted('activity_fail')).toEqual([`${labels}=1`]);
  expect(counted('activity_success')).toEqual([]);
  expect(counted('workflow_failed')).toEqual(['default,order,orders=1']);
});

test('a failed workflow task is counted with its cause', async () => {
  await startRun(services, 'one');
  const { taskToken } = await rpc(services, 'PollWorkflowTaskQueue', { namespace, taskQueue });
  await rpc(services, 'RespondWorkflowTaskFailed', { namespace, taskToken, cause: 24 });
  expect(counted('failed_workflow_tasks')).toEqual(['default,NonDeterministicError=1']);
});

test('a terminated run', async () => {
  await startRun(services, 'one');
  await rpc(services, 'TerminateWorkflowExecution', {
    namespace,
    workflowExecution: { workflowId: 'one', runId: '' },
  });
  expect(counted('workflow_terminate')).toEqual(['default,order,orders=1']);
});

test('a task that meets a waiting poll is a sync match, one that waited is not', async () => {
  const poll = rpc(services, 'PollWorkflowTaskQueue', { namespace, taskQueue });
  await startRun(services, 'one');
  await poll;
  expect(counted('poll_success_sync')).toEqual(['default,orders,Workflow=1']);
  expect(counted('no_poller_tasks')).toEqual([]);
  await startRun(services, 'two');
  await rpc(services, 'PollWorkflowTaskQueue', { namespace, taskQueue });
  expect(counted('poll_success')).toEqual(['default,orders,Workflow=2']);
  expect(counted('poll_success_sync')).toEqual(['default,orders,Workflow=1']);
  expect(observed('syncmatch_latency')).toEqual(['default,orders,Workflow=1']);
  expect(observed('asyncmatch_latency')).toEqual(['default,orders,Workflow=1']);
  expect(observed('task_schedule_to_start_latency')).toEqual(['default,orders,Workflow=2']);
});

test('a task that nobody polls for is counted, and shown as backlog', async () => {
  await startRun(services, 'one');
  expect(counted('no_poller_tasks')).toEqual(['default,orders,Workflow=1']);
  const backlog = await pulled('approximate_backlog_count');
  expect(backlog).toEqual([{ labels: ['default', 'orders', 'Workflow'], value: 1 }]);
});

async function pulled(name: string): Promise<unknown> {
  for (const shown of metrics.shown()) {
    if (shown.kind === 'pulled' && shown.name === name) return shown.readers[0]?.();
  }
  return undefined;
}

test('the owner shows the log, the tail and the runs it holds', async () => {
  await startRun(services, 'one');
  expect(await pulled('perdure_log_transitions')).toBe(1);
  expect(await pulled('perdure_tail_transitions')).toBe(1);
  expect(await pulled('perdure_tail_bytes')).toBeGreaterThan(0);
  expect(await pulled('perdure_loaded_runs')).toBe(1);
  expect(await pulled('perdure_pressure')).toBe(0);
  expect(await pulled('perdure_quarantined_runs')).toBe(0);
  await services.history.drain();
  expect(await pulled('perdure_tail_transitions')).toBe(0);
  expect(await pulled('perdure_folds')).toBe(1);
  expect(await pulled('perdure_visibility_lag_rows')).toBe(0);
});
