// What the frontend needs of the services behind it, and no more.

import type {
  CallContext,
  HistoryService,
  MatchingService,
  Routed,
  WorkerDirectory,
} from '@perdure/ports';
import type { RpcResponseInit } from '@perdure/wire';
import type { NamespaceRegistry } from './namespaces/registry.ts';
import type { Delivery } from './public-method.ts';

/** The gateway of the workers: parks their polls. */
export interface PollGateway {
  pollWorkflowTaskQueue(
    poll: Routed<'PollWorkflowTaskQueue'>,
    call: CallContext,
  ): Promise<Delivery>;
  pollActivityTaskQueue(
    poll: Routed<'PollActivityTaskQueue'>,
    call: CallContext,
  ): Promise<Delivery>;
  pollNexusTaskQueue(poll: Routed<'PollNexusTaskQueue'>, call: CallContext): Promise<Delivery>;
  shutdownWorker(
    goodbye: Routed<'ShutdownWorker'>,
    call: CallContext,
  ): Promise<RpcResponseInit<'ShutdownWorker'>>;
}

export interface Services {
  readonly history: Pick<HistoryService, 'rpc'>;
  readonly matching: Pick<MatchingService, 'describe'>;
  readonly polls: PollGateway;
  readonly namespaces: NamespaceRegistry;
  /** A namespace was deleted: what it left behind can go. */
  readonly namespaceDeleted: () => void;
  readonly workers: WorkerDirectory;
}
