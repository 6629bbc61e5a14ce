// Wires the services of one node of a cluster: the LogPartitions that it owns, the queues that it holds, the polls of the
// workers connected to it, and the way to the other nodes.

import { PartitionMap } from '@perdure/core-shard';
import { openNamespaces, type PublicMethod, Reclaim } from '@perdure/frontend';
import {
  askedHistory,
  askedMessages,
  HistoryNode,
  type HistoryNodeOptions,
  listRpcs,
  OfferBook,
  openHistory,
  RoutedHistory,
  RoutedMessages,
} from '@perdure/history';
import { RejectionError } from '@perdure/kernel';
import { AskedMatching, Matching, RoutedMatching } from '@perdure/matching';
import {
  type Clock,
  type CommitLog,
  type MetadataStore,
  type Peers,
  type Store,
  unknownNamespace,
  type VisibilityIndex,
} from '@perdure/ports';
import { Gateway } from '@perdure/worker-gateway';
import { frontMethods } from './front.ts';
import { nodeOperator } from './node-operator.ts';
import { runFields, type ServicesOptions } from './services.ts';

/** What all nodes of a cluster share. */
export interface SharedStorage {
  readonly log: CommitLog;
  readonly store: Store;
  readonly metadata: MetadataStore;
  readonly visibility: VisibilityIndex;
  /** The same on every node (D4). */
  readonly tokenKey: Uint8Array;
  readonly storeName: string;
}

export interface NodeServicesOptions
  extends Omit<ServicesOptions, 'storage' | 'onHalt' | 'clock'>,
    Pick<HistoryNodeOptions, 'self' | 'placement' | 'moveClock' | 'draw' | 'events'> {
  readonly storage: SharedStorage;
  readonly peers: Peers;
  readonly clock: Clock;
}

export interface NodeServices {
  readonly methods: readonly PublicMethod[];
  readonly node: HistoryNode;
  readonly gateway: Gateway;
  /** Becomes a member of the cluster. */
  start(): Promise<void>;
  /** Leaves it. */
  stop(): Promise<void>;
}

export async function openNodeServices(options: NodeServicesOptions): Promise<NodeServices> {
  const { storage, clock, config, log, metrics, tracing, newId, peers, events } = options;
  const { tokenKey, metadata } = storage;
  const map = new PartitionMap(storage.log.partitionCount);
  const namespaces = await openNamespaces(
    { metadata, newId },
    { names: options.namespaces, searchAttributes: options.searchAttributes ?? {} },
  );
  const trouble = (component: string) => (message: string, error: unknown) =>
    log.error(message, { component, error });
  const reportBug = ({
    errorId,
    method,
    error,
  }: {
    errorId: string;
    method: string;
    error: unknown;
  }) =>
    log.error('a call failed by an error of the server', {
      component: 'history',
      operation: method,
      'error-id': errorId,
      error,
    });
  const local = new Matching({
    clock,
    owner: () => routed,
    metrics,
    namespaceName: (id) => namespaces.byId(id)?.name ?? unknownNamespace,
    onStartFailed: (offer, cause) => {
      if (!(cause instanceof RejectionError)) {
        const about = { component: 'matching', 'task-queue': offer.queue.name, error: cause };
        log.warn('a task could not be started', { ...about, ...runFields(offer.run) });
      }
      matching.startFailed(offer);
    },
  });
  const matching = new RoutedMatching({ clock, local, peers, owner: () => routed });
  const node: HistoryNode = new HistoryNode({
    ...options,
    map,
    ping: (name) => peers.call(name, 'ping', null, null).then(() => undefined),
    open: async (place, claim, onHalt) => {
      const book = new OfferBook({ clock, matching });
      try {
        const opened = await openHistory({
          ...options,
          ...storage,
          log: storage.log.partition(place.logPartition),
          recordBytesMax: storage.log.recordBytesMax,
          matching: book,
          messageLink: () => messages,
          namespaces,
          place,
          claim,
          onHalt,
          onTrouble: (message, error, run) =>
            log.error(message, {
              component: 'history',
              error,
              ...(run === null ? {} : runFields(run)),
            }),
        });
        return {
          ...opened,
          service: book.watch(opened.service),
          stop: () => {
            opened.stop();
            book.close();
          },
        };
      } catch (fault) {
        book.close();
        throw fault;
      }
    },
    events: {
      ...events,
      assigned: (assignment) => {
        routed.assigned(assignment);
        matching.assigned(assignment);
        events.assigned(assignment);
      },
    },
  });
  const routed: RoutedHistory = new RoutedHistory({
    clock,
    map,
    local: node,
    peers,
    localVisibility: listRpcs({ index: storage.visibility, settled: () => Promise.resolve() }),
    tokenKey,
    onTrouble: trouble('history'),
  });
  const messages = new RoutedMessages({ map, local: node, peers });
  const asked = new AskedMatching({ local, routed: matching, owner: () => routed });
  peers.serve({
    answers: {
      ...askedHistory({ clock, local: node, newId, reportBug }),
      ...askedMessages(node),
      ...asked.answers,
      ping: () => Promise.resolve(null),
    },
    messages: asked.messages,
  });
  const gateway = new Gateway({
    clock,
    config,
    matching,
    owner: () => routed,
    gatewayId: newId(),
    ...(tracing === null
      ? {}
      : { onHandedOut: (call, offer) => tracing.handedOut(call, offer, clock.nowUs()) }),
  });
  const reclaim = new Reclaim({
    namespaces,
    rpc: routed.rpc,
    clock,
    onTrouble: trouble('frontend'),
  });
  reclaim.begin();
  const front = { ...options, namespaces, gateway, reclaim };
  return {
    methods: frontMethods(front, { history: routed, matching, operator: nodeOperator(node, map) }),
    node,
    gateway,
    start: () => node.start(),
    stop: () => node.stop(),
  };
}
