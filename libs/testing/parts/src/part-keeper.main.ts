// The keeper of one part: a process of its own that starts the part, says what came of it, and ends it with the test run.
//
// K1. It is in no process group and no session of the run: what kills the run, also SIGKILL, leaves the keeper to clean up.
// K2. The part ends when the run's main process is gone, or when the keeper is asked to end; then the folder goes too.
// K3. The part's data is of no use after the run: it is ended at once, not gracefully.

import { rmdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { containersAnswer } from './container.ts';
import { PartMissing, type RunningPart } from './part.ts';
import {
  type KeeperOrder,
  orderFile,
  outcomeFile,
  type PartOutcome,
  processesFile,
  readWhole,
  writeWhole,
} from './part-files.ts';
import { partTable } from './part-table.ts';
import { isAlive, type ProcessIdentity, processIdentity } from './process-identity.ts';

const watchMs = 250;
const folder = process.argv[2] ?? '';
const order = readWhole<KeeperOrder>(folder, orderFile);
if (order === undefined) throw new Error(`no ${orderFile} in ${folder}`);

let asked = false;
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  process.on(signal, () => {
    asked = true;
  });
}
noteProcesses([]);
const running = await start(order);
while (!asked && isAlive(order.run)) await sleep(watchMs);
await running?.stop();
rmSync(folder, { recursive: true, force: true });
removeIfEmpty(dirname(folder));
process.exit(0);

async function start({ part, settings }: KeeperOrder): Promise<RunningPart | undefined> {
  try {
    const definition = partTable[part];
    if (definition === undefined) throw new Error(`no part ${part}`);
    const inContainer = await containersAnswer();
    const at = { folder, settings };
    const started = await (inContainer ? definition.inContainer(at) : definition.onMachine(at));
    const { host, port, pids, details } = started;
    noteProcesses(pids);
    const origin = inContainer ? 'container' : 'process';
    tell({ kind: 'ready', host, port, origin, pids, details });
    return started;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    tell(error instanceof PartMissing ? { kind: 'missing', reason: message } : failed(error));
    return undefined;
  }
}

function failed(error: unknown): PartOutcome {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { kind: 'failed', message };
}

function tell(outcome: PartOutcome): void {
  writeWhole(folder, outcomeFile, outcome);
}

function noteProcesses(pids: readonly number[]): void {
  const daemons = pids.map(processIdentity).filter((identity) => identity !== undefined);
  const keeper = processIdentity(process.pid) as ProcessIdentity;
  writeWhole(folder, processesFile, { keeper, daemons });
}

function removeIfEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch (error) {
    // Another part of the run is still there, or its keeper was quicker.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTEMPTY' && code !== 'ENOENT') throw error;
  }
}
