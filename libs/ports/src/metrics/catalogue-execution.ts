// Metrics of workflows, workflow tasks and activities.

import type { MetricDefinition } from './definition.ts';

const service = { service_name: 'history' };
const outcome = {
  kind: 'counter',
  labels: ['namespace', 'workflowType', 'taskqueue'],
  open: ['workflowType', 'taskqueue'],
  constant: { ...service, operation: 'CompletionStats' },
} as const;
const ofActivity = {
  labels: ['operation', 'namespace', 'workflowType', 'activityType', 'taskqueue'],
  open: ['workflowType', 'activityType', 'taskqueue'],
  constant: service,
} as const;
const ofTimedActivity = {
  ...ofActivity,
  labels: [...ofActivity.labels, 'timeout_type'],
} as const;
const latency = { kind: 'histogram', unit: 'seconds' } as const;
const timeout = { kind: 'counter', labels: ['operation', 'namespace'], constant: service } as const;
const ofTask = { kind: 'counter', labels: ['namespace'], constant: service } as const;
const ofQuery = {
  kind: 'counter',
  labels: ['namespace'],
  constant: { ...service, operation: 'QueryWorkflow' },
} as const;

export const executionMetrics = {
  workflow_success: { ...outcome, help: 'Runs that completed.' },
  workflow_failed: { ...outcome, help: 'Runs that failed.' },
  workflow_timeout: { ...outcome, help: 'Runs that ran out of time.' },
  workflow_terminate: { ...outcome, help: 'Runs that were terminated.' },
  workflow_cancel: { ...outcome, help: 'Runs that ended as cancelled.' },
  workflow_continued_as_new: { ...outcome, help: 'Runs that were continued as a new run.' },
  workflow_schedule_to_close_latency: {
    ...outcome,
    ...latency,
    help: 'From the start of a run to its end.',
  },
  history_size: {
    kind: 'histogram',
    unit: 'bytes',
    labels: ['namespace'],
    constant: { ...service, operation: 'CompletionStats' },
    help: 'Bytes of the history of runs that ended.',
  },
  history_count: {
    kind: 'histogram',
    unit: 'count',
    labels: ['namespace'],
    constant: { ...service, operation: 'CompletionStats' },
    help: 'Events in the history of runs that ended.',
  },
  state_transition_count: {
    kind: 'histogram',
    unit: 'count',
    labels: ['namespace'],
    constant: { ...service, operation: 'WorkflowContext' },
    help: 'Number of each durable transition within its run; the rate of its count is that of state transitions.',
  },
  command: {
    kind: 'counter',
    labels: ['namespace', 'commandType'],
    constant: { ...service, operation: 'RespondWorkflowTaskCompleted' },
    help: 'Commands of workflow code that were carried out.',
  },
  empty_completion_commands: {
    ...ofTask,
    help: 'Workflow tasks completed without a command.',
  },
  multiple_completion_commands: {
    ...ofTask,
    help: 'Workflow tasks completed with more than one command.',
  },
  workflow_tasks_completed: { ...ofTask, help: 'Workflow tasks completed.' },
  failed_workflow_tasks: {
    kind: 'counter',
    labels: ['namespace', 'failure'],
    constant: service,
    help: 'Workflow tasks failed, by their worker or by the server, with the cause.',
  },
  complete_workflow_task_sticky_enabled_count: {
    ...ofTask,
    help: 'Workflow tasks completed by a worker that keeps the run in its cache.',
  },
  complete_workflow_task_sticky_disabled_count: {
    ...ofTask,
    help: 'Workflow tasks completed by a worker that does not.',
  },
  workflow_task_attempt: {
    kind: 'histogram',
    unit: 'count',
    labels: ['namespace'],
    constant: { ...service, operation: 'WorkflowContext' },
    help: 'Attempt of the workflow tasks that completed.',
  },
  activity_success: { kind: 'counter', ...ofActivity, help: 'Activities that completed.' },
  activity_fail: { kind: 'counter', ...ofActivity, help: 'Activities that failed for good.' },
  activity_cancel: { kind: 'counter', ...ofActivity, help: 'Activities that ended as cancelled.' },
  activity_timeout: {
    kind: 'counter',
    ...ofTimedActivity,
    help: 'Activities that timed out for good.',
  },
  activity_task_fail: { kind: 'counter', ...ofActivity, help: 'Attempts that failed.' },
  activity_task_timeout: { kind: 'counter', ...ofTimedActivity, help: 'Attempts that timed out.' },
  activity_start_to_close_latency: {
    ...latency,
    ...ofActivity,
    help: 'From the start of an attempt to its report, completed or failed.',
  },
  activity_schedule_to_close_latency: {
    ...latency,
    ...ofActivity,
    help: 'From the scheduling of an activity to its end, with all attempts.',
  },
  activity_end_to_end_latency: {
    ...latency,
    ...ofActivity,
    help: 'The same for activities that completed or failed: the older name.',
  },
  start_to_close_timeout: { ...timeout, help: 'Tasks and attempts that took too long.' },
  schedule_to_start_timeout: { ...timeout, help: 'Tasks that nobody took in time.' },
  schedule_to_close_timeout: {
    ...timeout,
    help: 'Activities that took too long with all attempts.',
  },
  heartbeat_timeout: { ...timeout, help: 'Attempts that fell silent.' },
  workflow_query_success_count: { ...ofQuery, help: 'Queries answered.' },
  workflow_query_failure_count: { ...ofQuery, help: 'Queries that failed or were refused.' },
  workflow_query_timeout_count: { ...ofQuery, help: 'Queries that no worker answered in time.' },
} as const satisfies Readonly<Record<string, MetricDefinition>>;
