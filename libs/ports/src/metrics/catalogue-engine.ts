// Metrics of the store, the log and the owner. The engine is another one than the official server's: most names are ours.

import type { MetricDefinition } from './definition.ts';

const constant = { service_name: 'history' };
const ofStore = { labels: ['operation'], constant } as const;
const plain = { constant } as const;

export const engineMetrics = {
  persistence_requests: { kind: 'counter', ...ofStore, help: 'Calls of the store.' },
  persistence_errors: { kind: 'counter', ...ofStore, help: 'Calls of the store that failed.' },
  persistence_error_with_type: {
    kind: 'counter',
    labels: ['operation', 'error_type'],
    constant,
    help: 'Calls of the store that failed, by the kind of the fault.',
  },
  persistence_latency: {
    kind: 'histogram',
    unit: 'seconds',
    ...ofStore,
    help: 'Duration of calls of the store.',
  },
  visibility_persistence_requests: {
    kind: 'counter',
    ...ofStore,
    help: 'Calls of the visibility index.',
  },
  visibility_persistence_errors: {
    kind: 'counter',
    ...ofStore,
    help: 'Calls of the visibility index that failed.',
  },
  visibility_persistence_latency: {
    kind: 'histogram',
    unit: 'seconds',
    ...ofStore,
    help: 'Duration of calls of the visibility index.',
  },
  perdure_log_append_latency: {
    kind: 'histogram',
    unit: 'seconds',
    ...plain,
    help: 'From an append to its acknowledgement: durable, synced to disk where there is one.',
  },
  perdure_log_appends: { kind: 'counter', ...plain, help: 'Appends to the log.' },
  perdure_log_bytes: { kind: 'counter', ...plain, help: 'Bytes of records appended to the log.' },
  perdure_log_frames: { kind: 'counter', ...plain, help: 'Durable frames.' },
  perdure_log_transitions: { kind: 'counter', ...plain, help: 'Durable transitions.' },
  perdure_log_syncs: { kind: 'counter', ...plain, help: 'Syncs to disk made by appends.' },
  perdure_tail_bytes: {
    kind: 'gauge',
    ...plain,
    help: 'Bytes of durable transitions that the store does not have yet.',
  },
  perdure_tail_transitions: {
    kind: 'gauge',
    ...plain,
    help: 'Durable transitions that the store does not have yet.',
  },
  perdure_pressure: {
    kind: 'gauge',
    ...plain,
    help: 'What is refused because the tail is long: 0 nothing, 1 starts, 2 everything that appends.',
  },
  perdure_pressure_refusals: {
    kind: 'counter',
    labels: ['starting'],
    constant,
    help: 'Calls refused because the tail is long.',
  },
  perdure_folds: { kind: 'counter', ...plain, help: 'Runs folded into the store.' },
  perdure_fold_batches: { kind: 'counter', ...plain, help: 'Batches of folds written.' },
  perdure_loaded_runs: { kind: 'gauge', ...plain, help: 'Runs in memory.' },
  perdure_evicted_runs: { kind: 'counter', ...plain, help: 'Runs that left memory.' },
  perdure_retention_deleted_runs: {
    kind: 'counter',
    ...plain,
    help: 'Closed runs deleted because their retention was over.',
  },
  perdure_retention_passed_over_runs: {
    kind: 'counter',
    ...plain,
    help: 'Closed runs whose retention was over and that had to stay.',
  },
  perdure_quarantined_runs: {
    kind: 'gauge',
    ...plain,
    help: 'Runs in quarantine that this process knows of.',
  },
  perdure_visibility_lag_rows: {
    kind: 'gauge',
    ...plain,
    help: 'Changes that wait for the visibility index.',
  },
  perdure_visibility_lag_frames: {
    kind: 'gauge',
    ...plain,
    help: 'Durable frames that the visibility index has not stored its position beyond.',
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;
