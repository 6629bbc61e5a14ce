// The public API over our own HTTP/2 and gRPC framing: sockets, calls by their path, and the end of it all.
//
// No message of the API is decoded here. grpc-js does the same job at four times the cost (docs/adr): it is kept as the
// other transport, behind the same types.

import type { Socket } from 'node:net';
import type { PublicMethod } from '@perdure/frontend';
import { RejectionError, reject, usPerMs } from '@perdure/kernel';
import type { Clock, DynamicConfig } from '@perdure/ports';
import { Deadlines } from './deadlines.ts';
import { healthService } from './grpc-health.ts';
import { type Listener, listen } from './grpc-listener.ts';
import { encodingOf } from './grpc-message.ts';
import { reflectionMethods } from './grpc-reflection.ts';
import { statusOf } from './grpc-status.ts';
import { StreamCall } from './grpc-stream-call.ts';
import type { StreamingMethod } from './grpc-streaming.ts';
import { timeoutMsOf } from './grpc-timeout.ts';
import type { GrpcTransport } from './grpc-transport.ts';
import { type ServerShare, UnaryCall } from './grpc-unary.ts';
import { Http2Connection } from './http2/connection.ts';
import { fieldOf, type RequestFields } from './http2/request.ts';
import type { Http2Stream, StreamReceiver } from './http2/stream.ts';
import { type BrakedConnection, RefusalBrake } from './refusal-brake.ts';

/** Calls at once on one connection. A worker process parks some hundred polls. */
const streamsMax = 4_096;
/** How often connections and calls are looked at; more often when keep-alive is set shorter. */
const tickMsMax = 5_000;
const tickMsMin = 20;
/** A connection is to begin, and a message to be complete, within this. */
const beginMs = 10_000;
const messageMs = 60_000;
/** The socket of a peer that does not read is not read either. */
const unreadBytesMax = 4 * 1024 * 1024;

type Route =
  | { readonly kind: 'unary'; readonly handle: PublicMethod['handle'] }
  | { readonly kind: 'streaming'; readonly method: StreamingMethod };

interface Served {
  readonly socket: Socket;
  readonly connection: Http2Connection;
  readonly sinceMs: number;
}

export function createHttp2Transport(
  methods: readonly PublicMethod[],
  config: DynamicConfig,
  clock: Clock,
): GrpcTransport {
  const health = healthService(new Set(methods.map(({ service }) => service)));
  const server = new Http2Server(
    routesOf(methods.concat(health.check), [health.watch, ...reflectionMethods()]),
    config,
    clock,
  );
  let listener: Listener | undefined;
  return {
    async start(address) {
      listener = await listen(address, (socket) => server.serve(socket));
      return listener.port;
    },
    async stop(graceMs) {
      listener?.close();
      health.leave();
      await server.stop(graceMs);
    },
  };
}

function routesOf(
  methods: readonly PublicMethod[],
  streaming: readonly StreamingMethod[],
): ReadonlyMap<string, Route> {
  const routes = new Map<string, Route>();
  for (const { service, name, handle } of methods)
    routes.set(`/${service}/${name}`, { kind: 'unary', handle });
  for (const method of streaming) routes.set(method.path, { kind: 'streaming', method });
  return routes;
}

class Http2Server {
  readonly #routes: ReadonlyMap<string, Route>;
  readonly #config: DynamicConfig;
  readonly #brake: RefusalBrake;
  readonly #share: ServerShare;
  readonly #clock: Clock;
  readonly #served = new Set<Served>();
  #dirty: Served[] = [];
  #ticker: NodeJS.Timeout | undefined;
  #stopped: (() => void) | null = null;

  constructor(routes: ReadonlyMap<string, Route>, config: DynamicConfig, clock: Clock) {
    this.#routes = routes;
    this.#config = config;
    this.#clock = clock;
    this.#brake = new RefusalBrake(clock);
    const deadlines = new Deadlines(() => clock.nowUs() / usPerMs);
    this.#share = { deadlines, held: { bytes: 0 }, incomplete: new Set() };
    this.#tickLater();
  }

