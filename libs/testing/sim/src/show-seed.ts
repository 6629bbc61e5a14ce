// One world, readably: everything that happened, and the verdict.

import { simulate } from './world.ts';

export async function showSeed(seed: number, seconds: number): Promise<boolean> {
  const outcome = await simulate({ seed, seconds, keepTrace: true });
  const startUs = outcome.lines[0]?.timeUs ?? 0;
  for (const { timeUs, text } of outcome.lines) {
    console.log(`${((timeUs - startUs) / 1e6).toFixed(6).padStart(12)} ${text}`);
  }
  for (const fault of outcome.faults) console.log(`  ${fault}`);
  const failed = outcome.faults.length > 0;
  console.log(`seeds 1 from ${seed}: ${failed ? 'failed' : 'ok'}, trace ${outcome.digest}`);
  return !failed;
}
