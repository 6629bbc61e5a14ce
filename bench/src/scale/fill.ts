// Workflows at full speed: the four services in this process on files, called without a network, worker and client
// scripted. What is measured is the engine and its store.

import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openThreadedLog } from '@perdure/log-local';
import { emptyStorage, open } from '@perdure/server/in-process';
import { completeRun, ScriptedWorker, scheduleActivity } from '@perdure/server/scripted-worker';
import { openSqliteStore, openSqliteVisibility, SqliteThread } from '@perdure/store-sqlite';

export interface Fill {
  /** Runs so many one-activity workflows to their end, some at a time; the store has them when it resolves. */
  run(count: number): Promise<void>;
  /** Bytes of all files. */
  diskBytes(): number;
  close(): Promise<void>;
}

const lanes = 20;

export async function openFill(): Promise<Fill> {
  const folder = mkdtempSync(join(tmpdir(), 'perdure-scale-'));
  const log = await openThreadedLog(join(folder, 'log'));
  const threads = { writer: new SqliteThread(), readers: [new SqliteThread()] };
  const store = await openSqliteStore(join(folder, 'store'), threads);
  const visibility = await openSqliteVisibility(join(folder, 'visibility'), threads);
  const services = await open({ ...emptyStorage(), log, store, visibility });
  let made = 0;
  const lane = async (name: number, until: number): Promise<void> => {
    const worker = new ScriptedWorker(services, { name: `lane-${name}` });
    while (made < until) {
      made += 1;
      const first = await worker.workflowTask();
      const activity = await worker.activityTask();
      await worker.start(`order-${made}-${name}`);
      await worker.completeTask(
        (await first.task).taskToken,
        scheduleActivity('only', worker.queue),
      );
      const { taskToken } = await activity.task;
      const second = await worker.workflowTask();
      await worker.completeActivity(taskToken);
      await worker.completeTask((await second.task).taskToken, completeRun);
    }
  };
  return {
    run: async (count) => {
      const until = made + count;
      await Promise.all(Array.from({ length: lanes }, (_, name) => lane(name, until)));
      await services.history.drain();
    },
    diskBytes: () =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .map((name) => statSync(join(folder, name)))
        .reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0),
    close: async () => {
      services.history.stop();
      await log.close();
      await store.close();
      await visibility.close();
      rmSync(folder, { recursive: true });
    },
  };
}
