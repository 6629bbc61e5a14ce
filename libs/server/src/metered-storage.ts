// Meters on the calls of log, store and visibility index, put round the methods of the adapter at hand: neither the
// adapters nor the services know of metrics.

import { performance } from 'node:perf_hooks';
import {
  type LogPartition,
  type Metrics,
  StorageFault,
  type Store,
  type VisibilityIndex,
} from '@perdure/ports';
import type { Tracing } from './tracing.ts';

const usPerMs = 1_000;

/** Label values, in the manner of the official server's own. */
const storeOperations: Readonly<Partial<Record<keyof Store, string>>> = {
  write: 'WriteFold',
  sync: 'Sync',
  readApplied: 'ReadApplied',
  readWorkflow: 'ReadWorkflow',
  readRunState: 'ReadRunState',
  scanRunStates: 'ScanRunStates',
  readHistory: 'ReadHistory',
  oldestWakeBucket: 'OldestWakeBucket',
  readWake: 'ReadWake',
  readQuarantine: 'ReadQuarantine',
};

const visibilityOperations: Readonly<Partial<Record<keyof VisibilityIndex, string>>> = {
  write: 'WriteRows',
  sync: 'Sync',
  readCursor: 'ReadCursor',
  list: 'ListWorkflowExecutions',
  count: 'CountWorkflowExecutions',
  countByStatus: 'CountByStatus',
  closedBefore: 'ListClosedBefore',
  beginGeneration: 'BeginGeneration',
  endGeneration: 'EndGeneration',
};

export interface MeteredStorage {
  readonly log: LogPartition;
  readonly store: Store;
  readonly visibility: VisibilityIndex;
}

/** From now on the calls are counted and timed, and appends traced where traces are asked for. Once for a storage. */
export function meterStorage(
  { log, store, visibility }: MeteredStorage,
  metrics: Metrics,
  tracing: Tracing | null,
): void {
  meterCalls(store, storeOperations, (operation) => watcher(metrics, 'persistence', operation));
  meterCalls(visibility, visibilityOperations, (operation) =>
    watcher(metrics, 'visibility_persistence', operation),
  );
  meterCalls(log, { append: 'Append' }, () => {
    const appends = metrics.counter('perdure_log_appends').of();
    const latency = metrics.histogram('perdure_log_append_latency').of();
    return (beganMs) => {
      appends.value += 1;
      latency.observe((performance.now() - beganMs) * usPerMs);
    };
  });
  if (tracing !== null) traceAppends(log, tracing);
}

function traceAppends(log: LogPartition, tracing: Tracing): void {
  const append = log.append.bind(log);
  const value: LogPartition['append'] = (records) => {
    const span = tracing.beginAppend(records);
    const appended = append(records);
    appended.then(
      () => span.end(),
      (error: unknown) => span.end(error ?? 'unknown'),
    );
    return appended;
  };
  Object.defineProperty(log, 'append', { value });
}

/** `error` is undefined for a call that did what it should. */
type Watcher = (beganMs: number, error?: unknown) => void;
type Call = (...values: readonly unknown[]) => Promise<unknown>;

function watcher(
  metrics: Metrics,
  prefix: 'persistence' | 'visibility_persistence',
  operation: string,
): Watcher {
  const requests = metrics.counter(`${prefix}_requests`).of(operation);
  const latency = metrics.histogram(`${prefix}_latency`).of(operation);
  return (beganMs, error) => {
    requests.value += 1;
    latency.observe((performance.now() - beganMs) * usPerMs);
    if (error === undefined) return;
    metrics.counter(`${prefix}_errors`).of(operation).value += 1;
    const type = error instanceof StorageFault ? error.kind : 'other';
    metrics.counter('persistence_error_with_type').of(operation, type).value += 1;
  };
}

function meterCalls<T extends object>(
  port: T,
  operations: Readonly<Partial<Record<keyof T, string>>>,
  watcherOf: (operation: string) => Watcher,
): void {
  for (const [name, operation] of Object.entries<string | undefined>(operations)) {
    const method = (port as Readonly<Record<string, Call>>)[name];
    if (method === undefined || operation === undefined) continue;
    const call = method.bind(port);
    const watch = watcherOf(operation);
    const value: Call = (...values) => {
      const beganMs = performance.now();
      const outcome = call(...values);
      outcome.then(
        () => watch(beganMs),
        (error: unknown) => watch(beganMs, error ?? 'unknown'),
      );
      return outcome;
    };
    Object.defineProperty(port, name, { value, configurable: true });
  }
}
