// The public API over grpc-js: the slower of the two transports, kept for comparison and as a way out. It carries bytes to
// and from the frontend's methods, which know nothing of it.

import {
  type ConnectionInjector,
  Server,
  ServerCredentials,
  type ServerOptions,
} from '@grpc/grpc-js';
import type { PublicMethod } from '@perdure/frontend';
import { usPerMs } from '@perdure/kernel';
import type { Clock, DynamicConfig } from '@perdure/ports';
import { healthService } from './grpc-health.ts';
import { streamingHandler, unaryHandler } from './grpc-js-call.ts';
import { inflateAtOnce } from './grpc-js-inflate.ts';
import { limitText } from './grpc-js-limit.ts';
import { messageBytesMax } from './grpc-limit.ts';
import { type Listener, listen } from './grpc-listener.ts';
import { reflectionMethods } from './grpc-reflection.ts';
import type { GrpcTransport } from './grpc-transport.ts';

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

export function createGrpcJsTransport(
  methods: readonly PublicMethod[],
  config: DynamicConfig,
  clock: Clock,
): GrpcTransport {
  const server = new Server(settingsOf(config));
  const health = healthService(new Set(methods.map(({ service }) => service)));
  for (const method of methods.concat(health.check)) {
    const path = `/${method.service}/${method.name}`;
    server.register(path, unaryHandler(method, clock), identity, identity, 'unary');
  }
  for (const method of [health.watch, ...reflectionMethods()])
    server.register(method.path, streamingHandler(method), identity, identity, 'bidi');
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
