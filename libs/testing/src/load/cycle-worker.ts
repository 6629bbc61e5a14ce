// A worker without an SDK that keeps runs busy: workflow task, activity, workflow task, activity ... without end. What it gets
// done per second is what a server gets done for workers, whatever else is asked of it.

import { RawClient, WireStatus } from '../golden/index.ts';

export interface CycleOptions {
  readonly address: string;
  readonly namespace: string;
  readonly runs: number;
  /** Activities of one run lie at least this far apart. */
  readonly pauseMs: number;
}

export class CycleWorker {
  /** Reports that were taken: completed workflow tasks and activities. */
  completed = 0;
  /** Reports and polls that failed, by status. */
  readonly failed = new Map<string, number>();
  /** How long reports took, ms. */
  reportMs: number[] = [];
  readonly #options: CycleOptions;
  readonly #client: RawClient;
  readonly #queue: { readonly name: string };
  #stopping = false;

  constructor(options: CycleOptions) {
    this.#options = options;
    this.#client = new RawClient(options.address);
    this.#queue = { name: `cycle-${process.pid}` };
  }

  async start(): Promise<void> {
    const { namespace, runs } = this.#options;
    const starts = Array.from({ length: runs }, (_, run) =>
      this.#client.call('StartWorkflowExecution', {
        namespace,
        workflowId: `cycle-${process.pid}-${run}`,
        workflowType: { name: 'cycle' },
        taskQueue: this.#queue,
        requestId: `cycle-${process.pid}-${run}`,
      }),
    );
    await Promise.all(starts);
    const lanes = Math.max(2, Math.ceil(runs / 4));
    for (let lane = 0; lane < lanes; lane++) void this.#loop(() => this.#workflowTask());
    for (let lane = 0; lane < runs; lane++) void this.#loop(() => this.#activityTask());
  }

  /** Ends its calls; its runs stay open. */
  stop(): void {
    this.#stopping = true;
    this.#client.close();
  }

  async #loop(step: () => Promise<void>): Promise<void> {
    while (!this.#stopping) {
      try {
        await step();
      } catch (error) {
        if (this.#stopping) return;
        const code = error instanceof WireStatus ? error.code : String(error);
        this.failed.set(code, (this.failed.get(code) ?? 0) + 1);
        await pause(100);
      }
    }
  }

  async #workflowTask(): Promise<void> {
    const { namespace } = this.#options;
    const poll = { namespace, taskQueue: this.#queue };
    const task = await this.#client.call('PollWorkflowTaskQueue', poll, { timeoutMs: 15_000 });
    if (task.taskToken.length === 0) return;
    const attributes = {
      activityId: String(task.startedEventId),
      activityType: { name: 'step' },
      taskQueue: this.#queue,
      startToCloseTimeout: { seconds: 120 },
    };
    await this.#report(() =>
      this.#client.call(
        'RespondWorkflowTaskCompleted',
        {
          namespace,
          taskToken: task.taskToken,
          commands: [{ commandType: 1, scheduleActivityTaskCommandAttributes: attributes }],
        },
        { timeoutMs: 30_000 },
      ),
    );
  }

  async #activityTask(): Promise<void> {
    const { namespace, pauseMs } = this.#options;
    const poll = { namespace, taskQueue: this.#queue };
    const task = await this.#client.call('PollActivityTaskQueue', poll, { timeoutMs: 15_000 });
    if (task.taskToken.length === 0) return;
    await pause(pauseMs);
    await this.#report(() =>
      this.#client.call(
        'RespondActivityTaskCompleted',
        { namespace, taskToken: task.taskToken },
        { timeoutMs: 30_000 },
      ),
    );
  }

  async #report(send: () => Promise<unknown>): Promise<void> {
    const began = performance.now();
    await send();
    this.completed += 1;
    this.reportMs.push(performance.now() - began);
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
