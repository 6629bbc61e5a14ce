// Starts and kills workers that are processes of their own (worker.main.ts).

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { WorkerOptions } from '@temporalio/worker';

export interface WorkerProcessOptions {
  readonly address: string;
  readonly taskQueue: string;
  /** Path of the bundle of workflows. */
  readonly bundle: string;
  readonly options?: Partial<WorkerOptions>;
}

export class WorkerProcess {
  readonly taskQueue: string;
  readonly #child: ChildProcess;

  /** A worker that polls. */
  static async start(
    options: WorkerProcessOptions,
    main = join(import.meta.dirname, 'worker.main.ts'),
  ): Promise<WorkerProcess> {
    const child = spawn(process.execPath, [main, JSON.stringify(options)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`the worker ended with ${code}`)));
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        if (text.includes('ready')) resolve();
      });
    });
    return new WorkerProcess(options.taskQueue, child);
  }

  private constructor(taskQueue: string, child: ChildProcess) {
    this.taskQueue = taskQueue;
    this.#child = child;
  }

  /** Ends it without any farewell to the server. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }
}
