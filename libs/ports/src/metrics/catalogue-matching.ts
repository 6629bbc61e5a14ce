// Metrics of task queues and of the polls that wait at them.

import type { MetricDefinition } from './definition.ts';

const constant = { service_name: 'matching' };
const queue = {
  labels: ['namespace', 'taskqueue', 'task_type'],
  open: ['taskqueue'],
  constant,
} as const;
const counter = { kind: 'counter', ...queue } as const;
const latency = { kind: 'histogram', unit: 'seconds', ...queue } as const;
const gauge = { kind: 'gauge', ...queue } as const;

export const matchingMetrics = {
  poll_success: { ...counter, help: 'Polls that got a task.' },
  poll_success_sync: { ...counter, help: 'Tasks that met a waiting poll as they were offered.' },
  poll_timeouts: { ...counter, help: 'Polls that ended without a task.' },
  poll_latency: { ...latency, help: 'From a poll to its answer.' },
  no_poller_tasks: { ...counter, help: 'Tasks offered while no poll was waiting or lately seen.' },
  syncmatch_latency: {
    ...latency,
    help: 'From the scheduling of a task to its match, when a poll was waiting.',
  },
  asyncmatch_latency: {
    ...latency,
    help: 'From the scheduling of a task to its match, when it had to wait for a poll.',
  },
  task_dispatch_latency: { ...latency, help: 'From the scheduling of a task to its match.' },
  task_schedule_to_start_latency: {
    ...latency,
    help: 'From the scheduling of a task to its durable start, as its worker gets it.',
  },
  approximate_backlog_count: { ...gauge, help: 'Tasks that wait for a poll.' },
  approximate_backlog_age_seconds: { ...gauge, help: 'Age of the oldest task that waits.' },
  pending_polls: { ...gauge, help: 'Polls that wait for a task.' },
  loaded_task_queue_count: {
    kind: 'gauge',
    labels: ['task_type'],
    constant,
    help: 'Task queues in memory, those of single workers among them.',
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;
