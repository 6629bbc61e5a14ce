// Processes that live worlds, as many as there are cores.

import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { AnyPlan, WorldOrder } from './seed-process.main.ts';
import type { Outcome } from './world.ts';

type Counts = readonly (readonly [name: string, times: number])[];

/** An outcome as it travels between processes. */
export interface WorldReport
  extends Omit<Outcome, 'lines' | 'shown' | 'plan' | 'struck' | 'begun' | 'reached'> {
  readonly plan: AnyPlan;
  readonly struck: Counts;
  readonly begun: Counts;
  readonly reached: Counts;
  readonly cpuSeconds: number;
}

/** A world that broke its process: nothing may reject that nobody waits for. */
export class WorldBroke extends Error {
  override readonly name = 'WorldBroke';
}

const main = join(import.meta.dirname, 'seed-process.main.ts');

/** No world takes so long: the engine goes round in circles in it. */
const worldMsMax = 300_000;

export class SeedPool {
  readonly size: number;
  readonly #bug: string | null;
  readonly #worldMs: number;
  readonly #processes = new Set<ChildProcess>();
  readonly #idle: ChildProcess[] = [];
  readonly #waiting: ((free: ChildProcess) => void)[] = [];

  /** `bug`: the name of a planted bug, in all of them. `worldMs`: how long a world may take, real time. */
  constructor(bug: string | null, size = availableParallelism(), worldMs = worldMsMax) {
    this.#bug = bug;
    this.size = size;
    this.#worldMs = worldMs;
    for (let count = 0; count < size; count++) this.#begin();
  }

  /** Lives a world in a process that has nothing else to do. Rejects with WorldBroke when the process ends over it. */
  async live(order: WorldOrder): Promise<WorldReport> {
    const free =
      this.#idle.pop() ??
      (await new Promise<ChildProcess>((resolve) => this.#waiting.push(resolve)));
    const guard = setTimeout(() => free.kill(), this.#worldMs);
    try {
      const report = await reportOf(free, order);
      this.#free(free);
      return report;
    } catch (broke) {
      this.#processes.delete(free);
      this.#begin();
      throw broke;
    } finally {
      clearTimeout(guard);
    }
  }

  close(): void {
    for (const process of this.#processes) process.kill();
  }

  #begin(): void {
    const options = this.#bug === null ? [] : ['--bug', this.#bug];
    const begun = fork(main, options, { stdio: ['ignore', 'inherit', 'pipe', 'ipc'] });
    begun.stderr?.on('data', (bytes: Buffer) => {
      said.set(begun, `${said.get(begun) ?? ''}${bytes.toString()}`.slice(-saidMax));
    });
    this.#processes.add(begun);
    this.#free(begun);
  }

  #free(process: ChildProcess): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(process);
    else next(process);
  }
}

/** What processes said on their error streams last. */
const said = new WeakMap<ChildProcess, string>();
const saidMax = 2_000;

function reportOf(free: ChildProcess, order: WorldOrder): Promise<WorldReport> {
  return new Promise((resolve, rejectWith) => {
    const broke = (): void => {
      const last = said.get(free) ?? 'it took no end';
      rejectWith(new WorldBroke(`seed ${order.seed} ended its process: ${last}`));
    };
    // It ended before it could be asked for anything.
    if (free.exitCode !== null) {
      broke();
      return;
    }
    free.once('close', broke);
    free.once('message', (report: WorldReport) => {
      free.off('close', broke);
      resolve(report);
    });
    free.send(order);
  });
}
