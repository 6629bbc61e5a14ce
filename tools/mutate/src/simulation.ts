// The simulator against one mutant: a process of its own, seed after seed until one fails.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Mutant, mutated } from './mutant.ts';

const simulator = 'libs/testing/sim/src/sim.main.ts';
const planting = join(import.meta.dirname, 'planted.setup.ts');

/** What a seed may take, many times what it takes. */
const seedMsMax = 5_000;

/** The first seed that fails, or that does not end; null: all seeds are green. */
export async function failingSeed(
  mutant: Mutant,
  source: string,
  { root, seeds }: { readonly root: string; readonly seeds: number },
): Promise<string | null> {
  const folder = mkdtempSync(join(tmpdir(), 'mutant-'));
  const planted = join(folder, 'mutant.json');
  writeFileSync(
    planted,
    JSON.stringify({ file: join(root, mutant.file), text: mutated(mutant, source) }),
  );
  try {
    // A mutant that never ends is known after few seeds.
    const few = Math.min(seeds, 5);
    const first = await run({ root, planted, from: 42, seeds: few });
    if (first !== null || seeds === few) return first;
    return await run({ root, planted, from: 42 + few, seeds: seeds - few });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Run {
  readonly root: string;
  readonly planted: string;
  readonly from: number;
  readonly seeds: number;
}

function run({ root, planted, from, seeds }: Run): Promise<string | null> {
  const args = ['--import', planting, simulator, '--from', String(from), '--seeds', String(seeds)];
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, PERDURE_MUTANT: planted },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let output = '';
    const end = (found: string | null): void => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      resolve(found);
    };
    const timer = setTimeout(() => end('no end'), 20_000 + seeds * seedMsMax);
    child.stdout.on('data', (data: Uint8Array) => {
      output += String(data);
      // The search for the faults that it needs is not waited for.
      const failed = /seed (\d+) failed/.exec(output)?.[1];
      if (failed !== undefined) end(`seed ${failed}`);
    });
    child.once('exit', (code) => end(code === 0 ? null : 'the simulator breaks'));
  });
}
