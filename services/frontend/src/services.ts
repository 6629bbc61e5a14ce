// What the frontend needs of the services behind it, and no more.

import type { CallContext, MatchingService, Namespaces, OwnerRpc, Routed } from '@perdure/ports';
import type { RpcResponseInit } from '@perdure/wire';
import type { ListQuery } from './list-query.ts';
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
  shutdownWorker(
    goodbye: Routed<'ShutdownWorker'>,
    call: CallContext,
  ): Promise<RpcResponseInit<'ShutdownWorker'>>;
}

type Query = 'ListWorkflowExecutions' | 'CountWorkflowExecutions';

/** A list or count with its query parsed. */
export type RoutedQuery<R extends Query> = Routed<R> & ListQuery;

/** The owner's face to the frontend; a HistoryService is one. */
export interface OwnerRpcs {
  readonly rpc: {
    readonly [R in OwnerRpc]: (
      request: R extends Query ? RoutedQuery<R> : Routed<R>,
      call: CallContext,
    ) => Promise<RpcResponseInit<R>>;
  };
}

export interface Services {
  readonly history: OwnerRpcs;
  readonly matching: Pick<MatchingService, 'describe'>;
  readonly polls: PollGateway;
  readonly namespaces: Namespaces;
}
