// The simulator finds what somebody could break in the engine: each planted bug breaks a rule of the model in the one short
// world that is recorded for it. Seeds move with the workload: `npm run sim -- --planted --record` records them again, with
// `--cluster` those of many nodes.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { repositoryRoot } from '@perdure/testing/harness';
import { expect, test } from 'vitest';

const main = join(repositoryRoot, 'libs/testing/sim/src/sim.main.ts');

test.for([
  { worlds: 'one machine', options: [] },
  { worlds: 'many nodes', options: ['--cluster'] },
])(
  'every planted bug in $worlds is caught in its recorded world, by the recorded rule',
  {
    timeout: 600_000,
  },
  async ({ options }) => {
    const args = [main, '--planted', '--recorded', ...options];
    const output = await new Promise<string>((resolve) => {
      execFile(process.execPath, args, (_error, stdout, stderr) => {
        resolve(stdout + stderr);
      });
    });
    const lines = output.trim().split('\n');
    const said = lines.filter((line) => !line.startsWith('no world is recorded of'));
    expect(said).toEqual([expect.stringMatching(/^planted bugs: (\d+) of \1 caught again$/)]);
  },
);
