// Each planted bug in a process of its own, seed after seed until one catches it.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { plantedBugs } from './bugs.ts';

const main = join(import.meta.dirname, '../sim.main.ts');

/** The output of the simulator with a bug in the engine; `failed`: a seed found it. */
function seeds(
  bug: string,
  from: number,
  count: number,
): Promise<{ failed: boolean; output: string }> {
  const args = [main, '--bug', bug, '--from', String(from), '--seeds', String(count)];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      resolve({ failed: error !== null, output: stdout + stderr });
    });
  });
}

/** Prints for each bug how many seeds it took; false when one was not caught. */
export async function runPlanted(seedsMax: number): Promise<boolean> {
  let missed = 0;
  for (const { name } of plantedBugs) {
    const { failed, output } = await seeds(name, 1, seedsMax);
    const caughtBy = /seed (\d+) failed/.exec(output)?.[1];
    if (failed && caughtBy !== undefined) {
      const first = output.split('\n').find((line) => line.startsWith('  ')) ?? '';
      console.log(`caught after ${caughtBy.padStart(3)} seeds: ${name}:${first}`);
    } else {
      missed += 1;
      console.log(`NOT caught in ${seedsMax} seeds: ${name}\n${output.slice(-2_000)}`);
    }
  }
  console.log(`planted bugs: ${plantedBugs.length - missed} of ${plantedBugs.length} caught`);
  return missed === 0;
}
