import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { type MonitoringHttp, openMonitoringHttp, type Readiness } from './monitoring-http.ts';

let http: MonitoringHttp | undefined;
afterEach(() => http?.close());

async function open(
  options: { readiness?: Readiness; scrape?: () => Promise<string>; requestMs?: number } = {},
): Promise<{ url: string; port: number; troubles: unknown[] }> {
  const { readiness = 'serving', scrape = () => Promise.resolve('up 1\n'), requestMs } = options;
  const troubles: unknown[] = [];
  http = await openMonitoringHttp('127.0.0.1:0', {
    readiness: () => readiness,
    scrape: async () => ({ contentType: 'text/plain; version=0.0.4', text: await scrape() }),
    onTrouble: (_message, error) => troubles.push(error),
    ...(requestMs === undefined ? {} : { requestMs }),
  });
  return { url: `http://127.0.0.1:${http.port}`, port: http.port, troubles };
}

/** What a peer gets back that writes these bytes and then waits. */
async function exchange(port: number, sent: string | Uint8Array): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const answer = text(socket);
  socket.write(sent);
  return answer;
}

test('/metrics answers what was scraped, under its content type', async () => {
  const { url } = await open();
  const response = await fetch(`${url}/metrics?x=1`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4');
  expect(await response.text()).toBe('up 1\n');
});

test('HEAD has the headers of GET and no body', async () => {
  const { url } = await open();
  const response = await fetch(`${url}/metrics`, { method: 'HEAD' });
  expect(response.headers.get('content-length')).toBe('5');
  expect(await response.text()).toBe('');
});

test('a scrape that fails is answered 500, and told of', async () => {
  const { url, troubles } = await open({ scrape: () => Promise.reject(new Error('no numbers')) });
  expect((await fetch(`${url}/metrics`)).status).toBe(500);
  expect(troubles).toEqual([new Error('no numbers')]);
});

test.each([
  ['starting', 503],
  ['serving', 200],
  ['draining', 503],
] as const)('while %s, /ready answers %i and /health 200', async (readiness, status) => {
  const { url } = await open({ readiness });
  const ready = await fetch(`${url}/ready`);
  expect([ready.status, await ready.json()]).toEqual([status, { status: readiness }]);
  expect((await fetch(`${url}/health`)).status).toBe(200);
});

test.each([
  ['POST', '/metrics', 405],
  ['DELETE', '/health', 405],
  ['GET', '/', 404],
  ['GET', '/metrics/', 404],
  ['GET', '/../metrics%00', 404],
])('%s %s is answered %i', async (method, path, status) => {
  const { url } = await open();
  expect((await fetch(url + path, { method })).status).toBe(status);
});

test('a body is not read: the answer comes before it and ends the connection', async () => {
  const { port } = await open();
  const head = 'POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n';
  expect(await exchange(port, head)).toMatch(/^HTTP\/1\.1 405 /);
});

test.each([
  ['bytes that are not HTTP', new Uint8Array([0x16, 3, 1, 0, 255, 254, 0, 10, 13, 10, 13, 10])],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['headers without end', `GET /health HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`],
  ['a request line of nothing', '\r\n\r\n \r\n\r\n'],
])('%s are refused and the connection ends, and the next one is served', async (_what, sent) => {
  const { port, url } = await open();
  expect(await exchange(port, sent)).toMatch(/^HTTP\/1\.1 4\d\d /);
  expect((await fetch(`${url}/health`)).status).toBe(200);
});

test('a request that does not arrive in time is cut off', async () => {
  const { port } = await open({ requestMs: 50 });
  expect(await exchange(port, 'GET /health HTTP/1.1\r\nHost:')).toMatch(/^(HTTP\/1\.1 4|$)/);
});

test('connections beyond the bound are closed, and there is room again when some have ended', async () => {
  const { port, url } = await open();
  const idle = Array.from({ length: 128 }, () => connect(port, '127.0.0.1'));
  await Promise.all(idle.map((socket) => once(socket, 'connect')));
  const asked = (): Promise<number | string> =>
    fetch(`${url}/health`).then(({ status }) => status, String);
  expect(await asked()).toContain('fetch failed');
  for (const socket of idle) socket.destroy();
  await expect.poll(asked).toBe(200);
});
