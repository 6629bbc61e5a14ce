import fc from 'fast-check';
import { expect, test } from 'vitest';
import { callFrame, MemoryPeer } from '../../fixtures/memory-peer.ts';
import {
  dataFrame,
  endHeaders,
  endStream,
  greeting,
  headersFrame,
  type ReadFrame,
  readAnswers,
} from '../../fixtures/raw-frames.ts';
import { frameOf, preface, rstStreamFrame, settingsFrame, windowUpdateFrame } from './frames.ts';

const types = (frames: readonly ReadFrame[]): number[] => frames.map(({ type }) => type);
const refusedStream = 7;

test('the first frames are SETTINGS and a wider window; the peer’s SETTINGS are acknowledged', () => {
  const peer = new MemoryPeer();
  peer.says(greeting);
  expect(types(peer.said())).toEqual([4]);
  expect(peer.connection.isNew).toBe(false);
});

test('a request arrives whole, however its bytes are cut', () => {
  const bytes = Buffer.concat([
    greeting,
    callFrame(1),
    dataFrame(1, Buffer.from('hel'), 0),
    dataFrame(1, Buffer.from('lo')),
    callFrame(3, endHeaders | endStream),
  ]);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 60 }), (cuts) => {
      const peer = new MemoryPeer();
      let at = 0;
      for (const cut of [...cuts, bytes.length]) {
        peer.connection.receive(bytes.subarray(at, at + cut));
        at += cut;
      }
      expect(peer.received).toMatchObject([
        { body: Buffer.from('hello'), ended: true, request: { path: '/a/b', method: 'POST' } },
        { ended: true },
      ]);
    }),
  );
});

test('an answer that fits leaves in one piece: headers, message, trailers; later ones are shorter', () => {
  const peer = MemoryPeer.greeted();
  const lengths: number[] = [];
  const frames: ReadFrame[] = [];
  for (const id of [1, 3, 5]) {
    peer.says(callFrame(id, endHeaders | endStream));
    peer.received.at(-1)?.stream.answer(Buffer.from('hi'));
    const answer = peer.said();
    expect(types(answer)).toEqual([1, 0, 1]);
    lengths.push(answer.reduce((sum, { payload }) => sum + payload.length, 0));
    frames.push(...answer);
  }
  expect(lengths).toEqual([41, 10, 10]);
  for (const [, answer] of readAnswers(frames)) {
    expect(answer).toMatchObject({
      ended: true,
      data: Buffer.from([0, 0, 0, 0, 2, 0x68, 0x69]),
      fields: { ':status': '200', 'content-type': 'application/grpc', 'grpc-status': '0' },
    });
  }
  expect(peer.connection.openStreams).toBe(0);
});

test('a peer that keeps no fields is sent whole ones, and told first that its table is empty', () => {
  const peer = new MemoryPeer();
  peer.says(preface, settingsFrame([[1, 0]]));
  const frames = peer.said();
  for (const id of [1, 3]) {
    peer.says(callFrame(id, endHeaders | endStream));
    peer.received.at(-1)?.stream.answer(Buffer.from('hi'));
    frames.push(...peer.said());
  }
  expect(frames.find(({ type }) => type === 1)?.payload[0]).toBe(0x20);
  const answers = readAnswers(frames);
  expect(answers.get(3)?.fields).toEqual(answers.get(1)?.fields);
  expect(answers.get(3)?.fields).toMatchObject({ 'grpc-status': '0' });
});

test('a long answer waits for the peer’s windows and loses no byte; two take turns', () => {
  const peer = new MemoryPeer();
  peer.says(preface, settingsFrame([[4, 10]]));
  peer.said();
  const long = Buffer.from(Array.from({ length: 50_000 }, (_, at) => at % 251));
  peer.says(callFrame(1, endHeaders | endStream), callFrame(3, endHeaders | endStream));
  const frames: ReadFrame[] = [];
  for (const { stream } of peer.received) stream.answer(long);
  frames.push(...peer.said());
  expect(frames.filter(({ type }) => type === 0).map(({ payload }) => payload.length)).toEqual([
    5, 5, 5, 5,
  ]);
  peer.says(settingsFrame([[4, 40_000]]));
  frames.push(...peer.said());
  const afterSettings = frames.filter(({ type }) => type === 0).map(({ stream }) => stream);
  expect(new Set(afterSettings.slice(4, 6))).toEqual(new Set([1, 3]));
  peer.says(windowUpdateFrame(0, 1_000_000));
  peer.says(windowUpdateFrame(1, 1_000_000), windowUpdateFrame(3, 1_000_000));
  frames.push(...peer.said());
  const answers = readAnswers(frames);
  for (const id of [1, 3]) {
    expect(answers.get(id)?.data.subarray(5).equals(long)).toBe(true);
    expect(answers.get(id)?.fields).toMatchObject({ 'grpc-status': '0' });
  }
  expect(peer.connection.openStreams).toBe(0);
});

