// One namespace asks for twenty times its rate: what do the others notice?
//
// `node_modules/.bin/node bench/src/noisy-namespace.bench.ts [rounds] [--out FILE]`. Slices of 3 s with and without the noise alternate;
// the latency is that of starts in another namespace.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { namespace, RawClient } from '@perdure/testing/golden';
import { Flood, percentile, startLatencies } from '@perdure/testing/load';
import { costOf } from './process-cost.ts';
import { startServer } from './server-process.ts';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { out: { type: 'string' } },
});
const rounds = Number(positionals[0] ?? 10);
const limit = 100;
const ratePerSecond = 20 * limit;
const sliceMs = 3_000;

const folder = mkdtempSync(join(tmpdir(), 'perdure-noisy-'));
const file = join(folder, 'settings.yaml');
writeFileSync(
  file,
  `frontend.namespaceRPS: [{ value: ${limit}, constraints: { namespace: noisy } }]\n`,
);
const server = await startServer(join(folder, 'bench.db'), [
  '--namespace',
  'noisy',
  '--dynamic-config-file',
  file,
]);
const client = new RawClient(server.address);
const patient = { client, namespace, lanes: 4, pauseMs: 5 };
const rounded = (value: number): number => Math.round(value * 100) / 100;

try {
  await startLatencies(patient, 5_000);
  const flood = new Flood({
    address: server.address,
    namespace: 'noisy',
    ratePerSecond,
    connections: 4,
  });
  await sleep(2_000);
  const slices: { quiet: number[]; noisy: number[] } = { quiet: [], noisy: [] };
  let noisyCpuMs = 0;
  let quietCpuMs = 0;
  for (let round = 0; round < rounds; round++) {
    flood.hold(true);
    await sleep(300);
    const before = costOf(server.pid).cpuMs;
    slices.quiet.push(...(await startLatencies(patient, sliceMs)));
    quietCpuMs += costOf(server.pid).cpuMs - before;
    flood.hold(false);
    await sleep(300);
    const between = costOf(server.pid).cpuMs;
    slices.noisy.push(...(await startLatencies(patient, sliceMs)));
    noisyCpuMs += costOf(server.pid).cpuMs - between;
  }
  await flood.stop();
  const quietMs = { p50: percentile(slices.quiet, 0.5), p99: percentile(slices.quiet, 0.99) };
  const noisyMs = { p50: percentile(slices.noisy, 0.5), p99: percentile(slices.noisy, 0.99) };
  const refused = flood.counts.byStatus['8'] ?? 0;
  const result = {
    scenario: 'noisy namespace',
    limitPerSecond: limit,
    noisePerSecond: ratePerSecond,
    rounds,
    quietMs: { p50: rounded(quietMs.p50), p99: rounded(quietMs.p99), calls: slices.quiet.length },
    noisyMs: { p50: rounded(noisyMs.p50), p99: rounded(noisyMs.p99), calls: slices.noisy.length },
    p99Ratio: rounded(noisyMs.p99 / quietMs.p99),
    flood: flood.counts,
    serverCpuUsPerRefusal: rounded(((noisyCpuMs - quietCpuMs) * 1_000) / Math.max(1, refused)),
    node: process.version,
    date: new Date().toISOString(),
  };
  console.log(JSON.stringify(result, null, 2));
  if (flags.out !== undefined) writeFileSync(flags.out, `${JSON.stringify(result, null, 2)}\n`);
} finally {
  client.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
