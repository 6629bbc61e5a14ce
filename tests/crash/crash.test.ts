// The server is killed, again and again, while workflows run; nothing that it acknowledged may be lost or doubled.
//
// Workers and clients live outside it and never die. One kill in four strikes while the server is still recovering. Each test has a server and a database file of its own.

import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  jsonPayloads,
  namespace,
  RawClient,
  readHistory,
  readPayloads,
} from '@perdure/testing/golden';
import { PerdureServer, usesForeignServer } from '@perdure/testing/harness';
import type { HistoryEvent } from '@perdure/wire';
import { expect, onTestFailed, onTestFinished, test } from 'vitest';
import { WorkerProcess } from '../compat/typescript/worker-process.ts';
import { workflowBundle } from '../compat/typescript/workflow-bundle.ts';
import { AnsweringWorker } from './answering-worker.ts';
import { Journey } from './journey.ts';
import { PersistentClient } from './persistent-client.ts';
import { seed, seededRandom } from './seeded-random.ts';
import { alarm, backlog } from './workflows/index.ts';

const journeys = 200;
const kills = 30;
const worker = join(import.meta.dirname, 'worker.main.ts');

interface Stage {
  readonly server: PerdureServer;
  readonly client: PersistentClient;
  /** Files of the log beside the database, with their sizes. */
  logFiles(): string[];
  startWorker(taskQueue: string): Promise<WorkerProcess>;
}

/** A server on a database file, taken down when the test ends. */
async function stage(): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'perdure-crash-'));
  const dbFilename = join(folder, 'perdure.db');
  const server = await PerdureServer.start({ dbFilename });
  const raw = new RawClient(server.address);
  const bundle = await workflowBundle(join(import.meta.dirname, 'workflows'));
  onTestFailed(() => console.log(server.logs.split('\n').slice(-100).join('\n')));
  const client = new PersistentClient(raw);
  onTestFinished(async () => {
    client.close();
    await server.kill();
    rmSync(folder, { recursive: true });
  });
  return {
    server,
    client,
    logFiles: () =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .map((name) => `${name} ${statSync(join(folder, name)).size}`)
        .toSorted(),
    startWorker: async (taskQueue) => {
      const process = await WorkerProcess.start(
        { address: server.address, taskQueue, bundle },
        worker,
      );
      onTestFinished(() => process.kill());
      return process;
    },
  };
}