test('a socket that is behind is given no more than it can hold', () => {
  const peer = MemoryPeer.greeted();
  peer.says(windowUpdateFrame(0, 100_000_000), settingsFrame([[4, 100_000_000]]));
  peer.says(callFrame(1, endHeaders | endStream));
  peer.received[0]?.stream.answer(Buffer.alloc(4_000_000));
  const first = peer.connection.take()?.length ?? 0;
  expect(first).toBeGreaterThan(900_000);
  expect(first).toBeLessThan(1_200_000);
  peer.socketBytes = 2_000_000;
  peer.connection.resume();
  expect(peer.connection.take()).toBeNull();
  peer.socketBytes = 0;
  peer.connection.resume();
  expect(peer.connection.take()?.length).toBeGreaterThan(900_000);
});

test('the peer is given room again as it sends', () => {
  const peer = MemoryPeer.greeted();
  peer.says(callFrame(1));
  for (let i = 0; i < 200; i++) peer.says(dataFrame(1, Buffer.alloc(16_000), 0));
  const updates = peer.said().filter(({ type }) => type === 8);
  expect(new Set(updates.map(({ stream }) => stream))).toEqual(new Set([0, 1]));
  expect(peer.received[0]?.body.length).toBe(3_200_000);
  peer.says(dataFrame(1, Buffer.alloc(0)));
  expect(peer.received[0]?.ended).toBe(true);
});

test('a reset reaches who waits, and frees the stream', () => {
  const peer = MemoryPeer.greeted(2);
  peer.says(callFrame(1, endHeaders | endStream), rstStreamFrame(1, 8));
  expect(peer.received[0]?.reset).toBe(true);
  peer.received[0]?.stream.answer(Buffer.from('late'));
  expect(peer.said()).toEqual([]);
  peer.says(callFrame(3), callFrame(5), callFrame(7));
  expect(peer.connection.openStreams).toBe(2);
  expect(readAnswers(peer.said()).get(7)?.reset).toBe(refusedStream);
});

test('an answer before the end of the request tells the peer to stop, and blames it for nothing', () => {
  const peer = MemoryPeer.greeted();
  peer.says(callFrame(1));
  peer.received[0]?.stream.end({ code: 5, message: 'gone', details: '' });
  const answer = readAnswers(peer.said()).get(1);
  expect(answer).toMatchObject({ ended: true, reset: 0, fields: { 'grpc-status': '5' } });
  for (let i = 0; i < 30; i++) peer.says(dataFrame(1, Buffer.alloc(100), 0));
  peer.says(headersFrame(1, [['late', 'trailer']], endHeaders | endStream));
  expect(peer.said()).toEqual([]);
  peer.says(callFrame(3));
  expect(peer.received).toHaveLength(2);
});

test('after drain open streams go on and new ones are refused', () => {
  const peer = MemoryPeer.greeted();
  peer.says(callFrame(1, endHeaders | endStream));
  peer.connection.drain();
  expect(peer.connection.closed).toBe(false);
  peer.says(callFrame(3, endHeaders | endStream));
  expect(peer.received).toHaveLength(1);
  peer.received[0]?.stream.answer(Buffer.from('x'));
  expect(types(peer.said())).toEqual([7, 3, 1, 0, 1]);
  expect(peer.connection.closed).toBe(true);
});

test('a peer that is silent is pinged, and given up when it stays so', () => {
  const peer = MemoryPeer.greeted();
  peer.nowMs = 59_000;
  expect(peer.connection.keepAlive(60_000, 10_000)).toBe(true);
  expect(peer.said()).toEqual([]);
  peer.nowMs = 61_000;
  expect(peer.connection.keepAlive(60_000, 10_000)).toBe(true);
  expect(types(peer.said())).toEqual([6]);
  peer.nowMs = 65_000;
  expect(peer.connection.keepAlive(60_000, 10_000)).toBe(true);
  peer.says(frameOf(6, 1, 0, Buffer.alloc(8)));
  peer.nowMs = 124_000;
  expect(peer.connection.keepAlive(60_000, 10_000)).toBe(true);
  peer.nowMs = 126_000;
  peer.connection.keepAlive(60_000, 10_000);
  peer.nowMs = 137_000;
  expect(peer.connection.keepAlive(60_000, 10_000)).toBe(false);
});
