// Our own transport, byte by byte, over real sockets: what well-made clients never say.

import { once } from 'node:events';
import type { Socket } from 'node:net';
import { deflateSync, gzipSync } from 'node:zlib';
import type { Delivery } from '@perdure/frontend';
import { rpcCodec } from '@perdure/wire';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  dataFrame,
  endHeaders,
  endStream,
  greeting,
  headersFrame,
  message,
  requestFields,
  unaryCall,
} from '../fixtures/raw-frames.ts';
import { turn, Wire } from '../fixtures/raw-wire.ts';
import {
  type Script,
  type ScriptedServer,
  startScriptedServer,
  workflowService,
} from '../fixtures/scripted-server.ts';
import { rstStreamFrame } from './http2/frames.ts';

const describePath = `${workflowService}DescribeWorkflowExecution`;
const pollPath = `${workflowService}PollWorkflowTaskQueue`;
const codec = rpcCodec('DescribeWorkflowExecution');
const request = codec.request.encode({
  namespace: 'default',
  execution: { workflowId: 'order-1' },
});
const poll = rpcCodec('PollWorkflowTaskQueue').request.encode({
  namespace: 'default',
  taskQueue: { name: 'orders' },
});

// Thousands of calls on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

let script: Script;
let server: ScriptedServer;
let wire: Wire;

beforeEach(async () => {
  script = {};
  server = await startScriptedServer(script, 'http2');
  wire = new Wire(server.address);
  wire.send(greeting);
});

afterEach(async () => {
  vi.useRealTimers();
  wire.socket.destroy();
  await server.transport.stop(0);
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn();
}

test('golden: the first answer on a connection, and the second, byte by byte', async () => {
  wire.send(unaryCall(1, describePath, request));
  await wire.answer(1);
  wire.send(unaryCall(3, describePath, request));
  await wire.answer(3);
  const onStreams = wire.frames
    .filter(({ stream }) => stream > 0)
    .map(({ type, flags, stream, payload }) => [type, flags, stream, payload.toString('hex')]);
  const hex = (text: string): string => Buffer.from(text, 'latin1').toString('hex');
  expect(onStreams).toEqual([
    [1, 4, 1, `885f10${hex('application/grpc')}`],
    [0, 0, 1, '0000000000'],
    [1, 5, 1, `400b${hex('grpc-status')}01${hex('0')}`],
    [1, 4, 3, '88bf'],
    [0, 0, 3, '0000000000'],
    [1, 5, 3, 'be'],
  ]);
  const [settings, window] = wire.frames;
  expect(settings?.payload.toString('hex')).toBe('000300001000000400040000000600010000');
  expect(window?.payload.toString('hex')).toBe('000f0001');
});

test('te may be missing, for proxies drop it', async () => {
  wire.send(unaryCall(1, describePath, request, { te: undefined }));
  expect((await wire.answer(1)).fields).toMatchObject({ 'grpc-status': '0' });
});

test.each([
  ['text/html', '415'],
  ['application/grpc-web', '415'],
  ['', '415'],
  ['application/grpcweb', '415'],
])('content-type "%s" is answered in HTTP: %s', async (type, status) => {
  wire.send(unaryCall(1, describePath, request, { 'content-type': type }));
  expect((await wire.answer(1)).fields).toEqual({ ':status': status });
});

test.each(['application/grpc', 'application/grpc+proto', 'application/grpc;charset=utf-8'])(
  'content-type %s is served',
  async (type) => {
    wire.send(unaryCall(1, describePath, request, { 'content-type': type }));
    expect((await wire.answer(1)).fields).toMatchObject({ 'grpc-status': '0' });
  },
);

test('GET is answered in HTTP', async () => {
  const fields = requestFields(describePath, { ':method': 'GET' });
  wire.send(headersFrame(1, fields, endHeaders | endStream));
  expect((await wire.answer(1)).fields).toEqual({ ':status': '405' });
});

test.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
])('%s is unpacked', async (encoding, pack) => {
  const fields = requestFields(describePath, { 'grpc-encoding': encoding });
  wire.send(headersFrame(1, fields), dataFrame(1, message(pack(request), true)));
  expect((await wire.answer(1)).fields).toMatchObject({ 'grpc-status': '0' });
});

test('gzip of more than is unpacked on this thread is unpacked too', async () => {
  const noise = Buffer.from(Array.from({ length: 200_000 }, (_, at) => (at * at * 31 + at) >> 3));
  const fields = requestFields(describePath, { 'grpc-encoding': 'gzip' });
  const packed = message(gzipSync(noise), true);
  wire.send(headersFrame(1, fields));
  for (let at = 0; at < packed.length; at += 16_000) {
    const last = at + 16_000 >= packed.length;
    wire.send(dataFrame(1, packed.subarray(at, at + 16_000), last ? endStream : 0));
  }
  // It is no request, but it was unpacked to be looked at.
  expect((await wire.answer(1)).fields).toMatchObject({ 'grpc-status': '3' });
});

