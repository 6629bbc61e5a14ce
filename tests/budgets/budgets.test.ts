// What a server may cost, loosely: the machine may be slow and busy, an order of magnitude is not noise. The numbers
// themselves are the benches'.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { namespace, RawClient } from '@perdure/testing/golden';
import { PerdureServer } from '@perdure/testing/harness';
import { afterEach, expect, test } from 'vitest';

let server: PerdureServer | undefined;
afterEach(async () => {
  await server?.terminate();
});

test('a durable server answers within 5 s of its exec; alone on a machine it takes 0.4', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'perdure-start-'));
  const begun = performance.now();
  server = await PerdureServer.start({ dbFilename: join(folder, 'perdure.db') });
  expect(performance.now() - begun).toBeLessThan(5_000);
  await server.terminate();
  server = undefined;
  rmSync(folder, { recursive: true });
});

function rssMbOf(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}

const polls = 10_000;
const slice = 500;

test.skipIf(process.platform !== 'linux')(
  '10,000 parked polls take no more than 200 MB',
  { timeout: 60_000 },
  async () => {
    server = await PerdureServer.start();
    const { address, pid } = server;
    const clients = Array.from({ length: 20 }, () => new RawClient(address));
    for (const client of clients) await client.call('GetSystemInfo', {});
    const before = rssMbOf(pid);
    let ended = 0;
    for (let poll = 0; poll < polls; poll++) {
      const client = clients[poll % clients.length] as RawClient;
      const request = { namespace, taskQueue: { name: `parked-${poll % 100}` } };
      const parked = client.call('PollActivityTaskQueue', request, { timeoutMs: 60_000 });
      parked.then(
        () => (ended += 1),
        () => (ended += 1),
      );
      if (poll % slice === slice - 1) await wait(100);
    }
    // Answered behind all of them: they are parked.
    for (const client of clients) await client.call('GetSystemInfo', {});
    expect(ended).toBe(0);
    expect(rssMbOf(pid) - before).toBeLessThan(200);
    for (const client of clients) client.close();
  },
);
