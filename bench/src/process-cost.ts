// CPU and memory of a process, all its threads and the children it has waited for, as Linux counts them.

import { readFileSync } from 'node:fs';

/** Clock ticks of /proc are hundredths of a second on every Linux that Node runs on. */
const msPerTick = 10;

export interface ProcessCost {
  readonly cpuMs: number;
  readonly rssBytes: number;
}

export function costOf(pid: number): ProcessCost {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name, in parentheses, may hold anything: count fields behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = [11, 12, 13, 14].map((at) => Number(fields[at]));
  const pages = Number(fields[21]);
  return { cpuMs: ticks.reduce((sum, tick) => sum + tick, 0) * msPerTick, rssBytes: pages * 4096 };
}