  serve(socket: Socket): void {
    const connection: Http2Connection = new Http2Connection({
      streamsMax,
      nowMs: Date.now,
      socketBytes: () => socket.writableLength,
      dirty: () => this.#flushLater(served),
      open: (stream, request) => this.#open(stream, request, brake),
    });
    const brake = this.#brake.connection((still) => {
      if (still) socket.pause();
      else if (socket.writableLength <= unreadBytesMax) socket.resume();
    });
    const served: Served = { socket, connection, sinceMs: Date.now() };
    this.#served.add(served);
    connection.begin();
    socket.on('data', (chunk: Buffer) => {
      connection.receive(chunk);
      if (connection.closed) this.#flushLater(served);
    });
    socket.on('drain', () => {
      connection.resume();
      if (!brake.braked) socket.resume();
    });
    // Half-closed is closed: a client that sends nothing more cancels what it had asked for.
    socket.on('end', () => socket.destroy());
    // Its `close` follows.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      connection.lost();
      this.#served.delete(served);
      this.#tellStopped();
    });
    if (this.#stopped !== null) connection.drain();
  }

  /** GOAWAY to every client, then its calls end by themselves or are cut off. */
  stop(graceMs: number): Promise<void> {
    clearTimeout(this.#ticker);
    const ended = new Promise<void>((resolve) => {
      this.#stopped = resolve;
    });
    for (const { connection } of this.#served) connection.drain();
    setTimeout(() => {
      for (const { connection } of this.#served) connection.cutOff();
      // A peer that does not read what is left for it is not waited for.
      setTimeout(() => {
        for (const { socket } of this.#served) socket.destroy();
      }, lastWordsMs).unref();
    }, graceMs).unref();
    this.#tellStopped();
    return ended;
  }

  #tellStopped(): void {
    if (this.#served.size === 0) this.#stopped?.();
  }

  #open(
    stream: Http2Stream,
    { method, path, fields }: RequestFields,
    brake: BrakedConnection,
  ): StreamReceiver | null {
    const type = fieldOf(fields, 'content-type');
    if (method !== 'POST') return refused(stream, methodNotAllowed);
    if (!grpcType.test(type)) return refused(stream, unsupportedMediaType);
    const route = this.#routes.get(path);
    const encoding = encodingOf(fieldOf(fields, 'grpc-encoding'));
    const timeout = fieldOf(fields, 'grpc-timeout');
    const timeoutMs = timeout === '' ? null : timeoutMsOf(timeout);
    const fault =
      route === undefined
        ? new RejectionError(reject('UNIMPLEMENTED', `unknown method ${path.slice(0, 200)}`))
        : encoding === null
          ? new RejectionError(reject('UNIMPLEMENTED', 'grpc-encoding is not supported'))
          : Number.isNaN(timeoutMs)
            ? new RejectionError(reject('INTERNAL', 'malformed grpc-timeout'))
            : null;
    if (fault !== null || route === undefined || encoding === null) {
      stream.end(statusOf(fault));
      return null;
    }
    if (route.kind === 'streaming')
      return new StreamCall(this.#share, stream, route.method, encoding);
    return new UnaryCall(this.#share, stream, {
      handle: route.handle,
      connection: brake,
      encoding,
      deadlineMs: timeoutMs === null ? null : this.#clock.nowUs() / usPerMs + timeoutMs,
      nowMs: Date.now(),
      fields,
    });
  }

  #flushLater(served: Served): void {
    if (this.#dirty.push(served) === 1) setImmediate(this.#flush);
  }

  /** What was said in one turn leaves in one write per connection. */
  readonly #flush = (): void => {
    const dirty = this.#dirty;
    this.#dirty = [];
    for (const { socket, connection } of dirty) {
      const bytes = connection.take();
      if (bytes !== null && !socket.destroyed) socket.write(bytes);
      if (connection.closed) socket.destroySoon();
      else if (socket.writableLength > unreadBytesMax) socket.pause();
    }
  };

  /** A client that is silent for so long may have vanished, and with it its parked polls. */
  get #keepAlive(): { readonly silentMs: number; readonly answerMs: number } {
    return {
      silentMs: this.#config.value('frontend.keepAliveTime') / usPerMs,
      answerMs: this.#config.value('frontend.keepAliveTimeout') / usPerMs,
    };
  }

  #tickLater(): void {
    const { silentMs, answerMs } = this.#keepAlive;
    const tickMs = Math.max(tickMsMin, Math.min(tickMsMax, silentMs / 2, answerMs / 2));
    this.#ticker = setTimeout(() => {
      this.#tick();
      this.#tickLater();
    }, tickMs);
    this.#ticker.unref();
  }

  #tick(): void {
    const nowMs = Date.now();
    const { silentMs, answerMs } = this.#keepAlive;
    for (const { socket, connection, sinceMs } of this.#served) {
      const slow = connection.isNew && nowMs - sinceMs > beginMs;
      if (slow || !connection.keepAlive(silentMs, answerMs)) socket.destroy();
    }
    for (const call of this.#share.incomplete) {
      if (nowMs - call.begunMs < messageMs) break;
      call.giveUp();
    }
  }
}

/** For a peer to take what was said to it at the end. */
const lastWordsMs = 250;
const methodNotAllowed = 405;
const unsupportedMediaType = 415;
const grpcType = /^application\/grpc(?:\+[a-z]+)?(?:;.*)?$/;

function refused(stream: Http2Stream, httpStatus: number): null {
  stream.refuse(httpStatus);
  return null;
}
