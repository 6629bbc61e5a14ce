// Processes that live worlds, as many as there are cores.

import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { WorldOrder } from './seed-process.main.ts';
import type { Outcome } from './world.ts';

type Counts = readonly (readonly [name: string, times: number])[];

/** An outcome as it travels between processes. */
export interface WorldReport
  extends Omit<Outcome, 'lines' | 'shown' | 'struck' | 'begun' | 'reached'> {
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

export class SeedPool {
  readonly size: number;
  readonly #processes: ChildProcess[];
  readonly #idle: ChildProcess[];
  readonly #waiting: ((free: ChildProcess) => void)[] = [];

  /** `bug`: the name of a planted bug, in all of them. */
  constructor(bug: string | null, size: number = availableParallelism()) {
    this.size = size;
    this.#processes = Array.from({ length: size }, () =>
      fork(main, bug === null ? [] : ['--bug', bug], {
        stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
      }),
    );
    this.#idle = [...this.#processes];
  }

  /** Lives a world in a process that has nothing else to do. Rejects with WorldBroke when the process ends over it. */
  async live(order: WorldOrder): Promise<WorldReport> {
    const free =
      this.#idle.pop() ??
      (await new Promise<ChildProcess>((resolve) => this.#waiting.push(resolve)));
    const report = await reportOf(free, order);
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(free);
    else next(free);
    return report;
  }

  close(): void {
    for (const process of this.#processes) process.kill();
  }
}

function reportOf(free: ChildProcess, order: WorldOrder): Promise<WorldReport> {
  return new Promise((resolve, rejectWith) => {
    let said = '';
    const hear = (bytes: Buffer): void => {
      said += bytes.toString();
    };
    const broke = (): void => {
      rejectWith(new WorldBroke(`seed ${order.seed} ended its process: ${said.slice(-2_000)}`));
    };
    free.stderr?.on('data', hear);
    free.once('close', broke);
    free.once('message', (report: WorldReport) => {
      free.stderr?.off('data', hear);
      free.off('close', broke);
      resolve(report);
    });
    free.send(order);
  });
}
