// Connections that do not speak the protocol, or speak it badly.

import { type ClientHttp2Stream, connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { type Random, randomBelow } from '@perdure/testing/seeded-random';

const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const lifeMs = 400;

/** Any bytes, sometimes after a proper greeting; the connection is gone soon, whatever the server does. */
export function garbageConnection(port: number, random: Random): Promise<void> {
  const noise = Buffer.from(
    Uint8Array.from({ length: 1 + randomBelow(random, 4_000) }, () => randomBelow(random, 256)),
  );
  const starts = [noise, Buffer.concat([preface, noise]), Buffer.from('GET / HTTP/1.1\r\n\r\n')];
  const bytes = starts[randomBelow(random, starts.length)] as Buffer;
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    const end = setTimeout(() => socket.destroy(), lifeMs);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(end);
      resolve();
    });
    socket.resume();
  });
}

/** A proper HTTP/2 request whose gRPC part is wrong: paths, types, frames whose length lies, calls that are reset. */
export function badCall(port: number, random: Random): Promise<void> {
  const service = '/temporal.api.workflowservice.v1.WorkflowService/';
  const paths = [`${service}StartWorkflowExecution`, `${service}Nothing`, '/', '//x', '/a/b/c'];
  const types = ['application/grpc', 'application/grpc+json', 'text/html', 'application/grpc-web'];
  const frames = [
    Buffer.from([0, 0, 0, 0, 0]),
    Buffer.from([0, 0xff, 0xff, 0xff, 0xff, 1]),
    Buffer.from([7, 0, 0, 0, 1, 1]),
    Buffer.from([1, 0, 0, 0, 3, 1, 2, 3]),
    Buffer.from([0, 0, 0, 0, 2, 0x0a]),
    Buffer.alloc(3),
  ];
  const pick = <T>(list: readonly T[]): T => list[randomBelow(random, list.length)] as T;
  return new Promise((resolve) => {
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    const end = setTimeout(() => session.destroy(), lifeMs);
    session.on('error', () => undefined);
    session.on('close', () => {
      clearTimeout(end);
      resolve();
    });
    const request: ClientHttp2Stream = session.request({
      ':method': pick(['POST', 'GET', 'PUT']),
      ':path': pick(paths),
      'content-type': pick(types),
      te: 'trailers',
      'grpc-timeout': pick(['1S', 'x', '99999999999H', '-1S', '']),
      'grpc-encoding': pick(['identity', 'gzip', 'deflate', 'none']),
    });
    request.on('error', () => undefined);
    request.on('response', () => undefined);
    request.on('close', () => session.destroy());
    request.write(pick(frames));
    if (random() < 0.5) request.end();
    else setTimeout(() => request.close(8), 20);
    request.resume();
  });
}
