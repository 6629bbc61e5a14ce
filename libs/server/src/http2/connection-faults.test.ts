// What a connection makes of mistakes and of malice.

import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { callFrame, MemoryPeer } from '../../fixtures/memory-peer.ts';
import {
  block,
  dataFrame,
  endHeaders,
  endStream,
  greeting,
  headersFrame,
  readAnswers,
  requestFields,
} from '../../fixtures/raw-frames.ts';
import {
  frameOf,
  goAwayFrame,
  preface,
  rstStreamFrame,
  settingsFrame,
  windowUpdateFrame,
} from './frames.ts';

// Floods, on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

const code = {
  protocol: 1,
  flow: 3,
  closed: 5,
  size: 6,
  compression: 9,
  calm: 11,
} as const;

const window = (increment: number, stream = 0): Buffer => windowUpdateFrame(stream, increment);

test.each<[string, Buffer[], number]>([
  ['a frame before SETTINGS', [preface, callFrame(1)], code.protocol],
  ['a frame of 16 MB', [greeting, Buffer.from('ffffff000000000001', 'hex')], code.size],
  ['DATA of a stream that has not begun', [greeting, dataFrame(5, Buffer.alloc(1))], code.protocol],
  ['DATA on the connection', [greeting, dataFrame(0, Buffer.alloc(1))], code.protocol],
  ['a stream of the server', [greeting, callFrame(2)], code.protocol],
  ['a stream that has ended long ago', [greeting, callFrame(5), callFrame(3)], code.closed],
  ['SETTINGS of a stream', [greeting, frameOf(4, 0, 1, Buffer.alloc(0))], code.protocol],
  ['SETTINGS of no size', [greeting, frameOf(4, 0, 0, Buffer.alloc(5))], code.size],
  ['a full SETTINGS ACK', [greeting, frameOf(4, 1, 0, Buffer.alloc(6))], code.size],
  ['a push', [greeting, settingsFrame([[2, 2]])], code.protocol],
  ['a window that is too large', [greeting, settingsFrame([[4, 2 ** 31]])], code.flow],
  ['frames that are too small', [greeting, settingsFrame([[5, 100]])], code.protocol],
  ['a PING of 7 bytes', [greeting, frameOf(6, 0, 0, Buffer.alloc(7))], code.size],
  ['a window of nothing', [greeting, window(0)], code.protocol],
  ['a window over the top', [greeting, window(2 ** 31 - 1)], code.flow],
  ['a short WINDOW_UPDATE', [greeting, frameOf(8, 0, 0, Buffer.alloc(3))], code.size],
  ['a RST_STREAM of no stream', [greeting, rstStreamFrame(9, 8)], code.protocol],
  ['PUSH_PROMISE', [greeting, frameOf(5, 0, 1, Buffer.alloc(4))], code.protocol],
  ['CONTINUATION of nothing', [greeting, frameOf(9, 4, 1, Buffer.alloc(4))], code.protocol],
  [
    'a block that another frame cuts',
    [greeting, callFrame(1, 0), frameOf(6, 0, 0, Buffer.alloc(8))],
    1,
  ],
  ['padding longer than its frame', [greeting, frameOf(1, 12, 1, Buffer.from([9]))], code.protocol],
  ['an index of no field', [greeting, frameOf(1, 5, 1, Buffer.from([0xff, 0x7f]))], 9],
  ['a table of a megabyte', [greeting, frameOf(1, 5, 1, Buffer.from('3fe1ff3f', 'hex'))], 9],
  ['a text that does not end', [greeting, frameOf(1, 5, 1, Buffer.from('0005aa', 'hex'))], 9],
])('%s ends the connection', (_, frames, expected) => {
  const peer = new MemoryPeer();
  peer.says(...frames);
  expect(peer.goneWith()).toBe(expected);
  expect(peer.connection.closed).toBe(true);
});

