// A line to the brokers: connections of its own, so that what one line waits for does not hold up another (a broker answers
// the requests of one connection in their order).
//
// B1. Every call is bounded (C5). After one that was not answered in time the connections to that broker are dropped: the
//     next call does not queue up behind it.
// B2. Nothing is tried again here, and metadata is refreshed only when the caller says so.

import { connect, type Socket } from 'node:net';
import kafkajs, { type Kafka } from 'kafkajs';
import { bounded } from './bounded.ts';
import { calmTimers } from './calm-timers.ts';
import { type BrokerCalls, type ClusterCalls, clusterCalls } from './cluster-calls.ts';

export interface LineOptions {
  /** Some brokers of the cluster, each as host:port. */
  readonly brokers: readonly string[];
  /** In the brokers' logs and quotas. */
  readonly clientId: string;
  /** How long a broker may take to answer a request, ms. Default 2,000. */
  readonly requestTimeoutMs?: number;
  /** How long connecting may take, ms. Default 1,000. */
  readonly connectTimeoutMs?: number;
  /** Opens a connection, which calls back when it is there. */
  readonly connect?: (place: Place, connected: () => void) => Socket;
}

export interface Place {
  readonly host: string;
  readonly port: number;
}

/** Beyond kafkajs' own time-outs, which it looks at ten times a second. */
const slackMs = 250;

export class KafkaLine {
  readonly requestTimeoutMs: number;
  readonly connectTimeoutMs: number;
  /** For what has calls of its own in kafkajs, as the admin has. */
  readonly kafka: Kafka;
  readonly #cluster: ClusterCalls;
  readonly #sockets = new Map<string, Set<Socket>>();
  #refreshing: Promise<void> | null = null;

  constructor(options: LineOptions) {
    const { brokers, clientId, requestTimeoutMs = 2_000, connectTimeoutMs = 1_000 } = options;
    calmTimers();
    this.requestTimeoutMs = requestTimeoutMs;
    this.connectTimeoutMs = connectTimeoutMs;
    const open = options.connect ?? ((place, connected) => connect(place, connected));
    this.kafka = new kafkajs.Kafka({
      brokers: [...brokers],
      clientId,
      requestTimeout: requestTimeoutMs,
      connectionTimeout: connectTimeoutMs,
      authenticationTimeout: connectTimeoutMs,
      enforceRequestTimeout: true,
      retry: { retries: 0 },
      // What matters reaches the caller as an error.
      logLevel: kafkajs.logLevel.NOTHING,
      socketFactory: ({ host, port, onConnect }) =>
        this.#keep(open({ host, port }, onConnect), host, port),
    });
    this.#cluster = clusterCalls(this.kafka);
  }

  /** What a call that first has to connect may take, ms. */
  get callMs(): number {
    return 2 * this.connectTimeoutMs + this.requestTimeoutMs + slackMs;
  }

  async open(topic?: string): Promise<void> {
    const { connectTimeoutMs } = this;
    await bounded(2 * connectTimeoutMs + slackMs, this.#cluster.connect());
    if (topic === undefined) await this.refresh();
    else await bounded(this.callMs, this.#cluster.addTargetTopic(topic));
  }

  /** Node id of the broker that leads the partition, as far as is known; undefined when none is. */
  leaderOf(topic: string, partition: number): number | undefined {
    const known = this.#cluster.findTopicPartitionMetadata(topic);
    const leader = known.find(({ partitionId }) => partitionId === partition)?.leader;
    return leader === undefined || leader < 0 ? undefined : leader;
  }

  /** One call of a broker. `timeoutMs` is for the request itself; default is the line's. */
  async call<T>(
    nodeId: number,
    request: (broker: BrokerCalls) => Promise<T>,
    timeoutMs = this.requestTimeoutMs,
  ): Promise<T> {
    const broker = await bounded(this.callMs, this.#cluster.findBroker({ nodeId }));
    return this.ask(broker, request, timeoutMs);
  }

  /** One call of a broker that is known. */
  async ask<T>(
    broker: BrokerCalls,
    request: (broker: BrokerCalls) => Promise<T>,
    timeoutMs = this.requestTimeoutMs,
  ): Promise<T> {
    try {
      return await bounded(timeoutMs + slackMs, request(broker));
    } catch (error) {
      const { name } = error as Error;
      if (name === 'TookTooLong' || name === 'KafkaJSRequestTimeoutError') {
        this.#drop(broker.brokerAddress, 'a request was not answered in time');
      }
      throw error;
    }
  }

  /** The broker that coordinates the group now. */
  coordinator(groupId: string): Promise<BrokerCalls> {
    return bounded(2 * this.callMs, this.#cluster.findGroupCoordinator({ groupId }));
  }

  /** Asks a broker for the cluster's brokers and leaders. One at a time: who comes later gets the answer to the first. */
  refresh(): Promise<void> {
    this.#refreshing ??= bounded(this.callMs, this.#cluster.refreshMetadata()).finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async close(): Promise<void> {
    try {
      await bounded(this.connectTimeoutMs, this.#cluster.disconnect());
    } finally {
      for (const place of this.#sockets.keys()) this.#drop(place, 'closed');
    }
  }

  #keep(socket: Socket, host: string, port: number): Socket {
    const place = `${host}:${port}`;
    const sockets = this.#sockets.get(place) ?? new Set();
    this.#sockets.set(place, sockets.add(socket));
    socket.once('close', () => sockets.delete(socket));
    // kafkajs calls it again with each try to connect; on a destroyed socket Node then keeps a listener each time.
    const unref = socket.unref.bind(socket);
    socket.unref = () => (socket.destroyed ? socket : unref());
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 10_000);
    return socket;
  }

  /** With an error, which is what kafkajs listens to: it then rejects what waits on the connection and makes a new one. */
  #drop(place: string, reason: string): void {
    for (const socket of this.#sockets.get(place) ?? []) socket.destroy(new Error(reason));
  }
}
