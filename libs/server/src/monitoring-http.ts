// The HTTP side of monitoring: /metrics, /health and /ready on a port of their own.
//
// H1. It answers GET and HEAD of three paths and nothing else; bodies are not read.
// H2. Headers, connections and waiting times are bounded; a request that is not HTTP is answered 400 and cut off.
// H3. It is open before the server is: what waits for /ready sees "starting" while the log is replayed.

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Listener, listen } from './grpc-listener.ts';

// An import statement would read every export of the module, WebSocket among them: that loads an HTTP client, which takes
// a tenth of the CPU of a start.
const { createServer } = process.getBuiltinModule('node:http');

/** Whether the server takes calls. */
export type Readiness = 'starting' | 'serving' | 'draining';

export interface Scrape {
  readonly contentType: string;
  readonly text: string;
}

export interface MonitoringOptions {
  readonly readiness: () => Readiness;
  readonly scrape: () => Promise<Scrape>;
  readonly onTrouble: (message: string, error: unknown) => void;
  /** A request that has not arrived by then is cut off. */
  readonly requestMs?: number;
}

export interface MonitoringHttp {
  readonly port: number;
  close(): void;
}

const headerBytesMax = 8 * 1024;
const connectionsMax = 128;
const requestMs = 10_000;
const idleMs = 15_000;

/** Opens the listener on `host:port`, port 0 being any free one. Throws ListenFault. */
export async function openMonitoringHttp(
  address: string,
  options: MonitoringOptions,
): Promise<MonitoringHttp> {
  const waitMs = options.requestMs ?? requestMs;
  const server = createServer(
    {
      maxHeaderSize: headerBytesMax,
      requestTimeout: waitMs,
      headersTimeout: waitMs,
      keepAliveTimeout: idleMs,
      connectionsCheckingInterval: waitMs,
    },
    (request, response) => void answer(request, response, options),
  );
  server.on('clientError', refuseGarbage);
  const open = new Set<Socket>();
  const listener: Listener = await listen(address, (socket) => {
    if (open.size >= connectionsMax) socket.destroy();
    else accept(server, socket, open);
  });
  // It counts the time of its requests from this event on, and does not listen itself.
  server.emit('listening');
  return {
    port: listener.port,
    close() {
      listener.close();
      server.close();
      for (const socket of open) socket.destroySoon();
    },
  };
}

/** The HTTP server is given its connections, as gRPC's is: one way to listen and to say why a port cannot be had. */
function accept(server: Server, socket: Socket, open: Set<Socket>): void {
  open.add(socket);
  socket.once('close', () => open.delete(socket));
  // The end of the process does not wait for a scraper that keeps its connection.
  socket.unref();
  server.emit('connection', socket);
}

function refuseGarbage(_error: Error, socket: Duplex): void {
  if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
  else socket.destroy();
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { readiness, scrape, onTrouble }: MonitoringOptions,
): Promise<void> {
  // A connection that breaks is its client's business.
  response.on('error', () => undefined);
  const { method, url = '' } = request;
  if (method !== 'GET' && method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD').setHeader('connection', 'close');
    send(response, 405, plain, 'only GET and HEAD\n');
    return;
  }
  const [path] = url.split('?', 1);
  if (path === '/health') send(response, 200, json, '{"status":"alive"}\n');
  else if (path === '/ready') {
    const status = readiness();
    send(response, status === 'serving' ? 200 : 503, json, `{"status":"${status}"}\n`);
  } else if (path === '/metrics') {
    try {
      const { contentType, text } = await scrape();
      send(response, 200, contentType, text);
    } catch (error) {
      onTrouble('the metrics could not be gathered', error);
      send(response, 500, plain, 'the metrics could not be gathered\n');
    }
  } else send(response, 404, plain, 'there are /metrics, /health and /ready\n');
}

const plain = 'text/plain; charset=utf-8';
const json = 'application/json';

function send(response: ServerResponse, status: number, contentType: string, text: string): void {
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(text);
}
