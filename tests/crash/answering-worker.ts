// The test's own activity worker: it answers each task with a value of its own, and remembers what the server
// acknowledged. An acknowledged answer must be the one in the history; one whose acknowledgement was lost may be.

import { randomUUID } from 'node:crypto';
import { jsonPayloads, namespace, WireStatus } from '@perdure/testing/golden';
import type { PersistentClient } from './persistent-client.ts';

export class AnsweringWorker {
  readonly taskQueue: string;
  /** Acknowledged answers by `workflow id/activity id`. */
  readonly acknowledged = new Map<string, string>();
  /** Acknowledged answers for an activity that already had one. */
  readonly contradictions: string[] = [];
  readonly #client: PersistentClient;
  #stopped = false;
  readonly #loops: Promise<void>[];

  constructor(client: PersistentClient, taskQueue: string, pollers: number) {
    this.#client = client;
    this.taskQueue = taskQueue;
    this.#loops = Array.from({ length: pollers }, () => this.#loop());
  }

  /** Stops polling, and waits for the polls under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#loops);
  }

  async #loop(): Promise<void> {
    while (!this.#stopped) {
      const task = await this.#client.call('PollActivityTaskQueue', {
        namespace,
        taskQueue: { name: this.taskQueue },
        identity: 'answering worker',
      });
      if (task.taskToken.length === 0) continue;
      const key = `${task.workflowExecution?.workflowId}/${task.activityId}`;
      await this.#answer(key, task.taskToken);
    }
  }

  async #answer(key: string, taskToken: Uint8Array): Promise<void> {
    const answer = `${key}/${randomUUID()}`;
    const request = { namespace, taskToken, result: jsonPayloads(answer) };
    try {
      await this.#client.call('RespondActivityTaskCompleted', request);
    } catch (error) {
      // Not found: an earlier try of this call counted, or the attempt timed out while the server was away.
      if (error instanceof WireStatus && error.code === 'NOT_FOUND') return;
      throw error;
    }
    if (this.acknowledged.has(key)) this.contradictions.push(key);
    this.acknowledged.set(key, answer);
  }
}