test.each<[string, Record<string, string>, Buffer, Record<string, string>]>([
  [
    'packed in a way nobody knows',
    { 'grpc-encoding': 'snappy' },
    message(request),
    {
      'grpc-status': '12',
      'grpc-accept-encoding': 'identity,deflate,gzip',
    },
  ],
  ['packed without saying how', {}, message(gzipSync(request), true), { 'grpc-status': '13' }],
  [
    'of broken gzip',
    { 'grpc-encoding': 'gzip' },
    message(Buffer.from('none'), true),
    {
      'grpc-status': '13',
    },
  ],
  ['with a flag of no meaning', {}, Buffer.from('0700000000', 'hex'), { 'grpc-status': '13' }],
  [
    'that are two messages',
    {},
    Buffer.concat([message(request), message(request)]),
    {
      'grpc-status': '12',
    },
  ],
  ['that are no message', {}, Buffer.alloc(0), { 'grpc-status': '12' }],
  ['that end early', {}, message(request).subarray(0, 9), { 'grpc-status': '12' }],
  [
    'with a deadline of no form',
    { 'grpc-timeout': '5 min' },
    message(request),
    {
      'grpc-status': '13',
    },
  ],
])('requests %s are refused', async (_, changes, body, expected) => {
  wire.send(headersFrame(1, requestFields(describePath, changes)), dataFrame(1, body));
  expect((await wire.answer(1)).fields).toMatchObject(expected);
  wire.send(unaryCall(3, describePath, request));
  expect((await wire.answer(3)).fields).toMatchObject({ 'grpc-status': '0' });
});

test('a message too large is refused on its length, before it is sent', async () => {
  const announced = Buffer.from('0000400001', 'hex');
  wire.send(headersFrame(1, requestFields(describePath)), dataFrame(1, announced, 0));
  const answer = await wire.answer(1);
  expect(answer.fields).toMatchObject({
    'grpc-status': '8',
    'grpc-message': 'grpc: received message larger than max (4194305 vs. 4194304)',
  });
  expect(wire.frames.at(-1)).toMatchObject({ type: 3, stream: 1 });
});

test('a deadline ends the call at the server, though the client says nothing more', async () => {
  let gone = false;
  script.poll = (call) => new Promise(() => call.onCancelled(() => (gone = true)));
  wire.send(unaryCall(1, pollPath, poll, { 'grpc-timeout': '80m' }));
  expect((await wire.answer(1)).fields).toMatchObject({ 'grpc-status': '4' });
  expect(gone).toBe(true);
});

test('a reset tells who waits, and a task for it is told that it was not delivered', async () => {
  const told: string[] = [];
  let deliver: ((delivery: Delivery) => void) | undefined;
  script.poll = (call) => {
    call.onCancelled(() => told.push('gone'));
    return new Promise((resolve) => (deliver = resolve));
  };
  wire.send(unaryCall(1, pollPath, poll));
  await until(() => deliver !== undefined);
  wire.send(rstStreamFrame(1, 8));
  await until(() => told.length > 0);
  deliver?.({ bytes: new Uint8Array(), notDelivered: () => told.push('not delivered') });
  await until(() => told.length > 1);
  expect(told).toEqual(['gone', 'not delivered']);
});

test.each([
  ['ends its side', (socket: Socket) => socket.end()],
  ['is reset', (socket: Socket) => socket.resetAndDestroy()],
])('a connection that %s cancels its calls', async (_, leave) => {
  let gone = 0;
  let parked = 0;
  script.poll = (call) => {
    parked += 1;
    return new Promise(() => call.onCancelled(() => (gone += 1)));
  };
  wire.send(...[1, 3, 5].map((id) => unaryCall(id, pollPath, poll)));
  await until(() => parked === 3);
  leave(wire.socket);
  await until(() => gone === 3);
});

test('requests that are reset as fast as they are sent end their connection, not the server', async () => {
  const attacker = new Wire(server.address);
  attacker.send(greeting);
  const closed = once(attacker.socket, 'close');
  for (let id = 1; id < 60_000; id += 200) {
    const burst = Array.from({ length: 100 }, (_, at) => [
      headersFrame(id + 2 * at, requestFields(pollPath)),
      rstStreamFrame(id + 2 * at, 8),
    ]);
    attacker.send(...burst.flat());
  }
  await closed;
  wire.send(unaryCall(1, describePath, request));
  expect((await wire.answer(1)).fields).toMatchObject({ 'grpc-status': '0' });
});

test('more calls at once than are allowed are refused in the way that clients try again', async () => {
  script.poll = () => new Promise(() => undefined);
  const calls = Array.from({ length: 4_097 }, (_, at) => unaryCall(2 * at + 1, pollPath, poll));
  wire.send(...calls);
  expect((await wire.answer(8_193)).reset).toBe(7);
  expect(wire.answers.size).toBe(1);
});

test('a connection that never begins, and a message that never ends, are given up', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  const other = await startScriptedServer(script, 'http2');
  const silent = new Wire(other.address);
  const slow = new Wire(other.address);
  slow.send(
    greeting,
    headersFrame(1, requestFields(describePath)),
    dataFrame(1, message(request).subarray(0, 9), 0),
  );
  await until(() => slow.frames.length > 2);
  const closed = once(silent.socket, 'close');
  await vi.advanceTimersByTimeAsync(16_000);
  await closed;
  await vi.advanceTimersByTimeAsync(46_000);
  await until(() => slow.answers.get(1)?.ended === true);
  expect(slow.answers.get(1)?.fields).toMatchObject({ 'grpc-status': '4' });
  slow.socket.destroy();
  await other.transport.stop(0);
});

test('stop says so: GOAWAY first, then the status of what is cut off', async () => {
  script.owner = () => new Promise(() => undefined);
  wire.send(unaryCall(1, describePath, request));
  await until(() => wire.frames.length > 2);
  const stopped = server.transport.stop(50);
  const answer = await wire.answer(1);
  expect(answer.fields).toMatchObject({ 'grpc-status': '14' });
  expect(wire.frames.filter(({ type }) => type === 7)).toHaveLength(1);
  await stopped;
});
