import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { freePort } from '@perdure/testing/free-port';
import { expect, test } from 'vitest';
import { KafkaLine, type LineOptions } from './kafka-line.ts';

const line = (port: number, options: Partial<LineOptions> = {}): KafkaLine =>
  new KafkaLine({ brokers: [`127.0.0.1:${port}`], clientId: 'test', ...options });

test('a closed socket takes no more listeners, however often it is tried to let it go', async () => {
  const sockets: Socket[] = [];
  const nowhere = line(await freePort(), {
    connect: (place, connected) => {
      const socket = connect(place, connected);
      sockets.push(socket);
      return socket;
    },
  });
  await expect(nowhere.open('log')).rejects.toThrow();
  await nowhere.close();
  const [socket] = sockets;
  if (socket === undefined) throw new Error('no connection was tried');
  expect(socket.destroyed).toBe(true);
  const before = socket.listenerCount('connect');
  for (let i = 0; i < 20; i++) socket.unref();
  expect(socket.listenerCount('connect')).toBe(before);
});

test('B1: a broker that takes connections and says nothing fails a call in bounded time', async () => {
  const taken: Socket[] = [];
  const silent = createServer((socket) => taken.push(socket)).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as { port: number };
  const mute = line(port, { requestTimeoutMs: 200, connectTimeoutMs: 100 });
  const asked = performance.now();
  await expect(mute.open('log')).rejects.toThrow();
  await mute.close();
  expect(performance.now() - asked).toBeLessThan(2_000);
  for (const socket of taken) socket.destroy();
  silent.close();
});
