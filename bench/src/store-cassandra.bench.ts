// What the Cassandra store costs for short workflows: one history row of about 2 KiB and one state of 0.7 KiB, with or without
// a workflow row of 0.2 KiB. CPU of this process and of Cassandra's, and how long a fold takes.
//
// `node bench/src/store-cassandra.bench.ts [seconds a case] [host:port pid]`: on a node of its own, or on one that runs, whose
// process has that id. A node of its own is compiled with the quick compiler alone: for numbers give one that is not.

import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { cassandraPart, ownPart } from '@perdure/parts';
import { emptyFold, type FoldBatch } from '@perdure/ports';
import { openCassandra } from '@perdure/store-cassandra';
import { costOf } from './process-cost.ts';

const [seconds = '8', address, pidText] = process.argv.slice(2);
const namespaceId = randomUUID();
const events = randomBytes(2560);
const state = randomBytes(700);
const workflow = randomBytes(200);

const applied = { logPartition: 0, epoch: 1, nonce: 'n', number: 1, mapVersion: 1 };

interface Case {
  readonly runsPerFold: number;
  /** Folds on their way at once, as of so many LogPartitions. */
  readonly folds: number;
  readonly withWorkflow: boolean;
}

const cases: readonly Case[] = [
  { runsPerFold: 1, folds: 1, withWorkflow: true },
  { runsPerFold: 16, folds: 1, withWorkflow: true },
  { runsPerFold: 64, folds: 1, withWorkflow: false },
  { runsPerFold: 64, folds: 1, withWorkflow: true },
  { runsPerFold: 64, folds: 4, withWorkflow: true },
  { runsPerFold: 512, folds: 1, withWorkflow: true },
];

let clock = 1_800_000_000_000_000;
const node = address === undefined ? await startNode() : { address, pid: Number(pidText) };
const { store } = await openCassandra({
  contactPoints: [node.address],
  localDataCenter: 'datacenter1',
  keyspace: `bench_${Date.now().toString(36)}`,
  replication: { datacenter1: 1 },
  create: true,
});
await measure({ runsPerFold: 64, folds: 4, withWorkflow: true }, 3 * Number(seconds));
const results = [];
for (const one of cases) {
  const result = await measure(one, Number(seconds));
  results.push(result);
  console.log(JSON.stringify(result));
}
await store.close();
const report = { at: new Date().toISOString(), cores: cpus().length, load: loadavg(), results };
const folder = join(import.meta.dirname, '../results');
mkdirSync(folder, { recursive: true });
const name = `store-cassandra-${report.at.slice(0, 10)}.json`;
writeFileSync(join(folder, name), `${JSON.stringify(report, null, 2)}\n`);
process.exit(0);

async function startNode(): Promise<{ address: string; pid: number }> {
  const { found } = await ownPart(cassandraPart);
  if (found.kind === 'missing') throw new Error(found.reason);
  return { address: `${found.host}:${found.port}`, pid: found.pids[0] as number };
}

async function measure(one: Case, forSeconds: number): Promise<object> {
  const rowsPerRun = one.withWorkflow ? 3 : 2;
  const latencies: number[] = [];
  let runs = 0;
  const begun = performance.now();
  const own = process.cpuUsage();
  const theirs = costOf(node.pid).cpuMs;
  const worker = async (): Promise<void> => {
    while (performance.now() - begun < forSeconds * 1000) {
      const fold = foldOf(one);
      const sent = performance.now();
      await store.write(fold);
      latencies.push(performance.now() - sent);
      runs += one.runsPerFold;
    }
  };
  await Promise.all(Array.from({ length: one.folds }, worker));
  const elapsed = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(own);
  const rows = runs * rowsPerRun;
  const round = (value: number): number => Math.round(value * 10) / 10;
  latencies.sort((a, b) => a - b);
  const at = (part: number): number =>
    round(latencies[Math.floor(part * (latencies.length - 1))] ?? 0);
  return {
    ...one,
    rowsPerRun,
    folds: latencies.length,
    together: one.folds,
    runsPerSecond: Math.round(runs / elapsed),
    rowsPerSecond: Math.round(rows / elapsed),
    ownUsPerRow: round((user + system) / rows),
    cassandraUsPerRow: round(((costOf(node.pid).cpuMs - theirs) * 1000) / rows),
    foldMsP50: at(0.5),
    foldMsP99: at(0.99),
    load: round(loadavg()[0] ?? 0),
  };
}

function foldOf({ runsPerFold, withWorkflow }: Case): FoldBatch {
  const rows = Array.from({ length: runsPerFold }, () => {
    const run = { namespaceId, workflowId: `order-${randomUUID()}`, runId: randomUUID() };
    return { run, clock: clock++, version: 3 };
  });
  return {
    ...emptyFold,
    history: rows.map(({ run, clock: at }, i) => ({
      run,
      branch: 0,
      firstEventId: 1,
      lastEventId: 11,
      events: events.subarray(0, 1700 + ((i * 7919) % 700)),
      clock: at,
    })),
    runStates: rows.map(({ run, clock: at, version }) => ({ run, version, state, clock: at })),
    workflows: withWorkflow
      ? rows.map(({ run, clock: at }) => ({
          namespaceId,
          workflowId: run.workflowId,
          state: workflow,
          clock: at,
        }))
      : [],
    applied: { ...applied, offset: clock, clock: clock++ },
  };
}
