// The server is killed while runs follow each other: every chain goes on where it was, and ends once.

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { historyFaults, jsonPayloads, namespace, readHistory } from '@perdure/testing/golden';
import { usesForeignServer } from '@perdure/testing/harness';
import { seededRandom } from '@perdure/testing/seeded-random';
import type { HistoryEvent } from '@perdure/wire';
import { expect, test } from 'vitest';
import { seed } from './crash-seed.ts';
import type { PersistentClient } from './persistent-client.ts';
import { inLanes, stage } from './stage.ts';
import { relay } from './workflows/index.ts';

const chains = 40;
const kills = 8;
const continued = 2;
/** Two attempts that fail, the one that goes on, and those that follow it. */
const wanted = ['Failed', 'Failed', 'ContinuedAsNew', 'ContinuedAsNew', 'Completed'];

interface Chain {
  readonly workflowId: string;
  readonly firstRunId: string;
}

async function begin(client: PersistentClient, taskQueue: string): Promise<Chain> {
  const workflowId = `relay-${randomUUID()}`;
  const { runId } = await client.call('StartWorkflowExecution', {
    namespace,
    workflowId,
    workflowType: { name: relay.name },
    taskQueue: { name: taskQueue },
    workflowTaskTimeout: { seconds: 2 },
    requestId: randomUUID(),
    input: jsonPayloads(continued),
    retryPolicy: { initialInterval: { nanos: 200_000_000 }, backoffCoefficient: 1 },
  });
  return { workflowId, firstRunId: runId };
}

/** How a run ended and which one follows it. */
function endOf(event: HistoryEvent | undefined): { how: string; next: string } {
  const failed = event?.workflowExecutionFailedEventAttributes ?? null;
  if (failed !== null) return { how: 'Failed', next: failed.newExecutionRunId };
  const asNew = event?.workflowExecutionContinuedAsNewEventAttributes ?? null;
  if (asNew !== null) return { how: 'ContinuedAsNew', next: asNew.newExecutionRunId };
  const completed = (event?.workflowExecutionCompletedEventAttributes ?? null) !== null;
  return { how: completed ? 'Completed' : 'open', next: '' };
}

/** How the runs of the chain ended so far, followed from its first, and what is wrong with them. */
async function follow(client: PersistentClient, chain: Chain) {
  const { workflowId, firstRunId } = chain;
  const ends: string[] = [];
  const faults: string[] = [];
  for (let runId = firstRunId, before = ''; runId !== ''; ) {
    const events = await readHistory(client.raw, { workflowId, runId });
    faults.push(...historyFaults(events).map((fault) => `${workflowId} ${runId}: ${fault}`));
    const started = events[0]?.workflowExecutionStartedEventAttributes;
    if (started?.firstExecutionRunId !== firstRunId) faults.push(`${workflowId}: another chain`);
    if (started?.continuedExecutionRunId !== before) faults.push(`${workflowId}: torn at ${runId}`);
    const { how, next } = endOf(events.at(-1));
    ends.push(how);
    before = runId;
    runId = next;
  }
  return { ends, faults };
}

test.skipIf(usesForeignServer())(
  'crash: 8 kills under 40 chains tear none, and double no run of one',
  { timeout: 120_000 },
  async () => {
    const random = seededRandom(seed + 2);
    const { server, client, startWorker } = await stage();
    const taskQueue = `crash-${randomUUID()}`;
    await startWorker(taskQueue);
    const all: Chain[] = [];
    const waits = Array.from({ length: chains }, () => random() * 2_000);
    const begun = inLanes(waits, 20, async (wait) => {
      await sleep(wait);
      all.push(await begin(client, taskQueue));
    });
    for (let killed = 0; killed < kills; killed++) {
      await sleep(100 + random() * 700);
      await server.kill();
      await server.start();
    }
    await begun;
    const faults: string[] = [];
    await inLanes(all, 10, async (chain) => {
      for (const deadline = Date.now() + 60_000; ; await sleep(200)) {
        const found = await follow(client, chain);
        if (found.ends.at(-1) === 'open' && Date.now() < deadline) continue;
        expect(found.ends).toEqual(wanted);
        faults.push(...found.faults);
        return;
      }
    });
    expect(all.length).toBe(chains);
    expect(faults).toEqual([]);
  },
);
