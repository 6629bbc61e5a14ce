// Does a workflow cost more when there are many before it? CPU per workflow at 10^3, 10^4 and 10^5 closed runs.

import { openFill } from './fill.ts';

export interface ScalePoint {
  readonly closedRuns: number;
  /** Of this process with all its threads, client and worker included. */
  readonly cpuMsPerWorkflow: number;
  readonly heapMb: number;
  readonly rssMb: number;
  readonly diskBytesPerRun: number;
}

/** Workflows of one measurement; the median of its parts is taken. */
const windowRuns = 500;
const windows = 5;

export async function measureScale(sizes: readonly number[]): Promise<ScalePoint[]> {
  const warm = await openFill();
  await warm.run(4_000);
  await warm.close();
  const fill = await openFill();
  const points: ScalePoint[] = [];
  let made = 0;
  for (const size of sizes) {
    if (size > made) await fill.run(size - made);
    made = Math.max(made, size);
    const costs: number[] = [];
    for (let window = 0; window < windows; window++) {
      const before = process.cpuUsage();
      await fill.run(windowRuns);
      const { user, system } = process.cpuUsage(before);
      costs.push((user + system) / 1000 / windowRuns);
      made += windowRuns;
    }
    const { heapUsed, rss } = process.memoryUsage();
    points.push({
      closedRuns: size,
      cpuMsPerWorkflow:
        Math.round((costs.sort((a, b) => a - b)[windows >> 1] as number) * 1000) / 1000,
      heapMb: Math.round(heapUsed / 1e6),
      rssMb: Math.round(rss / 1e6),
      diskBytesPerRun: Math.round(fill.diskBytes() / made),
    });
  }
  await fill.close();
  return points;
}
