// The scenarios through the stock SDK: what the client does, `lanes` at a time, and how long each step takes.

import type { Client } from '@temporalio/client';

export const taskQueue = 'bench';

export interface Scenario {
  /** What one unit is, for people. */
  readonly unit: string;
  /** Units that one run of the scenario has unless told otherwise. */
  readonly units: number;
  readonly needsWorker: boolean;
  /** Answers each unit's time, ms. */
  run(client: Client, prefix: string, units: number, lanes: number): Promise<number[]>;
}

/** Does `step` for 0, 1, 2 ..., `lanes` at a time. */
async function inLanes(
  units: number,
  lanes: number,
  step: (unit: number) => Promise<void>,
): Promise<number[]> {
  const times: number[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let unit = next++; unit < units; unit = next++) {
      const begun = performance.now();
      await step(unit);
      times.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return times.sort((a, b) => a - b);
}

export const scenarios: Readonly<Record<string, Scenario>> = {
  'one-activity': {
    unit: 'workflow with one activity, from start to result',
    units: 3_000,
    needsWorker: true,
    run: (client, prefix, units, lanes) =>
      inLanes(units, lanes, async (unit) => {
        const result: unknown = await client.workflow.execute('oneActivity', {
          taskQueue,
          workflowId: `${prefix}-${unit}`,
          args: [`caller ${unit}`],
        });
        if (result !== `Hello, caller ${unit}!`)
          throw new Error(`${prefix}-${unit} answered ${String(result)}`);
      }),
  },
  'start-only': {
    unit: 'StartWorkflowExecution that nobody works on',
    units: 5_000,
    needsWorker: false,
    run: (client, prefix, units, lanes) =>
      inLanes(units, lanes, async (unit) => {
        await client.workflow.start('nobody', {
          taskQueue: 'bench-unattended',
          workflowId: `${prefix}-${unit}`,
        });
      }),
  },
  signals: {
    unit: 'signal into one run, durable when answered',
    units: 5_000,
    needsWorker: true,
    run: async (client, prefix, units, lanes) => {
      const run = await client.workflow.start('countSignals', {
        taskQueue,
        workflowId: `${prefix}-signals`,
        args: [units],
      });
      const times = await inLanes(units, lanes, () => run.signal('count'));
      const heard = await run.result();
      if (heard !== units) throw new Error(`${heard} of ${units} signals were heard`);
      return times;
    },
  },
};