test('what is no HTTP/2 is hung up on without a word', () => {
  const peer = new MemoryPeer();
  peer.says(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
  expect(peer.said()).toEqual([]);
  expect(peer.connection.closed).toBe(true);
});

test.each<[string, readonly (readonly [string, string])[]]>([
  ['a name in capitals', [...requestFields('/a'), ['X-Shout', '1']]],
  ['no path', requestFields('/a', { ':path': undefined })],
  ['an empty path', requestFields('')],
  ['no method', requestFields('/a', { ':method': undefined })],
  ['two paths', [...requestFields('/a'), [':path', '/b']]],
  ['an unknown pseudo-field', requestFields('/a', { ':proto': 'x' })],
  ['a field of HTTP/1', requestFields('/a', { connection: 'close' })],
  ['te of something else', requestFields('/a', { te: 'gzip' })],
  ['a length that is none', requestFields('/a', { 'content-length': 'many' })],
])('a request with %s is reset, and the connection goes on', (_, fields) => {
  const peer = MemoryPeer.greeted();
  peer.says(headersFrame(1, fields, endHeaders | endStream));
  expect(readAnswers(peer.said()).get(1)?.reset).toBe(code.protocol);
  peer.says(callFrame(3));
  expect(peer.received).toHaveLength(1);
});

test('a body other than its length is reset', () => {
  const peer = MemoryPeer.greeted();
  const fields = requestFields('/a', { 'content-length': '3' });
  peer.says(headersFrame(1, fields), dataFrame(1, Buffer.alloc(4)));
  peer.says(headersFrame(3, fields), dataFrame(3, Buffer.alloc(2)));
  peer.says(headersFrame(5, fields), dataFrame(5, Buffer.alloc(3)));
  const answers = readAnswers(peer.said());
  expect([answers.get(1)?.reset, answers.get(3)?.reset]).toEqual([code.protocol, code.protocol]);
  expect(peer.received[2]?.ended).toBe(true);
});

test('a list of fields that unfolds to megabytes is refused, and costs no more than its bytes', () => {
  const peer = MemoryPeer.greeted();
  const kept = Buffer.concat([
    Buffer.from([0x40]),
    block([['bomb', 'x'.repeat(3_900)]]).subarray(1),
  ]);
  const bomb = Buffer.concat([block(requestFields('/a')), kept, Buffer.alloc(10_000, 0xbe)]);
  peer.says(frameOf(1, endHeaders | endStream, 1, bomb));
  expect(readAnswers(peer.said()).get(1)?.fields).toMatchObject({ ':status': '431' });
  peer.says(callFrame(3));
  expect(peer.received).toHaveLength(1);
});

test('a header block without end is cut off', () => {
  const peer = MemoryPeer.greeted();
  peer.says(callFrame(1, 0));
  for (let i = 0; i < 40; i++) peer.says(frameOf(9, 0, 1, Buffer.alloc(0)));
  expect(peer.goneWith()).toBe(code.calm);
});

/** A hundred frames, of streams that follow those of the hundreds before. */
function hundred(frame: (id: number) => Buffer, before: number): Buffer[] {
  return Array.from({ length: 100 }, (_, at) => frame(2 * (100 * before + at) + 1));
}

test.each<[string, (id: number) => Buffer]>([
  [
    'requests that are reset at once',
    (id) => Buffer.concat([callFrame(id), rstStreamFrame(id, 8)]),
  ],
  ['pings', () => frameOf(6, 0, 0, Buffer.alloc(8))],
  ['settings', () => settingsFrame([[4, 65_535]])],
  ['priorities', () => frameOf(2, 0, 1, Buffer.from([0, 0, 0, 0, 1]))],
  ['frames that nobody knows', () => frameOf(77, 0, 0, Buffer.alloc(0))],
])('a flood of %s is stopped, a steady trickle is not', (_, frame) => {
  const flood = MemoryPeer.greeted();
  let sent = 0;
  for (; sent < 400 && !flood.connection.closed; sent++) {
    flood.said();
    flood.says(...hundred(frame, sent));
  }
  expect(flood.goneWith()).toBe(code.calm);
  expect(sent).toBeLessThan(250);
  const trickle = MemoryPeer.greeted();
  for (let at = 0; at < 300; at++) {
    trickle.nowMs += 100;
    trickle.says(...hundred(frame, at));
    trickle.said();
  }
  expect(trickle.connection.closed).toBe(false);
});

test('no bytes whatever throw out of a connection', () => {
  const seeds = Buffer.concat([
    greeting,
    callFrame(1),
    dataFrame(1, Buffer.alloc(30)),
    callFrame(3, endHeaders | endStream),
    settingsFrame([[4, 100]]),
    window(5),
    rstStreamFrame(3, 8),
    goAwayFrame(0, 0, 'bye'),
  ]);
  const spoiled = fc
    .array(fc.tuple(fc.nat(seeds.length - 1), fc.nat(255)), { maxLength: 12 })
    .map((changes) => {
      const bytes = Buffer.from(seeds);
      for (const [at, byte] of changes) bytes[at] = byte;
      return bytes;
    });
  const garbage = fc
    .uint8Array({ maxLength: 300 })
    .map((bytes) => Buffer.concat([greeting, bytes]));
  fc.assert(
    fc.property(fc.oneof(spoiled, garbage), (bytes) => {
      const peer = new MemoryPeer();
      peer.says(bytes);
      for (const { stream } of peer.received) stream.answer(Buffer.alloc(20_000));
      peer.connection.lost();
    }),
    { numRuns: 3_000 },
  );
});
