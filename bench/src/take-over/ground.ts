// What owners stand on one after the other: a LogPartition of a real Kafka, a real Cassandra, and an index in memory.
//
// G1. The store can be sent away: it then refuses what is written, and is read as before. So a tail stays as long as it is.
// G2. Every owner is a process of its own as far as the protocol can tell: it has never tried an epoch (L4).

import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { embeddedLayer, LayeredConfig, layerOf } from '@perdure/core-dynamic-config';
import { type OpenedHistory, openHistory } from '@perdure/history';
import { cassandraPart, fullSpeed, ownPart } from '@perdure/parts';
import {
  type CommitLog,
  type LogPartition,
  type Namespace,
  type Store,
  StoreUnavailable,
} from '@perdure/ports';
import { RealClock } from '@perdure/server/real-clock';
import { openCassandra } from '@perdure/store-cassandra';
import { createMemoryVisibility } from '@perdure/store-memory';
import { startKafka } from '../real-kafka.ts';

export interface Taken {
  readonly history: OpenedHistory;
  /** By `performance.now`: the Announce was acknowledged. */
  readonly announcedAt: number;
  /** All that counts up to it was read. */
  readonly replayedAt: number;
}

export interface Place {
  readonly namespace: Namespace;
  /** G1. */
  storeAway: boolean;
  claim(): Promise<Taken>;
  close(): Promise<void>;
}

export interface Ground {
  /** Of Kafka and of Cassandra. */
  readonly pids: readonly number[];
  /** A log and tables without a record. */
  freshPartition(): Promise<Place>;
  close(): Promise<void>;
}

export async function openGround(): Promise<Ground> {
  const kafka = await startKafka();
  const cassandra = await ownPart(cassandraPart, { [fullSpeed]: 'true' });
  const { found } = cassandra;
  const pid = found.kind === 'ready' ? found.pids[0] : undefined;
  if (found.kind === 'missing' || pid === undefined) {
    throw new Error('this bench needs a Cassandra that is a process of this machine');
  }
  const freshPartition = async (): Promise<Place> => {
    const log = await kafka.open({ partitionCount: 1 });
    const { store } = await openCassandra({
      contactPoints: [`${found.host}:${found.port}`],
      localDataCenter: 'datacenter1',
      keyspace: `bench_${Date.now().toString(36)}`,
      replication: { datacenter1: 1 },
      create: true,
    });
    return placeOn(log, store);
  };
  const close = async (): Promise<void> => {
    await Promise.all([kafka.stop(), cassandra.stop()]);
  };
  return { pids: [kafka.pid, pid], freshPartition, close };
}

function placeOn(log: CommitLog, cassandra: Store): Place {
  const clock = new RealClock();
  const visibility = createMemoryVisibility();
  const namespace: Namespace = {
    id: randomUUID(),
    name: 'default',
    state: 1,
    description: '',
    ownerEmail: '',
    data: {},
    retentionUs: 86_400e6,
    searchAttributes: new Map(),
  };
  const store = refusing(cassandra, () => place.storeAway);
  const config = new LayeredConfig(layerOf({ 'history.foldInterval': 3_600e6 }), embeddedLayer);
  const partition = log.partition(0);
  const claim = async (): Promise<Taken> => {
    let announcedAt = 0;
    let replayedAt = 0;
    const watched = watch(partition, () => {
      if (announcedAt === 0) announcedAt = performance.now();
    });
    const history = await openHistory({
      clock,
      config,
      store,
      visibility,
      log: watched,
      recordBytesMax: log.recordBytesMax,
      matching: takesAll,
      namespaces: { byName: () => namespace, byId: () => namespace, list: () => [namespace] },
      tokenKey: new Uint8Array(32),
      owner: 'bench',
      newId: randomUUID,
      onHalt: fail,
      onTrouble: (message, error) => fail(new Error(message, { cause: error })),
      claim: {
        generation: 1,
        newNonce: randomUUID,
        lastTried: 0,
        onTried: () => undefined,
        wanted: () => true,
        pauseUs: () => 100_000,
        onAnnounced: () => {
          replayedAt = performance.now();
        },
        onFenced: () => undefined,
        onUnknown: fail,
        onSettled: () => undefined,
      },
    });
    return { history, announcedAt, replayedAt };
  };
  const close = async (): Promise<void> => {
    await log.close();
    await cassandra.close();
  };
  const place: Place = { namespace, storeAway: false, claim, close };
  return place;
}

/** Nobody polls. */
const takesAll: Parameters<typeof openHistory>[0]['matching'] = {
  offer: (_offer, answered) => answered('taken'),
  withdraw: () => undefined,
  describe: () => Promise.reject(new Error('nobody asks')),
};

function fail(fault: unknown): never {
  throw fault;
}

function refusing(store: Store, away: () => boolean): Store {
  const write: Store['write'] = (batch) =>
    away() ? Promise.reject(new StoreUnavailable('away')) : store.write(batch);
  return new Proxy(store, {
    get: (target, name: keyof Store) => (name === 'write' ? write : target[name].bind(target)),
  });
}

function watch(partition: LogPartition, onAppended: () => void): LogPartition {
  const append: LogPartition['append'] = async (records) => {
    const offset = await partition.append(records);
    onAppended();
    return offset;
  };
  return new Proxy(partition, {
    get: (target, name: keyof LogPartition) =>
      name === 'append' ? append : target[name].bind(target),
  });
}
