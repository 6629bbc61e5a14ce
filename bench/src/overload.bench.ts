// Ten times more new work than the server can do, for a minute: do reports of workers go on, does memory stay, is it normal
// five seconds later?
//
// `node_modules/.bin/node bench/src/overload.bench.ts [seconds] [--out FILE]`. Capacity is measured first: starts of patient clients.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { namespace, RawClient } from '@perdure/testing/golden';
import { CycleWorker, Flood } from '@perdure/testing/load';
import { costOf } from './process-cost.ts';
import { startServer } from './server-process.ts';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { out: { type: 'string' } },
});
const overloadSeconds = Number(positionals[0] ?? 60);
const calmSeconds = 10;
const factor = 10;

const folder = mkdtempSync(join(tmpdir(), 'perdure-overload-'));
const server = await startServer(join(folder, 'bench.db'));
const client = new RawClient(server.address);
const worker = new CycleWorker({ address: server.address, namespace, runs: 40, pauseMs: 100 });

const percentile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round((sorted[Math.floor(sorted.length * share)] ?? 0) * 10) / 10;
};

/** What workers got done, and what the server needed, in the time. */
async function watch(seconds: number): Promise<object> {
  const [completed, began] = [worker.completed, costOf(server.pid)];
  worker.reportMs = [];
  const rss: number[] = [];
  for (let second = 0; second < seconds; second++) {
    await sleep(1_000);
    rss.push(Math.round(costOf(server.pid).rssBytes / 1e6));
  }
  return {
    reportsPerSecond: Math.round((worker.completed - completed) / seconds),
    reportMs: { p50: percentile(worker.reportMs, 0.5), p99: percentile(worker.reportMs, 0.99) },
    serverCores: Math.round((costOf(server.pid).cpuMs - began.cpuMs) / seconds / 10) / 100,
    rssMb: { first: rss[0], last: rss.at(-1), max: Math.max(...rss) },
  };
}

/** Starts per second of clients that wait for their answers, 100 at a time. */
async function capacity(seconds: number): Promise<number> {
  const until = performance.now() + seconds * 1_000;
  let started = 0;
  const lane = async (_: unknown, at: number): Promise<void> => {
    for (let i = 0; performance.now() < until; i++) {
      const workflowId = `capacity-${at}-${i}`;
      await client.call('StartWorkflowExecution', {
        namespace,
        workflowId,
        workflowType: { name: 'flood' },
        taskQueue: { name: 'flood' },
        requestId: workflowId,
      });
      started += 1;
    }
  };
  await Promise.all(Array.from({ length: 100 }, lane));
  return Math.round(started / seconds);
}

try {
  await worker.start();
  await sleep(3_000);
  const startsPerSecond = await capacity(5);
  await sleep(8_000);
  const before = await watch(calmSeconds);
  const address = server.address;
  const flood = new Flood({
    address,
    namespace,
    ratePerSecond: factor * startsPerSecond,
    connections: 4,
  });
  const during = await watch(overloadSeconds);
  await flood.stop();
  await sleep(5_000);
  const after = await watch(calmSeconds);
  const result = {
    scenario: 'overload',
    startsPerSecond,
    offeredPerSecond: Math.round((flood.counts.sent + flood.counts.heldBack) / overloadSeconds),
    sentPerSecond: Math.round(flood.counts.sent / overloadSeconds),
    byStatusPerSecond: Object.fromEntries(
      Object.entries(flood.counts.byStatus).map(([status, count]) => [
        status,
        Math.round(count / overloadSeconds),
      ]),
    ),
    overloadSeconds,
    before,
    during,
    after,
    failedReports: Object.fromEntries(worker.failed),
    node: process.version,
    date: new Date().toISOString(),
  };
  console.log(JSON.stringify(result, null, 2));
  if (flags.out !== undefined) writeFileSync(flags.out, `${JSON.stringify(result, null, 2)}\n`);
} finally {
  worker.stop();
  client.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
