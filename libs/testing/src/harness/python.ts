// The official Python SDK in a virtual environment that is made on first use and kept in node_modules/.cache.
//
// A machine without Python, or without a way to the package index, yields a reason in place of an interpreter: a test
// then skips itself, which is counted; where CI=true it fails.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { repositoryRoot } from './perdure-server.ts';

const sdkVersion = '1.35.0';
const staleMs = 300_000;

export type PythonEnvironment =
  | { readonly kind: 'ready'; readonly python: string }
  | { readonly kind: 'missing'; readonly reason: string };

/** The interpreter with the SDK. Safe to call from several test processes at once. */
export async function pythonEnvironment(): Promise<PythonEnvironment> {
  const system = systemPython();
  if (system === undefined) return missing('no python3 of version 3.10 or newer on PATH');
  const folder = join(
    repositoryRoot,
    `node_modules/.cache/perdure-python/temporalio-${sdkVersion}-py${system.version}`,
  );
  const python = join(folder, 'bin/python');
  const marker = join(folder, 'installed');
  const lock = `${folder}.lock`;
  mkdirSync(join(folder, '..'), { recursive: true });
  while (!existsSync(marker) && !take(lock)) await sleep(250);
  if (existsSync(marker)) return { kind: 'ready', python };
  try {
    rmSync(folder, { recursive: true, force: true });
    const failure =
      run(system.command, ['-m', 'venv', folder]) ??
      run(python, ['-m', 'pip', 'install', '--quiet', `temporalio==${sdkVersion}`]);
    if (failure !== undefined) return missing(failure);
    writeFileSync(marker, '');
    return { kind: 'ready', python };
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

/** A folder that only one process can make; one left by a process that ended is taken over. */
function take(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const made = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - made > staleMs) rmSync(lock, { recursive: true, force: true });
    return false;
  }
}

function systemPython(): { readonly command: string; readonly version: string } | undefined {
  const script = 'import sys; print("%d.%d" % sys.version_info[:2])';
  for (const command of ['python3', 'python']) {
    const { status, stdout } = spawnSync(command, ['-c', script], { encoding: 'utf8' });
    if (status !== 0) continue;
    const version = stdout.trim();
    const [major = 0, minor = 0] = version.split('.').map(Number);
    if (major === 3 && minor >= 10) return { command, version };
  }
  return undefined;
}

function run(command: string, args: readonly string[]): string | undefined {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: 240_000 });
  return status === 0 ? undefined : `${command} ${args.join(' ')} failed: ${stderr.slice(-500)}`;
}

function missing(reason: string): PythonEnvironment {
  if (process.env['CI'] === 'true') {
    throw new Error(`the tests of the Python SDK cannot run: ${reason}`);
  }
  console.warn(`SKIPPING the tests of the Python SDK: ${reason}`);
  return { kind: 'missing', reason };
}
