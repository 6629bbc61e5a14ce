// What the owners on this node answer to other nodes.
//
// A1. A LogPartition that is not served here is answered NotOwner with the owner that this node knows; in the middle of a
//     take-over only after having waited for it, at most 1 s.
// A2. Nothing but RejectionError and NotOwner leaves: what went wrong here is reported here, and the client is told its id.

import { RejectionError, reject } from '@perdure/kernel';
import {
  type CallContext,
  type Clock,
  type ForOwner,
  type HistoryService,
  NotOwner,
  type OwnerMethods,
  type PeerAnswers,
  type Routed,
  type RoutedRpc,
  StorageFault,
} from '@perdure/ports';
import type { RpcResponseInit } from '@perdure/wire';
import { type LocalPartitions, localService } from './local-partitions.ts';
import { forEachRpc, type RpcHandlers } from './rpc-routes.ts';

export interface AskedHistoryOptions {
  readonly clock: Clock;
  readonly local: LocalPartitions;
  readonly newId: () => string;
  readonly reportBug: (bug: {
    readonly errorId: string;
    readonly method: string;
    readonly error: unknown;
  }) => void;
}

type RpcAnswers = { readonly [R in RoutedRpc]: PeerAnswers<OwnerMethods>[R] };

export function askedHistory(options: AskedHistoryOptions): PeerAnswers<OwnerMethods> {
  const atOwner = async <T, A>(
    method: string,
    { logPartition, content }: ForOwner<T>,
    act: (service: HistoryService, content: T) => A | Promise<A>,
  ): Promise<A> => {
    try {
      const service = await localService(options.local, options.clock, logPartition);
      return await act(service, content);
    } catch (error) {
      throw toPeerError(error, method, options);
    }
  };
  const rpcs = forEachRpc<RpcAnswers>(
    <R extends RoutedRpc>(name: R) =>
      (request: ForOwner<Routed<R>>, call: CallContext): Promise<RpcResponseInit<R>> =>
        atOwner(name, request, ({ rpc }, content) => {
          const handlers: RpcHandlers = rpc;
          return handlers[name](content, call);
        }),
  );
  return {
    ...rpcs,
    startWorkflowTask: (request) =>
      atOwner('startWorkflowTask', request, (service, { offer, poll }) =>
        service.startWorkflowTask(offer, poll),
      ),
    startActivityTask: (request) =>
      atOwner('startActivityTask', request, (service, { offer, poll }) =>
        service.startActivityTask(offer, poll),
      ),
    workflowTaskNotDelivered: (request) =>
      atOwner('workflowTaskNotDelivered', request, (service, { offer, pollRequestId }) => {
        service.workflowTaskNotDelivered(offer, pollRequestId);
        return null;
      }),
    activityTaskNotDelivered: (request) =>
      atOwner('activityTaskNotDelivered', request, (service, { offer, pollRequestId }) => {
        service.activityTaskNotDelivered(offer, pollRequestId);
        return null;
      }),
    stickyQueueGone: (request) =>
      atOwner('stickyQueueGone', request, (service, offer) => {
        service.stickyQueueGone(offer);
        return null;
      }),
  };
}

function toPeerError(error: unknown, method: string, options: AskedHistoryOptions): Error {
  if (error instanceof RejectionError || error instanceof NotOwner) return error;
  const errorId = options.newId();
  options.reportBug({ errorId, method, error });
  const storage = error instanceof StorageFault;
  const message = storage
    ? `storage cannot be used at the moment, please retry (${errorId})`
    : `something went wrong, please retry (${errorId})`;
  return new RejectionError(reject(storage ? 'UNAVAILABLE' : 'INTERNAL', message));
}
