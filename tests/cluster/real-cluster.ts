// Nodes of a cluster in one process, each with its own connections to the real Kafka, Cassandra and PostgreSQL of the test run,
// linked to each other in memory.
//
// R1. A killed node sends nothing any more and hears nothing: its gate stays shut, its connections to the group are gone, and
//     it has not said goodbye. A frozen one hears all of it when it thaws, like a process that was stopped and goes on.
// R2. What a client was told stands in the answers of `call`; a call to a killed node never ends.

import { randomUUID } from 'node:crypto';
import { connect, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { embeddedLayer, LayeredConfig, layerOf } from '@perdure/core-dynamic-config';
import { KafkaPlacement, openKafkaLog } from '@perdure/log-kafka';
import { PeerNetwork } from '@perdure/matching/fixtures/linked-peers';
import { kafkaPart, sharedPart } from '@perdure/parts';
import { type BrokerTime, type CommitLog, Metrics } from '@perdure/ports';
import { type NodeServices, openNodeServices } from '@perdure/server/node-services';
import { RealClock } from '@perdure/server/real-clock';
import { openLog } from '@perdure/server/server-log';
import { openCassandra } from '@perdure/store-cassandra';
import { openPostgresVisibility } from '@perdure/visibility-postgres';
import { Gate } from './gate.ts';
import { noPlaces, type OwnPlaces, ownPlaces } from './own-places.ts';

const kafka = await sharedPart(kafkaPart);

/** A part is not there. */
export const missing = kafka.kind === 'missing' || noPlaces;

export const logPartitions = 4;
const sessionTimeoutMs = 4_000;

export interface Lost {
  readonly logPartition: number;
  /** null: by its own will or a fault. */
  readonly byEpoch: number | null;
}

export interface ClusterNode {
  readonly name: string;
  readonly services: NodeServices;
  /** Ownerships that ended, in order. */
  readonly lost: readonly Lost[];
  /** What it could not do, for the message of a test that fails. */
  readonly troubles: readonly string[];
  /** R1. */
  kill(): void;
  freeze(): void;
  thaw(): void;
}

type Carried = Parameters<PeerNetwork['carry']>;

/** Delivers by itself, one message a turn, in order; what a frozen node is sent or sends, when it thaws. */
class LiveNetwork extends PeerNetwork {
  readonly #frozen = new Set<string>();
  #held: Carried[] = [];

  override carry(...carried: Carried): void {
    const [from, to] = carried;
    if (this.#frozen.has(from) || this.#frozen.has(to)) {
      this.#held.push(carried);
      return;
    }
    super.carry(...carried);
    setImmediate(() => this.deliver(1, () => 0));
  }

  freeze(name: string): void {
    this.#frozen.add(name);
  }

  thaw(name: string): void {
    this.#frozen.delete(name);
    const held = this.#held;
    this.#held = [];
    for (const carried of held) this.carry(...carried);
  }
}

export class RealCluster {
  readonly #network = new LiveNetwork();
  readonly #topic = `log-${randomUUID()}`;
  readonly #places: OwnPlaces;
  readonly #closing: (() => Promise<unknown>)[] = [];
  readonly #brokers = kafka.kind === 'ready' ? [`${kafka.host}:${kafka.port}`] : [];

  private constructor(places: OwnPlaces) {
    this.#places = places;
  }

  /** On a log, a keyspace and a database without anything in them. */
  static async create(): Promise<RealCluster> {
    return new RealCluster(await ownPlaces());
  }

  /** A node that is a member when this resolves. */
  async start(name: string): Promise<ClusterNode> {
    const gate = new Gate();
    const clock = new RealClock();
    const sockets = new Set<Socket>();
    const lost: Lost[] = [];
    const troubles: string[] = [];
    let dead = false;
    let services: NodeServices | null = null;
    const line = { brokers: this.#brokers, clientId: name, requestTimeoutMs: 3_000 };
    const real = await openKafkaLog({
      ...line,
      topic: this.#topic,
      partitionCount: logPartitions,
      recordBytesMax: 2 << 20,
      minInSyncReplicas: 1,
      createWithReplicas: 1,
      clock,
      onBrokerTime: (sample: BrokerTime) => services?.node.brokerTime(sample),
    });
    const partitions = Array.from({ length: logPartitions }, (_none, at) =>
      gate.around(real.partition(at)),
    );
    const log: CommitLog = { ...real, partition: (at) => partitions[at] ?? real.partition(at) };
    const { store, metadata } = await openCassandra(this.#places.cassandra);
    const index = await openPostgresVisibility({ connectionString: this.#places.postgres });
    const placement = new KafkaPlacement({
      ...line,
      group: this.#topic,
      topic: this.#topic,
      partitionCount: logPartitions,
      sessionTimeoutMs,
      connect: (place, connected) => {
        if (dead) return new Socket();
        const socket = connect(place, connected);
        sockets.add(socket);
        return socket;
      },
    });
    services = await openNodeServices({
      storage: {
        log,
        store: gate.around(store),
        metadata,
        visibility: gate.around(index),
        tokenKey: new Uint8Array(32).fill(7),
        storeName: 'cassandra',
      },
      self: { name, address: name, weight: 1 },
      placement,
      peers: this.#network.join(name),
      clock,
      moveClock: (us) => {
        throw new Error(
          `a clock of this machine is ${us} µs off the broker's, on the same machine`,
        );
      },
      draw: Math.random,
      config: new LayeredConfig(layerOf({}), embeddedLayer),
      namespaces: ['default'],
      log: openLog('warn', 'text', (text) => troubles.push(text)),
      metrics: new Metrics(),
      tracing: null,
      owner: name,
      newId: randomUUID,
      events: {
        serving: () => undefined,
        lost: (logPartition, _history, byEpoch) => lost.push({ logPartition, byEpoch }),
        halted: (at, fault) => troubles.push(`${at} halted: ${fault.message}`),
        trouble: (at, message, error) => troubles.push(`${at}: ${message}: ${String(error)}`),
        assigned: () => undefined,
        clockOff: (aheadUs) => troubles.push(`the clock is ${aheadUs} µs off`),
        suspected: (node) => troubles.push(`suspects ${node}`),
      },
    });
    this.#closing.push(async () => {
      gate.open();
      dead = false;
      await services?.stop();
      await Promise.allSettled([real.close(), store.close(), index.close()]);
    });
    await services.start();
    return {
      name,
      services,
      lost,
      troubles,
      kill: () => {
        dead = true;
        gate.shut();
        this.#network.kill(name);
        for (const socket of sockets) socket.destroy(new Error('killed'));
      },
      freeze: () => {
        gate.shut();
        this.#network.freeze(name);
      },
      thaw: () => {
        this.#network.thaw(name);
        gate.open();
      },
    };
  }

  async close(): Promise<void> {
    for (const close of this.#closing) await close();
    await this.#places.remove();
  }
}

/** Which of the nodes serves the LogPartition; the last one that says so. */
export function ownerOf(nodes: readonly ClusterNode[], logPartition: number): ClusterNode | null {
  return nodes.findLast(({ services }) => services.node.served(logPartition) !== null) ?? null;
}

/** Asks until it is true. Throws after a deadline, with what the nodes could not do. */
export async function until(
  what: string,
  nodes: readonly ClusterNode[],
  holds: () => boolean | Promise<boolean>,
): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > deadline) {
      const told = nodes.flatMap(({ name, troubles }) => troubles.map((line) => `${name} ${line}`));
      throw new Error(`not in 20 s: ${what}\n${told.join('\n')}`);
    }
    await sleep(20);
  }
}
