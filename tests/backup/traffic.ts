// Traffic against a server, and a model of what it acknowledged: which runs exist, and which signals each has.
//
// N1. A run of the model was acknowledged as started; its history is there and begins with its run id.
// N2. A signal of the model was acknowledged; the history holds it once. Signals that were asked for and not answered may be
//     there, once too. Nothing else is.

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  completeWorkflow,
  historyFaults,
  type RawClient,
  readHistory,
  ScriptedRun,
  startTimer,
} from '@perdure/testing/golden';
import type { HistoryEvent } from '@perdure/wire';

/** A run as its clients know it. */
export interface ModelRun {
  readonly workflowId: string;
  readonly runId: string;
  readonly taskQueue: string;
  readonly acknowledged: readonly string[];
}

interface LiveRun {
  readonly run: ScriptedRun;
  readonly acknowledged: string[];
  readonly asked: string[];
}

const farMs = 3_600_000;

export class Traffic {
  readonly #client: RawClient;
  readonly #runs: LiveRun[] = [];
  readonly #lanes: Promise<void>[];
  #stopping = false;
  #calls = 0;

  constructor(client: RawClient, lanes: number) {
    this.#client = client;
    this.#lanes = Array.from({ length: lanes }, () => this.#lane());
  }

  /** Calls that were answered so far. */
  get calls(): number {
    return this.#calls;
  }

  async #lane(): Promise<void> {
    while (!this.#stopping) {
      const run = new ScriptedRun(this.#client, `traffic-${randomUUID()}`);
      run.runId = (await run.start()).runId;
      const live: LiveRun = { run, acknowledged: [], asked: [] };
      this.#runs.push(live);
      await this.#signal(live);
      await run.completeWorkflowTask(await run.nextWorkflowTask(), [startTimer('far', farMs)]);
      await this.#signal(live);
      this.#calls += 4;
      await sleep(1);
    }
  }

  async #signal({ run, acknowledged, asked }: LiveRun): Promise<void> {
    const mark = randomUUID();
    asked.push(mark);
    await run.signal(mark);
    acknowledged.push(mark);
  }

  /** What was acknowledged until now. */
  model(): ModelRun[] {
    return this.#runs.map(({ run, acknowledged }) => ({
      workflowId: run.workflowId,
      runId: run.runId,
      taskQueue: run.taskQueue,
      acknowledged: [...acknowledged],
    }));
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#lanes);
  }
}

const signalsOf = (events: readonly HistoryEvent[]): string[] =>
  events.flatMap(({ workflowExecutionSignaledEventAttributes: signal }) =>
    signal === null ? [] : [signal.signalName],
  );

/** What of the model the server at `copy` does not hold; its histories must be beginnings of those at `live`. */
export async function copyFaults(
  { workflowId, runId, acknowledged }: ModelRun,
  copy: RawClient,
  live: RawClient,
): Promise<string[]> {
  const execution = { workflowId, runId };
  const [copied, original] = await Promise.all([
    readHistory(copy, execution),
    readHistory(live, execution),
  ]);
  const faults = [...historyFaults(copied)];
  const signals = signalsOf(copied);
  if (new Set(signals).size !== signals.length) faults.push('a signal stands twice');
  for (const mark of acknowledged)
    if (!signals.includes(mark)) faults.push(`signal ${mark} is lost`);
  const text = (events: readonly HistoryEvent[]): string[] =>
    events.map((event) => JSON.stringify(event));
  const beginning = text(original).slice(0, copied.length);
  if (text(copied).join() !== beginning.join())
    faults.push('its history is no beginning of the live one');
  return faults.map((fault) => `${workflowId}: ${fault}`);
}

/** Brings the run to its end by a worker at that server. Returns what is wrong with its history then. */
export async function finish(model: ModelRun, client: RawClient): Promise<string[]> {
  const { workflowId, runId, taskQueue } = model;
  const run = new ScriptedRun(client, workflowId, taskQueue);
  run.runId = runId;
  await run.signal('the last one');
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [completeWorkflow('done')]);
  const events = await run.history();
  const faults = historyFaults(events);
  if (events.at(-1)?.eventType !== 2) faults.push('it did not complete');
  return faults.map((fault) => `${workflowId}: ${fault}`);
}
