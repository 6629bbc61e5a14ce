// The history service of a node: each call goes to the owner of its LogPartition, in this process or another.
//
// H1. A call to a LogPartition served here is made in the same turn (W6).
// H2. NotOwner with a known outcome did nothing: the hint is followed at once, but never two in a row without a pause, so
//     that two nodes that name each other are not asked in circles.
// H3. What may have been done is asked again only where a repeat is safe (rpc-routes.ts; starts carry their poll's request
//     id, D2). Anything else is answered UNAVAILABLE.
// H4. A call ends: at most 10 s after its first failure, and before its client's deadline.

import type { PartitionMap } from '@perdure/core-shard';
import { RejectionError, reject, usPerMs, usPerSecond } from '@perdure/kernel';
import {
  type ActivityPoll,
  type Assignment,
  type CallContext,
  type Clock,
  type ForOwner,
  type HistoryService,
  type NotDelivered,
  NotOwner,
  PeerLost,
  type PeerMethods,
  type Peers,
  type Routed,
  type RoutedRpc,
  type StartOutcome,
  type TaskOffer,
  type WorkflowPoll,
} from '@perdure/ports';
import type { RpcResponseInit } from '@perdure/wire';
import { TaskTokens } from '../task-token.ts';
import { type LocalPartitions, localService } from './local-partitions.ts';
import { PartitionOwners } from './partition-owners.ts';
import {
  forEachRpc,
  type RpcHandler,
  type RpcHandlers,
  type RpcRoute,
  rpcRoutes,
  type WorkflowName,
} from './rpc-routes.ts';

const pauseShortestUs = 20 * usPerMs;
const pauseLongestUs = 200 * usPerMs;
/** From the first failure on. */
const patienceUs = 10 * usPerSecond;
/** The answer leaves so long before the client gives up. */
const marginUs = 50 * usPerMs;

type VisibilityRpcs = Pick<
  HistoryService['rpc'],
  'ListWorkflowExecutions' | 'CountWorkflowExecutions'
>;

export interface RoutedHistoryOptions {
  readonly clock: Clock;
  readonly map: PartitionMap;
  readonly local: LocalPartitions;
  readonly peers: Peers;
  /** Lists and counts: the index is shared, any node answers. */
  readonly localVisibility: VisibilityRpcs;
  /** The same on every node of the cluster (D4). */
  readonly tokenKey: Uint8Array;
  /** Something that nobody waits for could not be told to an owner: its task ends by its time-out. */
  readonly onTrouble: (message: string, error: unknown) => void;
}

/** One call on its way. */
interface Asking<T> {
  readonly logPartition: number;
  readonly repeatable: boolean;
  /** null: a call of the server's own. */
  readonly call: CallContext | null;
  readonly here: (service: HistoryService) => Promise<T>;
  readonly there: (node: string) => Promise<T>;
}

export class RoutedHistory implements HistoryService {
  readonly rpc: HistoryService['rpc'];
  readonly #options: RoutedHistoryOptions;
  readonly #owners = new PartitionOwners();
  readonly #tokens: TaskTokens;

  constructor(options: RoutedHistoryOptions) {
    this.#options = options;
    this.#tokens = new TaskTokens(options.tokenKey);
    const routed = forEachRpc<RpcHandlers>(
      (name): RpcHandler<typeof name> =>
        (request, call) =>
          this.#ask(name, request, call),
    );
    const { ListWorkflowExecutions, CountWorkflowExecutions } = options.localVisibility;
    this.rpc = { ...routed, ListWorkflowExecutions, CountWorkflowExecutions };
  }

  assigned(assignment: Assignment): void {
    this.#owners.assigned(assignment);
  }

