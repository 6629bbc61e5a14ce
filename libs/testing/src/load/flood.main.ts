// A client that does not wait: starts workflows at a rate, whatever the server says, over bare HTTP/2. A process of its own.
//
// usage: flood.main.ts '{"address": ..., "namespace": ..., "ratePerSecond": ..., "connections": ...}'
// Sends the counts of every second to its parent. Ends when the parent disconnects.

import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from 'node:http2';
import { rpcCodec } from '@perdure/wire';
import type { FloodCounts, FloodOptions } from './flood.ts';

const options = JSON.parse(process.argv[2] ?? '{}') as FloodOptions;
const path = '/temporal.api.workflowservice.v1.WorkflowService/StartWorkflowExecution';
/** Calls one connection may have open: what is due beyond is counted as held back. */
const openMax = 1_000;
const tickMs = 4;

interface Lane {
  readonly session: ClientHttp2Session;
  open: number;
}

const counts: Record<string, number> = {};
const latenciesMs: number[] = [];
let sent = 0;
let heldBack = 0;
let number = 0;
const prefix = `flood-${process.pid}`;
const { request: codec } = rpcCodec('StartWorkflowExecution');

function body(): Buffer {
  const id = `${prefix}-${number++}`;
  const message = codec.encode({
    namespace: options.namespace,
    workflowId: id,
    workflowType: { name: 'flood' },
    taskQueue: { name: 'flood' },
    requestId: id,
  });
  const framed = Buffer.allocUnsafe(5 + message.length);
  framed[0] = 0;
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, 5);
  return framed;
}

const headers = {
  ':method': 'POST',
  ':path': path,
  te: 'trailers',
  'content-type': 'application/grpc',
  'grpc-timeout': '10S',
};

function start(lane: Lane): void {
  const begun = performance.now();
  const stream = lane.session.request(headers);
  let status = 'none';
  const read = (received: IncomingHttpHeaders): void => {
    const found = received['grpc-status'];
    if (typeof found === 'string') status = found;
  };
  stream.on('response', read);
  stream.on('trailers', read);
  stream.on('error', () => {
    status = 'broken';
  });
  stream.on('close', () => {
    lane.open -= 1;
    counts[status] = (counts[status] ?? 0) + 1;
    if (latenciesMs.length < 100_000) latenciesMs.push(performance.now() - begun);
  });
  stream.resume();
  stream.end(body());
  lane.open += 1;
  sent += 1;
}

const lanes: Lane[] = Array.from({ length: options.connections }, () => {
  const session = connect(`http://${options.address}`);
  session.on('error', () => undefined);
  return { session, open: 0 };
});

let last = performance.now();
let owed = 0;
let turn = 0;
setInterval(() => {
  const now = performance.now();
  // After a pause only the last tenth of a second is owed.
  owed += Math.min(0.1, (now - last) / 1_000) * options.ratePerSecond;
  last = now;
  for (; owed >= 1; owed--) {
    const lane = lanes[turn++ % lanes.length] as Lane;
    if (lane.session.destroyed || lane.open >= openMax) heldBack += 1;
    else start(lane);
  }
}, tickMs);

setInterval(() => {
  const second: FloodCounts = { sent, heldBack, byStatus: { ...counts } };
  process.send?.(second);
}, 1_000);

process.on('disconnect', () => process.exit(0));