/** Runs the jobs, a few at a time. */
async function inLanes<T>(items: readonly T[], lanes: number, job: (item: T) => Promise<void>) {
  const left = [...items];
  const lane = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await job(item);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

test.skipIf(usesForeignServer())(
  'crash: 30 kills under 200 workflows lose and double nothing that was acknowledged',
  { timeout: 180_000 },
  async () => {
    const random = seededRandom(seed);
    const killing = seededRandom(seed + 1);
    const { server, client, startWorker } = await stage();
    const taskQueue = `crash-${randomUUID()}`;
    await Promise.all([startWorker(taskQueue), startWorker(taskQueue)]);
    const answering = new AnsweringWorker(client, `${taskQueue}-answered`, 20);
    const all = Array.from({ length: journeys }, () => {
      const sleepsMs = Array.from({ length: 4 }, () => Math.round(500 + random() * 4_500));
      return new Journey(client, { sleepsMs, marks: 3, answeredQueue: answering.taskQueue });
    });
    const began = Date.now();
    await server.kill();

    const travel = inLanes(all, journeys, async (journey) => {
      await sleep(random() * 8_000);
      await journey.start(taskQueue);
      const signals = journey.marks.map(async (mark) => {
        await sleep(random() * 22_000);
        await journey.signal(mark);
      });
      await Promise.all([...signals, journey.finish()]);
    });
    for (let killed = 0; killed < kills; killed++) {
      const recovered = killing() < 0.75;
      const starting = recovered ? server.start() : server.start().catch((error: unknown) => error);
      if (recovered) await starting;
      await sleep(recovered ? 50 + killing() * 550 : killing() * 300);
      await server.kill();
      await starting;
    }
    await server.start();
    const killedFor = Date.now() - began;
    await travel;
    await answering.stop();
    await server.kill();
    await server.start();

    const faults: string[] = [];
    await inLanes(all, 10, async (journey) => {
      faults.push(...(await journey.faults(answering)));
    });
    console.log(
      `seed ${seed}: ${kills} kills in ${killedFor} ms, ${journeys} workflows finished after ${Date.now() - began} ms; ` +
        `${journeys} starts, ${journeys * 3} signals and ${answering.acknowledged.size} of ${journeys * 4} answers ` +
        `acknowledged, ${client.lostCalls} calls lost`,
    );
    expect(faults).toEqual([]);
    expect(answering.contradictions).toEqual([]);
    expect(answering.acknowledged.size).toBeGreaterThan(journeys);
  },
);

test.skipIf(usesForeignServer())(
  'crash: 1,000 tasks that nobody took and a timer outlive the trimming of the log and a kill',
  { timeout: 120_000 },
  async () => {
    const { server, client, logFiles, startWorker } = await stage();
    const taskQueue = `crash-${randomUUID()}`;
    const later = `${taskQueue}-later`;
    await startWorker(taskQueue);
    const start = async ({ name }: { name: string }, ...input: unknown[]): Promise<string> => {
      const workflowId = `${name}-${randomUUID()}`;
      await client.call('StartWorkflowExecution', {
        namespace,
        workflowId,
        workflowType: { name },
        taskQueue: { name: taskQueue },
        workflowTaskTimeout: { seconds: 2 },
        requestId: randomUUID(),
        input: jsonPayloads(...input),
      });
      return workflowId;
    };
    const backlogs = await Promise.all(
      Array.from({ length: 10 }, () => start(backlog, later, 100)),
    );
    const alarmed = await start(alarm, 12_000);
    for (const workflowId of [...backlogs, alarmed]) {
      await untilLength(client.raw, workflowId, workflowId === alarmed ? 5 : 104);
    }
    const before = logFiles();
    await sleep(6_500);
    const after = await settled(logFiles);

    await server.kill();
    await server.start();
    await startWorker(later);
    let results = 0;
    for (const workflowId of backlogs) {
      const events = await closedHistory(client.raw, workflowId);
      const made = events.flatMap(({ activityTaskCompletedEventAttributes: completed }) =>
        completed === null ? [] : readPayloads(completed.result).map(String),
      );
      expect(new Set(made.map((value) => value.split('/')[1])).size).toBe(100);
      expect(made.length).toBe(100);
      results += made.length;
    }
    const fired = (await closedHistory(client.raw, alarmed)).filter(
      (event) => event.eventType === 18,
    );
    expect(fired.length).toBe(1);
    console.log(`log files at first: ${before.join(', ')}\nwhen killed: ${after.join(', ')}`);
    console.log(`${results} results of 1,000 tasks, ${fired.length} timer fired`);
  },
);

async function untilLength(raw: RawClient, workflowId: string, length: number): Promise<void> {
  while ((await readHistory(raw, { workflowId })).length < length) await sleep(100);
}

/** The history of a run that completes soon. */
async function closedHistory(raw: RawClient, workflowId: string): Promise<HistoryEvent[]> {
  for (const deadline = Date.now() + 40_000; ; ) {
    const events = await readHistory(raw, { workflowId });
    if (events.at(-1)?.eventType === 2) return events;
    if (Date.now() > deadline) throw new Error(`${workflowId} stays at ${events.length} events`);
    await sleep(200);
  }
}

/** The list of files once it stays the same for over a second. */
async function settled(list: () => string[]): Promise<string[]> {
  for (let last = list(), rounds = 0; ; rounds++) {
    await sleep(1_500);
    const now = list();
    if (now.join() === last.join() || rounds === 5) return now;
    last = now;
  }
}
