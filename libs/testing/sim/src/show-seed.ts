// One world, readably: everything that happened, the verdict, and the histories of the runs that it names.

import { attributesOf, eventTypeName, readPayloads } from '@perdure/testing/golden';
import type { HistoryEvent } from '@perdure/wire';
import { simulateCluster } from './cluster/cluster-world.ts';
import { simulate } from './world.ts';

export async function showSeed(seed: number, seconds: number, cluster: boolean): Promise<boolean> {
  const options = { seed, seconds, keepTrace: true };
  const outcome = cluster ? await simulateCluster(options) : await simulate(options);
  const startUs = outcome.lines[0]?.timeUs ?? 0;
  const since = (us: number): string => ((us - startUs) / 1e6).toFixed(6).padStart(12);
  for (const { timeUs, text } of outcome.lines) console.log(`${since(timeUs)} ${text}`);
  const words = new Set(outcome.faults.flatMap((fault) => fault.split(/[^\w-]+/)));
  for (const { workflowId, runId, events } of outcome.shown?.runs ?? []) {
    if (!words.has(workflowId) && !words.has(runId)) continue;
    console.log(`${workflowId} ${runId}`);
    for (const event of events) console.log(`${since(timeOf(event))} ${eventText(event)}`);
  }
  for (const fault of outcome.faults) console.log(`  ${fault}`);
  const failed = outcome.faults.length > 0;
  console.log(`seeds 1 from ${seed}: ${failed ? 'failed' : 'ok'}, trace ${outcome.digest}`);
  return !failed;
}

function timeOf({ eventTime }: HistoryEvent): number {
  return (eventTime?.seconds ?? 0) * 1e6 + (eventTime?.nanos ?? 0) / 1e3;
}

function eventText(event: HistoryEvent): string {
  const { input = null, ...attributes } = attributesOf(event);
  const values = input instanceof Uint8Array ? { input: readPayloads(input) } : {};
  const shown = Object.entries({ ...attributes, ...values }).filter(([, value]) => isSaid(value));
  return `${event.eventId} ${eventTypeName(event.eventType)} ${JSON.stringify(Object.fromEntries(shown))}`;
}

function isSaid(value: unknown): boolean {
  return value !== null && value !== '' && value !== 0 && !(value instanceof Uint8Array);
}
