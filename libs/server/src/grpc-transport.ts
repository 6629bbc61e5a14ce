// The public API over gRPC: grpc-js carries bytes to and from the frontend's methods, which know nothing of it.
//
// Owns sockets, settings, health and reflection; no message of the API is decoded here.

import { Server, ServerCredentials, type ServerOptions } from '@grpc/grpc-js';
import type { PublicMethod } from '@perdure/frontend';
import { unaryHandler } from './grpc-call.ts';
import { addHealth } from './grpc-health.ts';
import { limitText, messageBytesMax } from './grpc-limit.ts';
import { listen } from './grpc-listener.ts';
import { addReflection } from './grpc-reflection.ts';

export interface GrpcTransportOptions {
  readonly methods: readonly PublicMethod[];
  /** host:port to listen on; port 0 is any free one. */
  readonly address: string;
}

export interface GrpcTransport {
  /** host:port, as listened on. */
  readonly address: string;
  /**
   * No new connections or calls from now on; calls under way may end within the grace, then they are cut off. Parked
   * polls end early only if who parked them ends them.
   */
  stop(graceMs: number): Promise<void>;
}

/** Calls at once on one connection. A worker process parks some hundred polls. */
const streamsMax = 4_096;

const settings: ServerOptions = {
  'grpc.enable_channelz': 0,
  'grpc.max_concurrent_streams': streamsMax,
  'grpc.max_receive_message_length': messageBytesMax,
  'grpc.max_send_message_length': -1,
  // Finds clients that vanished without a word, and with them their parked polls. Their own pings are not limited.
  'grpc.keepalive_time_ms': 60_000,
  'grpc.keepalive_timeout_ms': 10_000,
  // MB that one connection may make the HTTP/2 layer hold.
  'grpc-node.max_session_memory': 256,
  interceptors: [limitText],
};

const identity = (bytes: Buffer): Buffer => bytes;

/** Serves the methods. Throws ListenFault, whose message is one line for the user. */
export async function startGrpcServer(options: GrpcTransportOptions): Promise<GrpcTransport> {
  const server = new Server(settings);
  for (const method of options.methods) {
    const path = `/${method.service}/${method.name}`;
    server.register(path, unaryHandler(method), identity, identity, 'unary');
  }
  const health = addHealth(server, new Set(options.methods.map(({ service }) => service)));
  addReflection(server);
  const connections = server.createConnectionInjector(ServerCredentials.createInsecure());
  const listener = await listen(options.address, (socket) => connections.injectConnection(socket));
  return {
    address: listener.address,
    async stop(graceMs) {
      listener.close();
      health.leave();
      await shutDown(server, graceMs);
    },
  };
}

/** GOAWAY to every client, then its calls end by themselves or are cut off. */
function shutDown(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cutOff = setTimeout(() => server.forceShutdown(), graceMs);
    server.tryShutdown(() => {
      clearTimeout(cutOff);
      resolve();
    });
  });
}
