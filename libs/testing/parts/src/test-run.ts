// The test run that a process belongs to: Vitest's main process, however its workers are made, or the process itself.
//
// R1. Parts live as long as the run's main process, not as the worker that first asked for them.
// R2. What belongs to one run is below one folder, named by the identity of its main process.
// R3. Who makes a run's folder removes those of runs that are gone, with the processes named in them: a keeper may have been
//     killed before it could.

import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { type PartProcesses, processesFile } from './part-files.ts';
import { isAlive, type ProcessIdentity, processIdentity } from './process-identity.ts';

const prefix = 'perdure-parts-';

/** The main process of the run. A worker of Vitest is a thread of it or its child. */
export function runProcess(): ProcessIdentity {
  const isFork = process.env['VITEST'] !== undefined && isMainThread && process.connected === true;
  const pid = isFork ? process.ppid : process.pid;
  const identity = processIdentity(pid);
  if (identity === undefined) throw new Error(`process ${pid}, which runs the tests, is gone`);
  return identity;
}

/** The folder of the run, made on first use. */
export function runFolder(run: ProcessIdentity): string {
  const folder = join(tmpdir(), `${prefix}${run.pid}-${run.birth}`);
  if (!existsSync(folder)) {
    removeAbandoned();
    mkdirSync(folder, { recursive: true });
  }
  return folder;
}

function removeAbandoned(): void {
  for (const name of readdirSync(tmpdir())) {
    const [pid, ...birth] = name.startsWith(prefix) ? name.slice(prefix.length).split('-') : [];
    if (pid === undefined || isAlive({ pid: Number(pid), birth: birth.join('-') })) continue;
    const folder = join(tmpdir(), name);
    const processes = partProcesses(folder);
    // A keeper that is still there cleans up after its run by itself.
    if (processes.some(({ keeper }) => isAlive(keeper))) continue;
    for (const { daemons } of processes) {
      for (const daemon of daemons) if (isAlive(daemon)) process.kill(-daemon.pid, 'SIGKILL');
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

function partProcesses(folder: string): PartProcesses[] {
  const files = globSync(`*/${processesFile}`, { cwd: folder });
  return files.map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as PartProcesses);
}
