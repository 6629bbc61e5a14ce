// The first bench: a one-activity workflow through the stock SDK, server CPU and latency. `npm run bench -- --help`.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { costOf } from './process-cost.ts';
import { startServer } from './server-process.ts';

const { values: flags } = parseArgs({
  options: {
    workflows: { type: 'string', default: '5000' },
    concurrency: { type: 'string', default: '50' },
    warmup: { type: 'string', default: '200' },
    store: { type: 'string', default: 'local' },
    out: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (flags.help) {
  console.log(`npm run bench -- [--workflows 5000] [--concurrency 50] [--warmup 200] [--store local|memory] [--out FILE]
Server CPU covers all threads from the first start until the store has applied everything.`);
  process.exit(0);
}

const taskQueue = 'bench';
/** Open runs are folded after 5 s; then the store has everything. */
const settleMs = 6_500;

/** Runs `count` workflows, `concurrency` at a time; answers each one's time from start to result, ms. */
async function drive(
  client: Client,
  prefix: string,
  count: number,
  concurrency: number,
): Promise<number[]> {
  const times: number[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let at = next++; at < count; at = next++) {
      const begun = performance.now();
      const result: unknown = await client.workflow.execute('oneActivity', {
        taskQueue,
        workflowId: `${prefix}-${at}`,
        args: [`caller ${at}`],
      });
      if (result !== `Hello, caller ${at}!`)
        throw new Error(`${prefix}-${at} answered ${String(result)}`);
      times.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return times.sort((a, b) => a - b);
}

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
const rounded = (value: number): number => Math.round(value * 100) / 100;

const folder = mkdtempSync(join(tmpdir(), 'perdure-bench-'));
const server = await startServer(flags.store === 'memory' ? null : join(folder, 'bench.db'));
const workerFile = fileURLToPath(new URL('./one-activity/worker.main.ts', import.meta.url));
const worker = fork(workerFile, [server.address, taskQueue]);
try {
  await once(worker, 'message');
  const connection = await Connection.connect({ address: server.address });
  const client = new Client({ connection });
  await drive(client, 'warm', Number(flags.warmup), Number(flags.concurrency));
  const alone = await drive(client, 'alone', 100, 1);
  await new Promise((resolve) => setTimeout(resolve, settleMs));
  const count = Number(flags.workflows);
  const before = costOf(server.pid);
  const begun = performance.now();
  const times = await drive(client, 'run', count, Number(flags.concurrency));
  const seconds = (performance.now() - begun) / 1000;
  await new Promise((resolve) => setTimeout(resolve, settleMs));
  const after = costOf(server.pid);
  const result = {
    scenario: 'one-activity',
    store: flags.store,
    workflows: count,
    concurrency: Number(flags.concurrency),
    serverCpuMsPerWorkflow: rounded((after.cpuMs - before.cpuMs) / count),
    workflowsPerSecond: rounded(count / seconds),
    latencyMs: {
      p50: rounded(at(times, 0.5)),
      p99: rounded(at(times, 0.99)),
      max: rounded(at(times, 1)),
    },
    aloneMs: { p50: rounded(at(alone, 0.5)), p99: rounded(at(alone, 0.99)) },
    serverRssMb: Math.round(after.rssBytes / 1e6),
    node: process.version,
    date: new Date().toISOString(),
  };
  console.log(JSON.stringify(result, null, 2));
  if (flags.out !== undefined) writeFileSync(flags.out, `${JSON.stringify(result, null, 2)}\n`);
  await connection.close();
} finally {
  worker.kill('SIGTERM');
  await once(worker, 'exit');
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
