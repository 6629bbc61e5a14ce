// What the SQLite store costs: CPU of the main thread and of the whole process per short workflow (one history row of
// about 2 KiB, one state of 0.7 KiB, one workflow row of 0.2 KiB), and the latency of reads.
//
// Start it with the pinned Node: `node bench/src/store-write.bench.ts [runs]`.

import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { FoldBatch, RunKey } from '@perdure/ports';
import { openSqliteStore, type SqliteStore } from '@perdure/store-sqlite';

const runsPerCase = Number(process.argv[2] ?? 30_000);
const namespaceId = randomUUID();
const events = randomBytes(2560);
const state = randomBytes(700);
const workflow = randomBytes(200);
/** Writes that wait at a time, as folds of several LogPartitions would. */
const concurrency = 2;

let clock = 1_800_000_000_000_000;

for (const runIds of ['random', 'ascending'] as const) {
  for (const batchRuns of [1, 10, 100, 500]) {
    await withStore(async (store) => {
      const count = batchRuns === 1 ? runsPerCase / 10 : runsPerCase;
      await writeCase(store, batchRuns, batchRuns * 20, runIds);
      report(
        `write, ${runIds} run ids, ${batchRuns} runs a batch`,
        await writeCase(store, batchRuns, count, runIds),
      );
    });
  }
}

await withStore(async (store) => {
  const runs: RunKey[] = [];
  for (let i = 0; i < 300; i++) {
    const batch = foldOf(100, 'ascending');
    runs.push(...batch.runStates.map(({ run }) => run));
    await store.write(batch);
  }
  const some = (): RunKey => runs[Math.floor(Math.random() * runs.length)] as RunKey;
  for (const together of [1, 16]) {
    await readCase(`a state, ${together} at a time`, together, () => store.readRunState(some()));
    await readCase(`no such workflow, ${together} at a time`, together, () =>
      store.readWorkflow(namespaceId, randomUUID()),
    );
    await readCase(`a history, ${together} at a time`, together, () =>
      store.readHistory(some(), 0, 1, 100_000),
    );
  }
});

interface Cost {
  readonly runs: number;
  readonly mainUs: number;
  readonly totalUs: number;
  readonly wallMs: number;
  readonly slowestMs: number;
}

/** The batches are made before the clock runs. */
async function writeCase(
  store: SqliteStore,
  batchRuns: number,
  runs: number,
  runIds: 'random' | 'ascending',
): Promise<Cost> {
  const cost = { runs: 0, mainUs: 0, totalUs: 0, wallMs: 0, slowestMs: 0 };
  while (cost.runs < runs) {
    const batches = Array.from(
      { length: Math.min(20, Math.ceil((runs - cost.runs) / batchRuns)) },
      () => foldOf(batchRuns, runIds),
    );
    const started = performance.now();
    const main = process.threadCpuUsage();
    const total = process.cpuUsage();
    const worker = async (): Promise<void> => {
      for (let batch = batches.pop(); batch !== undefined; batch = batches.pop()) {
        const begun = performance.now();
        await store.write(batch);
        cost.slowestMs = Math.max(cost.slowestMs, performance.now() - begun);
        cost.runs += batchRuns;
      }
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
    cost.mainUs += sum(process.threadCpuUsage(main));
    cost.totalUs += sum(process.cpuUsage(total));
    cost.wallMs += performance.now() - started;
  }
  return cost;
}

async function readCase(
  name: string,
  together: number,
  read: () => Promise<unknown>,
): Promise<void> {
  const rounds = 20_000 / together;
  const latencies: number[] = [];
  const once = async (): Promise<void> => {
    const begun = performance.now();
    await read();
    latencies.push(performance.now() - begun);
  };
  for (let i = 0; i < 200; i++) await once();
  latencies.length = 0;
  const main = process.threadCpuUsage();
  const total = process.cpuUsage();
  for (let i = 0; i < rounds; i++) await Promise.all(Array.from({ length: together }, once));
  const reads = rounds * together;
  const mainUs = sum(process.threadCpuUsage(main)) / reads;
  const totalUs = sum(process.cpuUsage(total)) / reads;
  latencies.sort((a, b) => a - b);
  const at = (part: number): string =>
    ((latencies[Math.floor(part * latencies.length)] ?? 0) * 1000).toFixed(0);
  console.log(
    `read ${name}: main ${mainUs.toFixed(1)} us, all CPU ${totalUs.toFixed(1)} us, p50 ${at(0.5)} us, p99 ${at(0.99)} us`,
  );
}

function foldOf(runs: number, runIds: 'random' | 'ascending'): FoldBatch {
  const rows = Array.from({ length: runs }, () => {
    const runId = runIds === 'random' ? randomUUID() : ascendingUuid();
    const run = { namespaceId, workflowId: `order-${randomUUID()}`, runId };
    return { run, clock: clock++, version: 3 };
  });
  return {
    history: rows.map(({ run, clock }, i) => ({
      run,
      branch: 0,
      firstEventId: 1,
      lastEventId: 11,
      events: events.subarray(0, 1700 + ((i * 7919) % 700)),
      clock,
    })),
    wake: [],
    quarantine: [],
    workflows: rows.map(({ run, clock }) => ({
      namespaceId,
      workflowId: run.workflowId,
      state: workflow,
      clock,
    })),
    runStates: rows.map(({ run, clock, version }) => ({ run, version, state, clock })),
    runsRemoved: [],
    workflowsRemoved: [],
    quarantineReleased: [],
    wakeBucketsDropped: [],
    applied: {
      logPartition: 0,
      offset: clock,
      epoch: 1,
      nonce: 'n',
      number: 1,
      clock: clock++,
      mapVersion: 1,
    },
  };
}

/** Like UUID v7: begins with the time. */
function ascendingUuid(): string {
  const time = (clock / 1000).toString(16).padStart(12, '0').slice(0, 12);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

async function withStore(use: (store: SqliteStore) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'perdure-bench-'));
  const store = await openSqliteStore(join(directory, 'store.db'));
  try {
    await use(store);
  } finally {
    await store.close();
    rmSync(directory, { recursive: true });
  }
}

function sum(usage: { readonly user: number; readonly system: number }): number {
  return usage.user + usage.system;
}

function report(name: string, cost: Cost): void {
  const per = (us: number): string => (us / cost.runs).toFixed(1);
  console.log(
    `${name}: main ${per(cost.mainUs)} us, all CPU ${per(cost.totalUs)} us a run, ` +
      `${Math.round((cost.runs / cost.wallMs) * 1000)} runs/s, slowest write ${cost.slowestMs.toFixed(0)} ms`,
  );
}