  startWorkflowTask(offer: TaskOffer, poll: WorkflowPoll): Promise<StartOutcome> {
    const { peers } = this.#options;
    const logPartition = this.#partitionOf(offer.run);
    return this.#route({
      logPartition,
      repeatable: true,
      call: null,
      here: (service) => service.startWorkflowTask(offer, poll),
      there: (node) => {
        const content = { offer, poll };
        return peers.call(node, 'startWorkflowTask', { logPartition, content }, null);
      },
    });
  }

  startActivityTask(offer: TaskOffer, poll: ActivityPoll): Promise<StartOutcome> {
    const { peers } = this.#options;
    const logPartition = this.#partitionOf(offer.run);
    return this.#route({
      logPartition,
      repeatable: true,
      call: null,
      here: (service) => service.startActivityTask(offer, poll),
      there: (node) => {
        const content = { offer, poll };
        return peers.call(node, 'startActivityTask', { logPartition, content }, null);
      },
    });
  }

  workflowTaskNotDelivered(offer: TaskOffer, pollRequestId: string): void {
    this.#tell('workflowTaskNotDelivered', { offer, pollRequestId });
  }

  activityTaskNotDelivered(offer: TaskOffer, pollRequestId: string): void {
    this.#tell('activityTaskNotDelivered', { offer, pollRequestId });
  }

  stickyQueueGone(offer: TaskOffer): void {
    const { peers, onTrouble } = this.#options;
    const logPartition = this.#partitionOf(offer.run);
    this.#route<unknown>({
      logPartition,
      repeatable: true,
      call: null,
      here: async (service) => service.stickyQueueGone(offer),
      there: (node) => peers.call(node, 'stickyQueueGone', { logPartition, content: offer }, null),
    }).catch((error: unknown) => onTrouble('an owner was not told of a lost sticky queue', error));
  }

  #tell(method: 'workflowTaskNotDelivered' | 'activityTaskNotDelivered', told: NotDelivered): void {
    const { peers, onTrouble } = this.#options;
    const logPartition = this.#partitionOf(told.offer.run);
    this.#route<unknown>({
      logPartition,
      repeatable: true,
      call: null,
      here: async (service) => service[method](told.offer, told.pollRequestId),
      there: (node) => peers.call(node, method, { logPartition, content: told }, null),
    }).catch((error: unknown) => onTrouble('an owner was not told of a lost receiver', error));
  }

  #partitionOf({ namespaceId, workflowId }: WorkflowName): number {
    return this.#options.map.partitionOf(namespaceId, workflowId);
  }

  async #ask<R extends RoutedRpc>(
    name: R,
    routed: Routed<R>,
    call: CallContext,
  ): Promise<RpcResponseInit<R>> {
    const route: RpcRoute<R> = rpcRoutes[name];
    const logPartition = this.#partitionOf(route.workflow(routed, this.#tokens));
    return this.#route({
      logPartition,
      repeatable: route.repeatable(routed.request),
      call,
      here: ({ rpc }) => {
        const handlers: RpcHandlers = rpc;
        return handlers[name](routed, call);
      },
      there: (node) => this.#askPeer(node, name, { logPartition, content: routed }, call),
    });
  }

  /** The request and the answer of R, though the compiler cannot look that up in the table of all methods. */
  #askPeer<R extends RoutedRpc>(
    node: string,
    name: R,
    request: ForOwner<Routed<R>>,
    call: CallContext,
  ): Promise<RpcResponseInit<R>> {
    const asked = request as unknown as PeerMethods[R]['request'];
    return this.#options.peers.call(node, name, asked, call) as Promise<RpcResponseInit<R>>;
  }

  async #route<T>(asking: Asking<T>): Promise<T> {
    const { clock } = this.#options;
    const { logPartition, call } = asking;
    let giveUpUs: number | null = null;
    let pauseUs = pauseShortestUs;
    let hintFollowed = false;
    let maybeDone = false;
    for (let tries = 0; ; tries++) {
      const node = this.#nodeFor(logPartition, tries);
      try {
        const answer = await this.#askAt(node, asking);
        if (node !== null) this.#owners.served(logPartition, node);
        return answer;
      } catch (error) {
        const hinted = this.#learn(error, logPartition, node);
        maybeDone ||= hinted.outcomeUnknown;
        if (hinted.outcomeUnknown && !asking.repeatable) throw outcomeUnknown();
        giveUpUs ??= giveUpTime(call, clock.nowUs());
        if (call?.cancelled() === true) throw cancelled();
        if (hinted.elsewhere && !hintFollowed) {
          hintFollowed = true;
          continue;
        }
      }
      if (clock.nowUs() + pauseUs > giveUpUs) throw maybeDone ? outcomeUnknown() : nobodyOwns();
      await pause(clock, pauseUs);
      pauseUs = Math.min(pauseUs * 2, pauseLongestUs);
      hintFollowed = false;
    }
  }

  /** This node where it serves or is about to; else whoever is taken for the owner. */
  #nodeFor(logPartition: number, tries: number): string | null {
    const { local, peers } = this.#options;
    if (local.served(logPartition) !== null || local.becoming(logPartition) !== null) {
      return peers.self;
    }
    return this.#owners.candidate(logPartition, tries);
  }

  /** Calls in this turn what is served here. */
  #askAt<T>(node: string | null, { logPartition, here, there }: Asking<T>): Promise<T> {
    const { local, clock, peers } = this.#options;
    if (node === null) throw new NotOwner(logPartition, local.knownOwner(logPartition));
    if (node !== peers.self) return there(node);
    const service = localService(local, clock, logPartition);
    return service instanceof Promise ? service.then(here) : here(service);
  }

  /** Of an error that says who owns, or that the node cannot say; any other is thrown on. */
  #learn(
    error: unknown,
    logPartition: number,
    node: string | null,
  ): { readonly outcomeUnknown: boolean; readonly elsewhere: boolean } {
    if (error instanceof NotOwner) {
      const { owner, outcomeUnknown: unknown } = error;
      this.#owners.denied(logPartition, node, owner);
      return { outcomeUnknown: unknown, elsewhere: owner !== null && owner !== node };
    }
    if (!(error instanceof PeerLost)) throw error;
    this.#owners.lost(logPartition, node);
    return { outcomeUnknown: error.outcomeUnknown, elsewhere: false };
  }
}

function giveUpTime(call: CallContext | null, nowUs: number): number {
  const latestUs = nowUs + patienceUs;
  const deadlineMs = call?.deadlineMs ?? null;
  return deadlineMs === null ? latestUs : Math.min(latestUs, deadlineMs * usPerMs - marginUs);
}

function pause(clock: Clock, us: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(us, resolve);
  });
}

const refusal = (message: string): RejectionError =>
  new RejectionError(reject('UNAVAILABLE', message));

const nobodyOwns = (): RejectionError =>
  refusal('no node owns the workflow at the moment, nothing was done: please retry');

const outcomeUnknown = (): RejectionError =>
  refusal('the node that owns the workflow was lost: the request may or may not have been done');

const cancelled = (): RejectionError =>
  new RejectionError(reject('CANCELLED', 'the call was cancelled'));
