// Ten times more starts than the server can do, for ten seconds: workers' reports go on, starts are refused with a cause, and
// five seconds later all is as before. A minute of it, with numbers, is a bench (bench/src/overload.bench.ts).

import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { namespace, RawClient } from '@perdure/testing/golden';
import { PerdureServer } from '@perdure/testing/harness';
import { CycleWorker, Flood, percentile, startLatencies } from '@perdure/testing/load';
import { expect, test } from 'vitest';

const floodSeconds = 10;
/** Memory that may be in use for a while beside what stays: garbage that is not collected yet, open calls. */
const spareMb = 400;
/** What stays of a start that was taken and that nobody polls for: its task in matching, its share of the run in memory. */
const takenMb = 2.5 / 1_024;

function rssMb(pid: number): number {
  const [, kb = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kb) / 1_024;
}

test('10x overload: reports go on, starts are refused with their cause, memory stays, and it is over in 5 s', {
  timeout: 90_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'perdure-overload-'));
  const server = await PerdureServer.start({ dbFilename: join(folder, 'perdure.db') });
  const { address } = server;
  const client = new RawClient(address);
  const worker = new CycleWorker({ address, namespace, runs: 20, pauseMs: 50 });
  let flood: Flood | undefined;
  try {
    await worker.start();
    await sleep(2_000);
    const patient = { client, namespace, lanes: 50, pauseMs: 0 };
    const capacity = (await startLatencies(patient, 3_000)).length / 3;
    const memory = rssMb(server.pid as number);
    flood = new Flood({ address, namespace, ratePerSecond: 10 * capacity, connections: 3 });
    await sleep(2_000);
    const before = worker.completed;
    await sleep((floodSeconds - 2) * 1_000);
    const during = (worker.completed - before) / (floodSeconds - 2);
    const grownMb = rssMb(server.pid as number) - memory;
    const { '0': taken = 0, '8': refused = 0, ...rest } = flood.counts.byStatus;
    await flood.stop();
    expect(grownMb).toBeLessThan(spareMb + taken * takenMb);
    expect(Object.keys(rest)).toEqual([]);
    expect(refused).toBeGreaterThan(0);
    expect(during).toBeGreaterThan(1);
    await sleep(5_000);
    const after = worker.completed;
    const calm = { client, namespace, lanes: 2, pauseMs: 20 };
    const latencies = await startLatencies(calm, 2_000);
    const reports = (worker.completed - after) / 2;
    console.log(
      `capacity ${capacity.toFixed(0)}/s; of the flood ${taken} taken, ${refused} refused; reports ${during.toFixed(0)}/s during, ${reports.toFixed(0)}/s after; starts after: p50 ${percentile(latencies, 0.5).toFixed(1)} ms; memory + ${grownMb.toFixed(0)} MB`,
    );
    expect(latencies.length).toBeGreaterThan(10);
    expect(reports).toBeGreaterThan(during / 4);
    expect(Object.fromEntries(worker.failed)).toEqual({});
    // A start is refused in so many words only while there is too much: this one is not.
    await client.call('StartWorkflowExecution', {
      namespace,
      workflowId: randomUUID(),
      workflowType: { name: 'calm' },
      taskQueue: { name: 'calm' },
      requestId: randomUUID(),
    });
  } finally {
    worker.stop();
    await flood?.stop();
    client.close();
    await server.kill();
    rmSync(folder, { recursive: true });
  }
});
