// The public methods of a process: the frontend in front of what it can reach, watched and counted.

import { createHash } from 'node:crypto';
import { blockCount, shardsPerBlock } from '@perdure/core-shard';
import {
  createFrontend,
  type NamespaceRegistry,
  type PublicMethod,
  type Reclaim,
} from '@perdure/frontend';
import type { HistoryOperator } from '@perdure/history';
import { HeardWorkers } from '@perdure/matching';
import type { HistoryService, MatchingService } from '@perdure/ports';
import type { Gateway } from '@perdure/worker-gateway';
import { observedMethods } from './observed-methods.ts';
import { operatorMethods } from './operator-methods.ts';
import type { ServicesOptions, Storage } from './services.ts';
import { versionInRange } from './version-range.ts';

export interface FrontOptions
  extends Pick<ServicesOptions, 'clock' | 'config' | 'log' | 'metrics' | 'tracing' | 'newId'> {
  readonly storage: Pick<Storage, 'tokenKey' | 'storeName' | 'backup'>;
  readonly namespaces: NamespaceRegistry;
  readonly gateway: Gateway;
  readonly reclaim: Reclaim;
}

export interface BehindTheFront {
  readonly history: Pick<HistoryService, 'rpc'>;
  readonly matching: Pick<MatchingService, 'describe'>;
  readonly operator: HistoryOperator;
}

export function frontMethods(
  options: FrontOptions,
  { history, matching, operator: historyOperator }: BehindTheFront,
): readonly PublicMethod[] {
  const { storage, clock, config, log, metrics, tracing, newId, namespaces, gateway, reclaim } =
    options;
  const methods = createFrontend({
    services: {
      history,
      matching,
      polls: {
        pollWorkflowTaskQueue: (poll, call) => gateway.pollWorkflowTaskQueue(poll, call),
        pollActivityTaskQueue: (poll, call) => gateway.pollActivityTaskQueue(poll, call),
        pollNexusTaskQueue: (poll, call) => gateway.pollNexusTaskQueue(poll, call),
        shutdownWorker: async (goodbye) => {
          await gateway.shutdownWorker(goodbye);
          return {};
        },
      },
      namespaces,
      workers: new HeardWorkers(clock),
      namespaceDeleted: () => reclaim.begin(),
    },
    cluster: {
      id: clusterId(storage.tokenKey),
      name: 'active',
      historyShards: blockCount * shardsPerBlock,
      persistenceStore: storage.storeName,
      visibilityStore: storage.storeName,
    },
    clock,
    config,
    versionInRange,
    newId,
    reportBug: ({ errorId, method, error }) =>
      log.error('a call failed by an error of the server', {
        component: 'frontend',
        operation: method,
        'error-id': errorId,
        error,
      }),
  });
  const operator = operatorMethods({
    history: historyOperator,
    namespaces,
    backup: storage.backup ?? null,
    reportBug: (operation, error) =>
      log.error('a call failed by an error of the server', {
        component: 'operator',
        operation,
        error,
      }),
  });
  const all = [...methods, ...operator];
  return observedMethods(all, { metrics, log, tracing, clock });
}

/** As old as the data: the same for every process that opens the directory. */
function clusterId(tokenKey: Uint8Array): string {
  const hash = createHash('sha256').update('cluster id').update(tokenKey).digest('hex');
  return hash.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, '$1-$2-$3-$4-$5');
}
