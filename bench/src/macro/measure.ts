// One measurement of a scenario: a fresh server, a worker in a process of its own, the client here.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { costOf } from '../process-cost.ts';
import { startServer } from '../server-process.ts';
import { type ProfileTop, profileTops } from './profile.ts';
import { type Scenario, taskQueue } from './scenarios.ts';

export interface MacroSettings {
  readonly store: string;
  readonly units: number;
  readonly lanes: number;
  readonly warmup: number;
  readonly profile: boolean;
}

export interface MacroResult {
  readonly serverCpuMsPerUnit: number;
  readonly unitsPerSecond: number;
  readonly latencyMs: Percentiles;
  /** One at a time. */
  readonly aloneMs: Percentiles;
  readonly serverRssMb: number;
  readonly profile?: readonly ProfileTop[];
}

interface Percentiles {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Open runs are folded after 5 s; then the store has everything. */
const settleMs = 6_500;
const workerFile = fileURLToPath(new URL('./worker.main.ts', import.meta.url));

export async function measureMacro(
  scenario: Scenario,
  settings: MacroSettings,
): Promise<MacroResult> {
  const folder = mkdtempSync(join(tmpdir(), 'perdure-bench-'));
  const profiles = join(folder, 'profiles');
  mkdirSync(profiles);
  const dbFilename = settings.store === 'memory' ? null : join(folder, 'bench.db');
  const server = await startServer(dbFilename, [], settings.profile ? profiles : null);
  const worker = scenario.needsWorker ? fork(workerFile, [server.address, taskQueue]) : null;
  try {
    if (worker !== null) await once(worker, 'message');
    const connection = await Connection.connect({ address: server.address });
    const client = new Client({ connection });
    const { lanes, units } = settings;
    await scenario.run(client, 'warm', settings.warmup, lanes);
    const alone = await scenario.run(client, 'alone', 100, 1);
    await wait(settleMs);
    const before = costOf(server.pid);
    const begun = performance.now();
    const times = await scenario.run(client, 'run', units, lanes);
    const seconds = (performance.now() - begun) / 1000;
    await wait(settleMs);
    const after = costOf(server.pid);
    await connection.close();
    await leave(worker);
    await server.stop();
    return {
      serverCpuMsPerUnit: rounded((after.cpuMs - before.cpuMs) / units),
      unitsPerSecond: rounded(units / seconds),
      latencyMs: percentiles(times),
      aloneMs: percentiles(alone),
      serverRssMb: Math.round(after.rssBytes / 1e6),
      ...(settings.profile ? { profile: profileTops(profiles, 10) } : {}),
    };
  } finally {
    await leave(worker);
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function leave(worker: ReturnType<typeof fork> | null): Promise<void> {
  if (worker === null || worker.exitCode !== null || worker.signalCode !== null) return;
  const ended = once(worker, 'exit');
  worker.kill('SIGTERM');
  await ended;
}

function percentiles(sorted: readonly number[]): Percentiles {
  const at = (share: number): number =>
    rounded(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

export const rounded = (value: number): number => Math.round(value * 100) / 100;
