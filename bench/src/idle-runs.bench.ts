// What an open run that waits costs: memory while it is loaded, memory when it has left, bytes on disk.
//
// The client is a script without an SDK: it starts the runs and completes the first workflow task of each, half of them
// with no command, half with a timer a month away. Start it with the pinned Node:
//
//   node bench/src/idle-runs.bench.ts [--runs 100000] [--input 100] [--out FILE] [--snapshot FILE]

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { jsonPayloads, namespace, RawClient, startTimer } from '@perdure/testing/golden';
import type { Memory, Question } from './idle-runs/server.main.ts';

const { values: flags } = parseArgs({
  options: {
    runs: { type: 'string', default: '100000' },
    input: { type: 'string', default: '100' },
    out: { type: 'string' },
    snapshot: { type: 'string' },
  },
});
const runs = Number(flags.runs);
const warmupRuns = 1_000;
const lanes = 100;
const monthMs = 30 * 24 * 3_600_000;
const taskQueue = { name: 'idle' };

/** Everything stays; the second file lets everything go. */
const keep =
  'history.hostLevelCacheMaxSize: [{value: 100000000}]\nhistory.hostLevelCacheMaxSizeBytes: [{value: 100000000000}]\nhistory.cacheTTL: [{value: 1000h}]\n';
const leave = 'history.cacheTTL: [{value: 0}]\n';

const folder = mkdtempSync(join(tmpdir(), 'perdure-idle-'));
const settings = join(folder, 'settings.yaml');
const dbFilename = join(folder, 'data', 'bench.db');
writeFileSync(settings, keep);
const serverFile = fileURLToPath(new URL('./idle-runs/server.main.ts', import.meta.url));
const server = fork(serverFile, [dbFilename, settings], { execArgv: ['--expose-gc'] });

try {
  const [{ address }] = (await once(server, 'message')) as [{ address: string }];
  const client = new RawClient(address);
  await makeRuns(client, 'warm', warmupRuns);
  const before = await settled(server, warmupRuns);
  const diskBefore = diskBytes();
  const begun = performance.now();
  await makeRuns(client, 'idle', runs);
  const seconds = (performance.now() - begun) / 1_000;
  client.close();
  const loaded = await settled(server, runs + warmupRuns);
  if (flags.snapshot !== undefined) await ask(server, { kind: 'snapshot', file: flags.snapshot });
  const disk = diskBytes();
  writeFileSync(settings, leave);
  const evicted = await until(server, ({ loadedRuns }) => loadedRuns === 0);
  const per = (after: Memory, key: 'heapBytes' | 'externalBytes'): number =>
    Math.round((after[key] - before[key]) / runs);
  const warmed = (heap: number): number => Math.round(heap);
  const result = {
    scenario: 'idle-runs',
    runs,
    inputBytes: Number(flags.input),
    startsPerSecond: Math.round(runs / seconds),
    loadedRun: {
      heapBytes: warmed(per(loaded, 'heapBytes')),
      externalBytes: warmed(per(loaded, 'externalBytes')),
    },
    // Of all runs, those of the warm-up with them: below 0 when they take what they had with them.
    evictedRun: {
      heapBytes: warmed(per(evicted, 'heapBytes')),
      externalBytes: warmed(per(evicted, 'externalBytes')),
    },
    armedTimersWhenEvicted: evicted.armedTimers,
    diskBytesPerRun: Object.fromEntries(
      Object.entries(disk).map(([name, bytes]) => [
        name,
        Math.round((bytes - (diskBefore[name] ?? 0)) / runs),
      ]),
    ),
    node: process.version,
    date: new Date().toISOString(),
  };
  console.log(JSON.stringify(result, null, 2));
  if (flags.out !== undefined) writeFileSync(flags.out, `${JSON.stringify(result, null, 2)}\n`);
} finally {
  const ended = once(server, 'exit');
  server.disconnect();
  await ended;
  rmSync(folder, { recursive: true, force: true });
}

async function makeRuns(client: RawClient, prefix: string, count: number): Promise<void> {
  const input = jsonPayloads('x'.repeat(Number(flags.input)));
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let at = next++; at < count; at = next++) {
      await client.call('StartWorkflowExecution', {
        namespace,
        workflowId: `${prefix}-order-${at}`,
        workflowType: { name: 'waitForApproval' },
        taskQueue,
        identity: 'bench@here',
        input,
      });
      const { taskToken } = await client.call(
        'PollWorkflowTaskQueue',
        { namespace, taskQueue, identity: 'bench@here' },
        { timeoutMs: 60_000 },
      );
      await client.call('RespondWorkflowTaskCompleted', {
        namespace,
        taskToken,
        identity: 'bench@here',
        commands: at % 2 === 0 ? [] : [startTimer('approval', monthMs)],
      });
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

async function ask(child: ChildProcess, question: Question): Promise<Memory> {
  const answered = once(child, 'message');
  child.send(question);
  const [memory] = (await answered) as [Memory];
  return memory;
}

async function until(child: ChildProcess, holds: (memory: Memory) => boolean): Promise<Memory> {
  for (let tries = 0; tries < 120; tries++) {
    const memory = await ask(child, { kind: 'memory' });
    if (holds(memory)) {
      await sleep(12_000);
      return ask(child, { kind: 'memory' });
    }
    await sleep(1_000);
  }
  throw new Error('the server did not come to rest');
}

/** All runs are in the store, in memory and idle. */
function settled(child: ChildProcess, count: number): Promise<Memory> {
  return until(child, ({ idleRuns, unapplied }) => idleRuns === count && unapplied === 0);
}

/** Sizes of the files of the database, by what they hold. */
function diskBytes(): Record<string, number> {
  const sizes: Record<string, number> = { store: 0, visibility: 0, log: 0 };
  for (const name of readdirSync(join(folder, 'data'), { recursive: true, encoding: 'utf8' })) {
    const { size } = statSync(join(folder, 'data', name));
    const part = name.includes('.log')
      ? 'log'
      : name.includes('.visibility')
        ? 'visibility'
        : 'store';
    // The write-ahead log of SQLite has a bound of its own: it is used over and over.
    if (!name.endsWith('-wal') && !name.endsWith('-shm')) sizes[part] = (sizes[part] ?? 0) + size;
  }
  return sizes;
}
