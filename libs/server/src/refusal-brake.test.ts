import { once } from 'node:events';
import { connect, type Http2Session } from 'node:http2';
import { Socket } from 'node:net';
import { usPerMs, usPerSecond } from '@perdure/kernel';
import { ManualClock } from '@perdure/matching/fixtures/manual-clock';
import { expect, test, vi } from 'vitest';
import { startScriptedServer, workflowService } from '../fixtures/scripted-server.ts';
import { RefusalBrake } from './refusal-brake.ts';

function brakeOf(peers: readonly string[]) {
  const clock = new ManualClock();
  const brake = new RefusalBrake(clock);
  const still = new Set<string>();
  const connections = new Map(
    peers.map((peer) => [
      peer,
      brake.connection((on) => (on ? still.add(peer) : still.delete(peer))),
    ]),
  );
  /** A turn in which so many calls were refused, and which took so long. */
  const turn = async (refused: Readonly<Record<string, number>>, us: number): Promise<void> => {
    for (const [peer, calls] of Object.entries(refused)) {
      for (let i = 0; i < calls; i++) connections.get(peer)?.refused();
    }
    clock.advance(us);
    await clock.turn();
  };
  return { clock, still, turn };
}

test('a burst of refusals is free, a connection that goes on is not read for as long as they took too much', async () => {
  const { clock, still, turn } = brakeOf(['a', 'b']);
  await turn({ a: 300 }, 30 * usPerMs);
  expect(still.size).toBe(0);
  await turn({ a: 300, b: 1 }, 30 * usPerMs);
  expect([...still]).toEqual(['a']);
  clock.advance(50 * usPerMs);
  expect([...still]).toEqual(['a']);
  clock.advance(100 * usPerMs);
  expect(still.size).toBe(0);
});

test('refusals of many connections take a fifth of the time together', async () => {
  const peers = Array.from({ length: 8 }, (_, at) => `peer ${at}`);
  const { clock, still, turn } = brakeOf(peers);
  const began = clock.nowUs();
  let refusedUs = 0;
  while (clock.nowUs() - began < 60 * usPerSecond) {
    const reading = peers.filter((peer) => !still.has(peer));
    await turn(
      Object.fromEntries(reading.map((peer) => [peer, 100])),
      reading.length * 10 * usPerMs,
    );
    refusedUs += reading.length * 10 * usPerMs;
    clock.advance(usPerMs);
  }
  const share = refusedUs / (clock.nowUs() - began);
  expect(share).toBeGreaterThan(0.1);
  expect(share).toBeLessThan(0.3);
});

test('no connection is still for more than 3 s', async () => {
  const { clock, still, turn } = brakeOf(['a', 'b']);
  await turn({ a: 100_000, b: 100_000 }, 100 * usPerSecond);
  expect(still.size).toBe(2);
  clock.advance(3 * usPerSecond);
  expect(still.size).toBe(0);
});

/** Answers of unary calls of an empty request: their gRPC status. */
function call(session: Http2Session & { request: ReturnType<typeof connect>['request'] }) {
  const stream = session.request({
    ':method': 'POST',
    ':path': `${workflowService}DescribeNamespace`,
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  stream.end(Buffer.from([0, 0, 0, 0, 9, 0x0a, 7, ...Buffer.from('default')]));
  stream.resume();
  return once(stream, 'close');
}

test('over HTTP/2, a connection that is refused all the time is not read for a while, and all it sent is answered', async () => {
  const { address, transport } = await startScriptedServer({}, 'http2', {
    'frontend.namespaceRPS': 1,
  });
  const pause = vi.spyOn(Socket.prototype, 'pause');
  const [flood, calm] = [connect(`http://${address}`), connect(`http://${address}`)];
  await Promise.all([once(flood, 'connect'), once(calm, 'connect')]);
  const calls = Array.from({ length: 6_000 }, () => call(flood));
  await call(calm);
  await Promise.all(calls);
  expect(pause).toHaveBeenCalled();
  pause.mockRestore();
  flood.destroy();
  calm.destroy();
  await transport.stop(0);
}, 20_000);
