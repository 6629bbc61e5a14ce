// A part ends with the run that asked for it, however the run ends.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { type PartFound, sharedPart } from './index.ts';
import { kafkaPart } from './kafka.ts';
import { processIdentity } from './process-identity.ts';

const shared = await sharedPart(kafkaPart);

test.skipIf(shared.kind === 'missing' || shared.origin !== 'process')(
  'a broker is gone soon after its run was killed; one of another run stays',
  async () => {
    const runner = spawn(process.execPath, [join(import.meta.dirname, 'hold-part.main.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const found = await firstLine(runner);
    if (found.kind === 'missing') throw new Error(found.reason);
    const pid = found.pids[0] as number;
    expect(processIdentity(pid)).toBeDefined();
    runner.kill('SIGKILL');
    await expect.poll(() => processIdentity(pid), { timeout: 10_000 }).toBeUndefined();
    const again = await sharedPart(kafkaPart);
    expect(again).toEqual(shared);
    if (again.kind === 'ready') expect(processIdentity(again.pids[0] as number)).toBeDefined();
  },
);

async function firstLine(runner: ChildProcess): Promise<PartFound> {
  if (runner.stdout === null) throw new Error('no output');
  const [line] = (await once(createInterface(runner.stdout), 'line')) as [string];
  return JSON.parse(line) as PartFound;
}
