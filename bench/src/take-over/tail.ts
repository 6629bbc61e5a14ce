// Makes the tail that is taken over: runs of one start and three signals, by the history service itself.

import { randomBytes, randomUUID } from 'node:crypto';
import type { CallContext, HistoryService } from '@perdure/ports';
import { type RpcName, type RpcRequest, type RpcRequestInit, rpcCodec } from '@perdure/wire';
import type { Place } from './ground.ts';

export interface TailOrder {
  readonly transitions: number;
  /** The tail has signals alone: the store holds the runs as they were started. */
  readonly knownRuns: boolean;
}

export interface Tail {
  readonly runs: number;
  /** As transitions in the log. */
  readonly bytes: number;
}

const perRun = 4;
const inputBytes = 700;
const together = 256;

const call: CallContext = {
  deadlineMs: null,
  clientName: '',
  clientVersion: '',
  supportedFeatures: '',
  cancelled: () => false,
  onCancelled: () => undefined,
};

/** Its owner is gone when it resolves. */
export async function fill(place: Place, { transitions, knownRuns }: TailOrder): Promise<Tail> {
  const { namespace } = place;
  const { history } = await place.claim();
  const { rpc } = history.service;
  const runs = Math.ceil(transitions / perRun);
  const ids = Array.from({ length: runs }, () => `order-${randomUUID()}`);
  const routed = { namespaceId: namespace.id, namespace: namespace.name };
  place.storeAway = !knownRuns;
  await each(ids, async (workflowId) => {
    const request = requestOf('StartWorkflowExecution', {
      namespace: namespace.name,
      workflowId,
      workflowType: { name: 'order' },
      taskQueue: { name: 'orders' },
      requestId: randomUUID(),
      input: randomBytes(inputBytes),
    });
    await rpc.StartWorkflowExecution({ ...routed, request }, call);
  });
  if (knownRuns) await history.drain();
  place.storeAway = true;
  const before = history.counts.log.bytes;
  const signals = transitions - (knownRuns ? 0 : runs);
  await each(
    Array.from({ length: signals }, (_none, i) => ids[i % runs] as string),
    (workflowId) => signal(rpc, routed, workflowId),
  );
  const { bytes } = history.counts.log;
  history.stop();
  return { runs, bytes: knownRuns ? bytes - before : bytes };
}

async function signal(
  rpc: HistoryService['rpc'],
  routed: { readonly namespaceId: string; readonly namespace: string },
  workflowId: string,
): Promise<void> {
  const request = requestOf('SignalWorkflowExecution', {
    namespace: routed.namespace,
    workflowExecution: { workflowId },
    signalName: 'changed',
    requestId: randomUUID(),
    input: randomBytes(inputBytes),
  });
  await rpc.SignalWorkflowExecution({ ...routed, request }, call);
}

function requestOf<R extends RpcName>(name: R, init: RpcRequestInit<R>): RpcRequest<R> {
  const { request } = rpcCodec(name);
  return request.decode(request.encode(init));
}

async function each<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  const work = async (): Promise<void> => {
    for (const item of waiting) await act(item);
  };
  await Promise.all(Array.from({ length: together }, work));
}
