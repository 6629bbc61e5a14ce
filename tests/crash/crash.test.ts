// The server is killed, again and again, while workflows run; nothing that it acknowledged may be lost or doubled.
//
// Workers and clients live outside it and never die. One kill in four strikes while the server is still recovering. Each test has a server and a database file of its own.

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  jsonPayloads,
  namespace,
  type RawClient,
  readHistory,
  readPayloads,
} from '@perdure/testing/golden';
import { usesForeignServer } from '@perdure/testing/harness';
import { seededRandom } from '@perdure/testing/seeded-random';
import type { HistoryEvent } from '@perdure/wire';
import { expect, test } from 'vitest';
import { AnsweringWorker } from './answering-worker.ts';
import { seed } from './crash-seed.ts';
import { Journey } from './journey.ts';
import { inLanes, stage } from './stage.ts';
import { alarm, backlog } from './workflows/index.ts';

const journeys = 200;
const kills = 30;

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
