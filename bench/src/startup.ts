// From exec to the first answer: an empty embedded server, durable. Warm: compiled code is kept from a run before.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { costOf } from './process-cost.ts';
import { startServer } from './server-process.ts';

const rounds = 7;

/** Times in the order of the rounds. CPU tells what a quiet machine would take, two cores sharing it. */
interface Startup {
  readonly ms: number;
  readonly cpuMs: number;
}

/** The probe asks each 5 ms. */
export async function measureStartup(): Promise<{
  readonly cold: Startup;
  readonly warm: readonly Startup[];
}> {
  const cache = mkdtempSync(join(tmpdir(), 'perdure-compiled-'));
  process.env['NODE_COMPILE_CACHE'] = cache;
  const times: Startup[] = [];
  for (let round = 0; round <= rounds; round++) {
    const folder = mkdtempSync(join(tmpdir(), 'perdure-bench-'));
    const begun = performance.now();
    const server = await startServer(join(folder, 'bench.db'));
    const ms = Math.round(performance.now() - begun);
    times.push({ ms, cpuMs: costOf(server.pid).cpuMs });
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  rmSync(cache, { recursive: true, force: true });
  const [cold, ...warm] = times;
  if (cold === undefined) throw new Error('nothing was measured');
  return { cold, warm: warm.sort((a, b) => a.ms - b.ms) };
}
