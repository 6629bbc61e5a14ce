// The steps of the gate that are not tests: each is one command that must exit with 0.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Count } from './count.ts';

export type Step = {
  readonly name: string;
  readonly script: string;
  readonly args: readonly string[];
};

const modules = 'node_modules';

/** What holds of the tree whatever it does. */
export const gate: readonly Step[] = [
  { name: 'format', script: `${modules}/@biomejs/biome/bin/biome`, args: ['check'] },
  { name: 'lint', script: `${modules}/oxlint/bin/oxlint`, args: [] },
  {
    name: 'types of the core',
    script: `${modules}/typescript/bin/tsc`,
    args: ['-p', 'tsconfig.pure.json'],
  },
  { name: 'types', script: `${modules}/typescript/bin/tsc`, args: ['-p', 'tsconfig.json'] },
  { name: 'tidy', script: 'tools/tidy/src/tidy.main.ts', args: [] },
  { name: 'unused', script: `${modules}/knip/bin/knip.js`, args: ['--no-config-hints'] },
  {
    name: 'undeclared',
    script: `${modules}/knip/bin/knip.js`,
    args: ['--no-config-hints', '--strict', '--include', 'unlisted'],
  },
];

/** That many simulated worlds, of fixed seeds, with so many seconds of faults in each. */
export function simulation(seeds: number, seconds: number): Step {
  return {
    name: `simulation of ${seeds} seeds`,
    script: 'libs/testing/sim/src/sim.main.ts',
    args: ['--seeds', String(seeds), '--seconds', String(seconds)],
  };
}

/** The same with worlds of many nodes. */
export function clusterSimulation(seeds: number, seconds: number): Step {
  const { script, args } = simulation(seeds, seconds);
  return {
    name: `simulation of ${seeds} seeds of many nodes`,
    script,
    args: ['--cluster', ...args],
  };
}

export function runSteps(root: string, steps: readonly Step[]): Count {
  let passed = 0;
  for (const step of steps) {
    const started = performance.now();
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(root, step.script), ...step.args],
      { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
    );
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    if (status === 0) {
      passed += 1;
      console.log(`ok      ${step.name} (${seconds} s)`);
    } else {
      console.log(`${stdout}${stderr}`);
      console.log(`FAILED  ${step.name} (${seconds} s)`);
    }
  }
  return { passed, failed: steps.length - passed, skipped: [] };
}
