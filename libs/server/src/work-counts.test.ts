// What the server does for a workflow, counted: appends, syncs, bytes, rows, statements, offers. A change that makes it do
// more fails here by the number, whatever the machine's noise; one that makes it do less changes the table on purpose.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openThreadedLog } from '@perdure/log-local';
import { openSqliteStore, openSqliteVisibility, SqliteThread } from '@perdure/store-sqlite';
import { expect, test } from 'vitest';
import { countingStore } from '../fixtures/counting-store.ts';
import { emptyStorage, open } from '../fixtures/in-process.ts';
import {
  completeRun,
  ScriptedWorker,
  scheduleActivity,
  startTimer,
} from '../fixtures/scripted-worker.ts';

/** For one workflow; `bytes` of the log, and `statements`, at most. */
interface Work {
  readonly appends: number;
  readonly syncs: number;
  readonly transitions: number;
  readonly bytes: number;
  readonly historyRows: number;
  readonly runStates: number;
  readonly workflowRows: number;
  readonly wakeRows: number;
  readonly storeReads: number;
  /** Of the store and of the index, without BEGIN and COMMIT. */
  readonly statements: number;
  readonly offers: number;
}

type Script = (worker: ScriptedWorker, id: string) => Promise<void>;

const workflows = 20;

/** Runs the script for some workflows, one after the other, on a log and a store of files. */
async function workOf(script: Script): Promise<Work> {
  const folder = mkdtempSync(join(tmpdir(), 'perdure-counts-'));
  const log = await openThreadedLog(join(folder, 'log'));
  const threads = { writer: new SqliteThread(), readers: [new SqliteThread()] };
  const sqlite = await openSqliteStore(join(folder, 'store'), threads);
  const visibility = await openSqliteVisibility(join(folder, 'visibility'), threads);
  try {
    const store = countingStore(sqlite);
    const services = await open({ ...emptyStorage(), log, store, visibility });
    const { counts } = services.history;
    const snapshot = async () => ({
      frames: counts.log.frames,
      transitions: counts.log.transitions,
      bytes: counts.log.bytes,
      syncs: (await log.stats()).syncs,
      offers: counts.offers(),
      statements: (await sqlite.stats()).statements + (await visibility.stats()).statements,
      ...store.counts,
    });
    const before = await snapshot();
    for (let i = 0; i < workflows; i++) await script(new ScriptedWorker(services), `order-${i}`);
    await services.history.drain();
    const after = await snapshot();
    services.history.stop();
    const per = (name: keyof typeof before): number =>
      Math.round(((after[name] - before[name]) / workflows) * 10) / 10;
    return {
      appends: per('frames'),
      syncs: per('syncs'),
      transitions: per('transitions'),
      bytes: per('bytes'),
      historyRows: per('historyRows'),
      runStates: per('runStates'),
      workflowRows: per('workflowRows'),
      wakeRows: per('wakeRows'),
      storeReads: per('reads'),
      statements: per('statements'),
      offers: per('offers'),
    };
  } finally {
    await log.close();
    await sqlite.close();
    await visibility.close();
    rmSync(folder, { recursive: true });
  }
}

/** A first workflow task with these commands; then what follows. */
async function begin(
  worker: ScriptedWorker,
  id: string,
  ...commands: Parameters<ScriptedWorker['completeTask']>[1][]
): Promise<void> {
  const { task } = await worker.workflowTask();
  await worker.start(id);
  await worker.completeTask((await task).taskToken, ...commands);
}

async function finish(worker: ScriptedWorker, task: Promise<{ taskToken: Uint8Array }>) {
  await worker.completeTask((await task).taskToken, completeRun);
}

/** A run that closes soon is written once: its history, its state, its workflow id, and a row of the index. */
const rowsOfOneRun = {
  historyRows: 1,
  runStates: 1,
  workflowRows: 1,
  wakeRows: 0,
  // Of its workflow id, which may have been used before.
  storeReads: 1,
  // And `applied` and the cursor, which many runs share.
  statements: 5,
};

const scenarios: readonly (readonly [name: string, script: Script, expected: Work])[] = [
  [
    'hello world',
    (worker, id) => begin(worker, id, completeRun),
    { appends: 2, syncs: 2, transitions: 3, bytes: 1130, offers: 1, ...rowsOfOneRun },
  ],
  [
    'one activity',
    async (worker, id) => {
      const activity = await worker.activityTask();
      await begin(worker, id, scheduleActivity('only'));
      const { taskToken } = await activity.task;
      const { task } = await worker.workflowTask();
      await worker.completeActivity(taskToken);
      await finish(worker, task);
    },
    { appends: 4, syncs: 4, transitions: 7, bytes: 2400, offers: 3, ...rowsOfOneRun },
  ],
  [
    'a timer',
    async (worker, id) => {
      await begin(worker, id, startTimer('soon', 1_000_000));
      const { task } = await worker.workflowTask();
      await finish(worker, task);
    },
    { appends: 4, syncs: 4, transitions: 6, bytes: 1990, offers: 2, ...rowsOfOneRun },
  ],
  [
    'ten signals, each with a workflow task',
    async (worker, id) => {
      await begin(worker, id);
      for (let i = 0; i < 10; i++) {
        const { task } = await worker.workflowTask();
        await worker.signal(id, `${id}-${i}`);
        await worker.completeTask((await task).taskToken, ...(i === 9 ? [completeRun] : []));
      }
    },
    { appends: 22, syncs: 22, transitions: 33, bytes: 9900, offers: 11, ...rowsOfOneRun },
  ],
  [
    'ten activities at once',
    async (worker, id) => {
      const names = Array.from({ length: 10 }, (_, at) => `part-${at}`);
      const polls = await Promise.all(names.map(() => worker.activityTask()));
      await begin(worker, id, ...names.map((name) => scheduleActivity(name)));
      const started = await Promise.all(polls.map(({ task }) => task));
      const last = started.pop();
      const first = await worker.workflowTask();
      const [head, ...rest] = started;
      await worker.completeActivity(head?.taskToken as Uint8Array);
      await worker.completeTask((await first.task).taskToken);
      const second = await worker.workflowTask();
      for (const { taskToken } of rest.slice(0, 1)) await worker.completeActivity(taskToken);
      const { taskToken } = await second.task;
      for (const one of rest.slice(1)) await worker.completeActivity(one.taskToken);
      await worker.completeActivity(last?.taskToken as Uint8Array);
      const third = await worker.workflowTask();
      await worker.completeTask(taskToken);
      await finish(worker, third.task);
    },
    { appends: 15, syncs: 15, transitions: 29, bytes: 11250, offers: 14, ...rowsOfOneRun },
  ],
];

test.each(scenarios)(
  'work per workflow: %s',
  { timeout: 60_000 },
  async (_name, script, expected) => {
    const work = await workOf(script);
    const { bytes, statements } = work;
    // Ids and times vary in length; what is shared is shared by more or fewer runs.
    expect(work).toEqual({ ...expected, bytes, statements });
    expect(bytes).toBeLessThanOrEqual(expected.bytes);
    expect(bytes).toBeGreaterThan(expected.bytes * 0.9);
    expect(statements).toBeLessThanOrEqual(expected.statements);
  },
);
