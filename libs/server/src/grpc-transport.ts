// The public API over gRPC: grpc-js carries bytes to and from the frontend's methods, which know nothing of it.
//
// Owns sockets, settings, health and reflection; no message of the API is decoded here.

import {
  type ConnectionInjector,
  Server,
  ServerCredentials,
  type ServerOptions,
} from '@grpc/grpc-js';
import type { PublicMethod } from '@perdure/frontend';
import { usPerMs } from '@perdure/kernel';
import type { DynamicConfig } from '@perdure/ports';
import { unaryHandler } from './grpc-call.ts';
import { addHealth } from './grpc-health.ts';
import { inflateAtOnce } from './grpc-inflate.ts';
import { limitText, messageBytesMax } from './grpc-limit.ts';
import { type Listener, listen } from './grpc-listener.ts';
import { addReflection } from './grpc-reflection.ts';

export interface GrpcTransport {
  /** Serves on `host:port`, port 0 being any free one. Resolves with the port; throws ListenFault, one line for the user. */
  start(address: string): Promise<number>;
  /**
   * No new connections or calls from now on; calls under way may end within the grace, then they are cut off. Parked
   * polls end early only if who parked them ends them.
   */
  stop(graceMs: number): Promise<void>;
}

/** Calls at once on one connection. A worker process parks some hundred polls. */
const streamsMax = 4_096;

const settingsOf = (config: DynamicConfig): ServerOptions => ({
  'grpc.enable_channelz': 0,
  'grpc.max_concurrent_streams': streamsMax,
  'grpc.max_receive_message_length': messageBytesMax,
  'grpc.max_send_message_length': -1,
  // Finds clients that vanished without a word, and with them their parked polls. Their own pings are not limited.
  'grpc.keepalive_time_ms': config.value('frontend.keepAliveTime') / usPerMs,
  'grpc.keepalive_timeout_ms': config.value('frontend.keepAliveTimeout') / usPerMs,
  // MB that one connection may make the HTTP/2 layer hold.
  'grpc-node.max_session_memory': 256,
  interceptors: [limitText, inflateAtOnce],
});

const identity = (bytes: Buffer): Buffer => bytes;

export function createGrpcTransport(
  methods: readonly PublicMethod[],
  config: DynamicConfig,
): GrpcTransport {
  const server = new Server(settingsOf(config));
  for (const method of methods) {
    const path = `/${method.service}/${method.name}`;
    server.register(path, unaryHandler(method), identity, identity, 'unary');
  }
  const health = addHealth(server, new Set(methods.map(({ service }) => service)));
  addReflection(server);
  const connections = server.createConnectionInjector(ServerCredentials.createInsecure());
  let listener: Listener | undefined;
  return {
    async start(address) {
      listener = await listen(address, (socket) => connections.injectConnection(socket));
      return listener.port;
    },
    async stop(graceMs) {
      listener?.close();
      health.leave();
      await shutDown(server, connections, graceMs);
    },
  };
}

/** GOAWAY to every client, then its calls end by themselves or are cut off. */
function shutDown(server: Server, connections: ConnectionInjector, graceMs: number): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    server.tryShutdown(() => resolve());
  });
  // Server.forceShutdown knows no sessions while channelz is off (grpc-js 1.14); this does.
  connections.drain(graceMs);
  return ended;
}
