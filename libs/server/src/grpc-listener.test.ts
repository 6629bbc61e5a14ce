import { createConnection } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type Listener, ListenFault, listen } from './grpc-listener.ts';

const open: Listener[] = [];
afterEach(() => {
  for (const listener of open.splice(0)) listener.close();
});

async function listening(address: string): Promise<Listener> {
  const listener = await listen(address, (socket) => socket.destroy());
  open.push(listener);
  return listener;
}

async function fault(address: string): Promise<string> {
  try {
    await listening(address);
  } catch (error) {
    if (error instanceof ListenFault) return error.message;
    throw error;
  }
  throw new Error(`${address} could be listened on`);
}

test('listen takes a free port for port 0', async () => {
  const { port } = await listening('127.0.0.1:0');
  expect(port).toBeGreaterThan(1_023);
});

test('a name is listened on at all of its addresses, on one port', async () => {
  const { port } = await listening('localhost:0');
  await new Promise((resolve, reject) => {
    createConnection({ host: '127.0.0.1', port }).once('connect', resolve).once('error', reject);
  });
});

test('a port in use is one line that says so', async () => {
  const { port } = await listening('127.0.0.1:0');
  const reason = 'the port is in use by another process';
  expect(await fault(`127.0.0.1:${port}`)).toBe(`cannot listen on 127.0.0.1:${port}: ${reason}`);
  expect(await fault(`localhost:${port}`)).toBe(`cannot listen on localhost:${port}: ${reason}`);
});

test.each([
  ['203.0.113.1:7233', 'this machine does not have the address'],
  ['no-such-host.invalid:7233', /no such host|the name cannot be resolved/],
  ['7233', 'an address is written host:port'],
  ['127.0.0.1:70000', 'an address is written host:port'],
  ['127.0.0.1', 'an address is written host:port'],
])('listen on %s says what is wrong', async (address, reason) => {
  const message = await fault(address);
  expect(message).toContain(`cannot listen on ${address}: `);
  expect(message).toMatch(reason);
  expect(message).not.toContain('\n');
});
