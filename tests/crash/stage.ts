// A server on files of its own, to be killed, and workers and a client that live outside it and never die.

import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RawClient } from '@perdure/testing/golden';
import { PerdureServer } from '@perdure/testing/harness';
import { onTestFailed, onTestFinished } from 'vitest';
import { WorkerProcess } from '../compat/typescript/worker-process.ts';
import { workflowBundle } from '../compat/typescript/workflow-bundle.ts';
import { PersistentClient } from './persistent-client.ts';

const worker = join(import.meta.dirname, 'worker.main.ts');

export interface Stage {
  readonly server: PerdureServer;
  readonly client: PersistentClient;
  /** Files of the log beside the database, with their sizes. */
  logFiles(): string[];
  startWorker(taskQueue: string): Promise<WorkerProcess>;
}

/** A server on a database file, taken down when the test ends. */
export async function stage(): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'perdure-crash-'));
  const dbFilename = join(folder, 'perdure.db');
  const server = await PerdureServer.start({ dbFilename });
  const raw = new RawClient(server.address);
  const bundle = await workflowBundle(join(import.meta.dirname, 'workflows'));
  onTestFailed(() => console.log(server.logs.split('\n').slice(-100).join('\n')));
  const client = new PersistentClient(raw);
  onTestFinished(async () => {
    client.close();
    await server.kill();
    rmSync(folder, { recursive: true });
  });
  return {
    server,
    client,
    logFiles: () =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .map((name) => `${name} ${statSync(join(folder, name)).size}`)
        .toSorted(),
    startWorker: async (taskQueue) => {
      const process = await WorkerProcess.start(
        { address: server.address, taskQueue, bundle },
        worker,
      );
      onTestFinished(() => process.kill());
      return process;
    },
  };
}

/** Runs the jobs, a few at a time. */
export async function inLanes<T>(
  items: readonly T[],
  lanes: number,
  job: (item: T) => Promise<void>,
) {
  const left = [...items];
  const lane = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await job(item);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
