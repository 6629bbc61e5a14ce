// What the hostile client knows of the server: live runs, tokens of their tasks, names. Kept alive by a worker that answers
// properly, so that spoiled requests always meet runs in the middle of something.

import { randomUUID } from 'node:crypto';
import { type RawClient, WireStatus } from '@perdure/testing/golden';
import { type Random, randomBelow } from '@perdure/testing/seeded-random';
import type { Vocabulary } from './mutate.ts';
import { someCommands } from './some-commands.ts';

export interface KnownRun {
  readonly workflowId: string;
  readonly runId: string;
}

const liveRuns = 40;
const tokensKept = 30;
const pollMs = 4_000;

export class World {
  readonly namespace = 'default';
  readonly taskQueue = `hostile-${randomUUID()}`;
  readonly sticky = `${this.taskQueue}-sticky`;
  readonly random: Random;
  readonly runs: KnownRun[] = [];
  readonly workflowTokens: Uint8Array[] = [];
  readonly activityTokens: Uint8Array[] = [];
  readonly pageTokens: Uint8Array[] = [];
  readonly #raw: RawClient;
  #stopped = false;
  #loops: Promise<void>[] = [];

  constructor(raw: RawClient, random: Random) {
    this.#raw = raw;
    this.random = random;
  }

  async begin(): Promise<void> {
    while (this.runs.length < liveRuns) await this.#startRun();
    this.#loops = [this.#workflowWorker(), this.#activityWorker(), this.#supply()];
  }

  async end(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#loops);
  }

  run(): KnownRun {
    return this.pick(this.runs);
  }

  pick<T>(list: readonly T[]): T {
    return list[randomBelow(this.random, list.length)] as T;
  }

  vocabulary(): Vocabulary {
    const { workflowId, runId } = this.run();
    return {
      strings: [workflowId, runId, this.run().runId, this.taskQueue, this.sticky, 'activity-1'],
      bytes: [
        ...this.workflowTokens.slice(-3),
        ...this.activityTokens.slice(-3),
        ...this.pageTokens.slice(-2),
      ],
    };
  }

  async #startRun(): Promise<void> {
    const workflowId = `hostile-${randomUUID()}`;
    const { runId } = await this.#raw.call('StartWorkflowExecution', {
      namespace: this.namespace,
      workflowId,
      workflowType: { name: 'hostile' },
      taskQueue: { name: this.taskQueue },
      requestId: randomUUID(),
      workflowTaskTimeout: { seconds: 3 },
    });
    this.runs.push({ workflowId, runId });
  }

  /** Puts a fresh run in the place of an old one, a few each second. */
  async #supply(): Promise<void> {
    while (!this.#stopped) {
      this.runs.splice(randomBelow(this.random, this.runs.length), 1);
      await this.#honest(() => this.#startRun());
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
  }

  async #workflowWorker(): Promise<void> {
    const { namespace, taskQueue } = this;
    while (!this.#stopped) {
      await this.#honest(async () => {
        const task = await this.#raw.call(
          'PollWorkflowTaskQueue',
          { namespace, taskQueue: { name: taskQueue }, identity: 'honest' },
          { timeoutMs: pollMs },
        );
        if (task.taskToken.length === 0) return;
        if (task.nextPageToken.length > 0) this.#keep(this.pageTokens, task.nextPageToken);
        if (this.random() < 0.5) return this.#keep(this.workflowTokens, task.taskToken);
        await this.#raw.call('RespondWorkflowTaskCompleted', {
          namespace,
          taskToken: task.taskToken,
          identity: 'honest',
          commands: someCommands(this),
        });
      });
    }
  }

  async #activityWorker(): Promise<void> {
    const { namespace, taskQueue } = this;
    while (!this.#stopped) {
      await this.#honest(async () => {
        const { taskToken } = await this.#raw.call(
          'PollActivityTaskQueue',
          { namespace, taskQueue: { name: taskQueue }, identity: 'honest' },
          { timeoutMs: pollMs },
        );
        if (taskToken.length === 0) return;
        if (this.random() < 0.6) return this.#keep(this.activityTokens, taskToken);
        await this.#raw.call('RespondActivityTaskCompleted', { namespace, taskToken });
      });
    }
  }

  #keep(tokens: Uint8Array[], token: Uint8Array): void {
    tokens.push(token);
    if (tokens.length > tokensKept) tokens.shift();
  }

  /** An honest client among hostile ones is refused now and then: what it touches may be closed, its queue limited. */
  async #honest(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof WireStatus)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
