// How long starts of a patient client take, measured in slices that alternate between two states of the world.

import { randomUUID } from 'node:crypto';
import type { RawClient } from '../golden/index.ts';

export interface LatencyOptions {
  readonly client: RawClient;
  readonly namespace: string;
  readonly lanes: number;
  readonly pauseMs: number;
}

/** Starts workflows for the time; answers each start's latency, ms. */
export async function startLatencies(
  { client, namespace, lanes, pauseMs }: LatencyOptions,
  ms: number,
): Promise<number[]> {
  const until = performance.now() + ms;
  const latencies: number[] = [];
  const lane = async (): Promise<void> => {
    while (performance.now() < until) {
      const workflowId = randomUUID();
      const began = performance.now();
      await client.call('StartWorkflowExecution', {
        namespace,
        workflowId,
        workflowType: { name: 'patient' },
        taskQueue: { name: 'patient' },
        requestId: workflowId,
      });
      latencies.push(performance.now() - began);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return latencies;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
