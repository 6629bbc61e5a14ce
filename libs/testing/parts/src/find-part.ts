// A part for tests: one that the environment names, one that the whole run shares, or one of the caller's own.
//
// F1. The first who asks in a run starts the shared part; all others, in whichever worker, wait for the same one.
// F2. Missing under CI=true is an error (P2).

import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PartDefinition, PartFound, PartSettings } from './part.ts';
import {
  type KeeperOrder,
  keeperLog,
  orderFile,
  outcomeFile,
  type PartOutcome,
  type PartProcesses,
  processesFile,
  readWhole,
  writeWhole,
} from './part-files.ts';
import { isAlive } from './process-identity.ts';
import { runFolder, runProcess } from './test-run.ts';

/** A first start fetches jars or an image. */
const startMs = 600_000;
const keeperMs = 15_000;
const stopMs = 30_000;

/** The part that the whole run shares. */
export async function sharedPart(part: PartDefinition): Promise<PartFound> {
  const given = givenPart(part);
  if (given !== undefined) return given;
  const folder = join(runFolder(runProcess()), part.name);
  if (makeFolder(folder)) startKeeper(part, {}, folder);
  return settled(part, await outcomeOf(folder));
}

export interface OwnPart {
  readonly found: PartFound;
  /** Ends it. It ends with the run in any case. */
  stop(): Promise<void>;
}

/** A part of the caller's own, to break or to start with settings of its own; `missing` where the environment names one. */
export async function ownPart(part: PartDefinition, settings: PartSettings = {}): Promise<OwnPart> {
  if (givenPart(part) !== undefined) {
    const reason = `${part.variable} names one that is not ours to break`;
    return { found: settled(part, { kind: 'missing', reason }), stop: async () => {} };
  }
  const folder = mkdtempSync(join(runFolder(runProcess()), `${part.name}-`));
  startKeeper(part, settings, folder);
  const found = settled(part, await outcomeOf(folder));
  return { found, stop: () => stopKeeper(folder) };
}

function givenPart({ variable }: PartDefinition): PartFound | undefined {
  const address = process.env[variable] ?? '';
  if (address === '') return undefined;
  const [, host, port] = /^(.+):(\d+)$/.exec(address) ?? [];
  if (host === undefined) throw new Error(`${variable} is "${address}": give it as host:port`);
  return { kind: 'ready', host, port: Number(port), origin: 'given', pids: [], details: {} };
}

function makeFolder(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

function startKeeper(part: PartDefinition, settings: PartSettings, folder: string): void {
  const order: KeeperOrder = { part: part.name, settings, run: runProcess() };
  writeWhole(folder, orderFile, order);
  const output = openSync(join(folder, keeperLog), 'a');
  const keeper = spawn(
    process.execPath,
    [join(import.meta.dirname, 'part-keeper.main.ts'), folder],
    {
      detached: true,
      stdio: ['ignore', output, output],
      env: { ...process.env, NODE_OPTIONS: '' },
    },
  );
  keeper.unref();
  closeSync(output);
}

async function outcomeOf(folder: string): Promise<PartOutcome> {
  const asked = Date.now();
  for (;;) {
    const outcome = readWhole<PartOutcome>(folder, outcomeFile);
    if (outcome !== undefined) return outcome;
    const processes = readWhole<PartProcesses>(folder, processesFile);
    const waited = Date.now() - asked;
    const lost = processes === undefined ? waited > keeperMs : !isAlive(processes.keeper);
    if (lost && !existsSync(join(folder, outcomeFile))) {
      return { kind: 'failed', message: `its keeper ended; it printed:\n${logOf(folder)}` };
    }
    if (waited > startMs) return { kind: 'failed', message: `not started in ${startMs} ms` };
    await sleep(50);
  }
}

function settled(part: PartDefinition, outcome: PartOutcome): PartFound {
  if (outcome.kind === 'failed') throw new Error(`${part.name} did not start: ${outcome.message}`);
  if (outcome.kind === 'missing') {
    const message = `the tests on a real ${part.name} cannot run: ${outcome.reason}`;
    if (process.env['CI'] === 'true') throw new Error(message);
    console.warn(`SKIPPING: ${message}`);
  }
  return outcome;
}

async function stopKeeper(folder: string): Promise<void> {
  const processes = readWhole<PartProcesses>(folder, processesFile);
  if (processes === undefined || !isAlive(processes.keeper)) return;
  process.kill(processes.keeper.pid, 'SIGTERM');
  const deadline = Date.now() + stopMs;
  while (isAlive(processes.keeper)) {
    if (Date.now() > deadline) throw new Error(`the keeper of ${folder} did not end`);
    await sleep(50);
  }
}

function logOf(folder: string): string {
  const path = join(folder, keeperLog);
  return existsSync(path) ? readFileSync(path, 'utf8').slice(-2_000) : '';
}
