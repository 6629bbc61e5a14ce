// What an append to a real Kafka costs: one broker on this machine, one replica, acknowledged from its page cache.
//
// `node_modules/.bin/node bench/src/log-kafka.bench.ts [seconds a case] [--out FILE]`. Each LogPartition appends one record
// after the other; at a width of 32 the appends of a turn are one request.

import { writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { percentile } from '@perdure/testing/load';
import { circumstances, startKafka } from './real-kafka.ts';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { out: { type: 'string' } },
});
const seconds = Number(positionals[0] ?? 6);
const warmUpSeconds = 3;
const rounded = (value: number): number => Math.round(value * 100) / 100;

interface Case {
  readonly bytes: number;
  readonly width: number;
}

const kafka = await startKafka();
try {
  const log = await kafka.open({});
  const partitions = Array.from({ length: log.partitionCount }, (_, i) => log.partition(i));
  const appendFor = async ({ bytes, width }: Case, ms: number): Promise<number[]> => {
    const record = new Uint8Array(bytes).map((_, i) => (i * 131) % 251);
    const latencies: number[] = [];
    const until = performance.now() + ms;
    await Promise.all(
      partitions.slice(0, width).map(async (partition) => {
        while (performance.now() < until) {
          const asked = performance.now();
          await partition.append([record]);
          latencies.push(performance.now() - asked);
        }
      }),
    );
    return latencies;
  };
  const measure = async (of: Case): Promise<Record<string, number>> => {
    await appendFor(of, warmUpSeconds * 1000);
    const [started, cpu] = [performance.now(), process.cpuUsage()];
    const latencies = await appendFor(of, seconds * 1000);
    const { user, system } = process.cpuUsage(cpu);
    const wallMs = performance.now() - started;
    return {
      ...of,
      appends: latencies.length,
      appendsPerSecond: Math.round((latencies.length / wallMs) * 1000),
      p50Ms: rounded(percentile(latencies, 0.5)),
      p99Ms: rounded(percentile(latencies, 0.99)),
      cpuUsPerAppend: rounded((user + system) / latencies.length),
    };
  };
  const idle = process.cpuUsage();
  const idleMs = 3_000;
  await new Promise((resolve) => setTimeout(resolve, idleMs));
  const { user, system } = process.cpuUsage(idle);
  const cases: Record<string, number>[] = [];
  for (const width of [1, 32]) {
    for (const bytes of [1024, 16_384]) cases.push(await measure({ bytes, width }));
  }
  const result = {
    scenario: 'log-kafka',
    ...circumstances(),
    secondsPerCase: seconds,
    idleCpuPercentOfACore: rounded((user + system) / idleMs / 10),
    cases,
  };
  console.log(JSON.stringify(result, null, 2));
  if (flags.out !== undefined) writeFileSync(flags.out, `${JSON.stringify(result, null, 2)}\n`);
  await log.close();
} finally {
  await kafka.stop();
}
