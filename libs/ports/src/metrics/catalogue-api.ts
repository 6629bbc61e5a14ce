// Metrics of the public API.

import type { MetricDefinition } from './definition.ts';

const constant = { service_name: 'frontend' };
const call = { labels: ['operation', 'namespace'], constant } as const;

export const apiMetrics = {
  service_requests: { kind: 'counter', ...call, help: 'Calls answered.' },
  service_errors: {
    kind: 'counter',
    ...call,
    help: 'Calls answered with an error that is not the fault of the caller.',
  },
  service_error_with_type: {
    kind: 'counter',
    labels: ['operation', 'namespace', 'error_type'],
    constant,
    help: 'Calls answered with an error, by its kind.',
  },
  service_errors_resource_exhausted: {
    kind: 'counter',
    labels: ['operation', 'namespace', 'resource_exhausted_cause'],
    constant,
    help: 'Calls refused by a limit, by its cause.',
  },
  service_errors_entity_not_found: {
    kind: 'counter',
    ...call,
    help: 'Calls answered NOT_FOUND.',
  },
  service_errors_execution_already_started: {
    kind: 'counter',
    ...call,
    help: 'Starts refused because the workflow id is taken.',
  },
  service_errors_invalid_argument: {
    kind: 'counter',
    ...call,
    help: 'Calls answered INVALID_ARGUMENT.',
  },
  service_errors_context_timeout: {
    kind: 'counter',
    ...call,
    help: 'Calls that ran out of their time.',
  },
  service_latency: {
    kind: 'histogram',
    unit: 'seconds',
    ...call,
    help: 'From the whole request to the answer; of long polls with their wait.',
  },
  service_pending_requests: {
    kind: 'gauge',
    labels: ['operation'],
    constant,
    help: 'Calls that wait for their answer, parked polls among them.',
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;
