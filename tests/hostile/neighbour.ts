// A peaceful client beside the attack: starts a run, reads it, signals it, ends it, and measures how long each call takes.

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { namespace, RawClient } from '@perdure/testing/golden';

export class Neighbour {
  readonly failures: string[] = [];
  readonly #raw: RawClient;
  readonly #tookMs: number[] = [];

  constructor(address: string) {
    this.#raw = new RawClient(address);
  }

  get count(): number {
    return this.#tookMs.length;
  }

  async live(goesOn: () => boolean): Promise<void> {
    while (goesOn()) {
      const workflowId = `peaceful-${randomUUID()}`;
      const execution = { workflowId };
      await this.#timed(() =>
        this.#raw.call('StartWorkflowExecution', {
          namespace,
          workflowId,
          workflowType: { name: 'peaceful' },
          taskQueue: { name: 'peaceful' },
          requestId: randomUUID(),
        }),
      );
      const signal = { namespace, workflowExecution: execution, signalName: 'hello' };
      await this.#timed(() => this.#raw.call('SignalWorkflowExecution', signal));
      await this.#timed(() =>
        this.#raw.call('DescribeWorkflowExecution', { namespace, execution }),
      );
      const end = { namespace, workflowExecution: execution };
      await this.#timed(() => this.#raw.call('TerminateWorkflowExecution', end));
      await sleep(30);
    }
  }

  p99(): number {
    return this.#tookMs.toSorted((a, b) => a - b)[Math.floor(this.#tookMs.length * 0.99)] ?? 0;
  }

  close(): void {
    this.#raw.close();
  }

  async #timed(call: () => Promise<unknown>): Promise<void> {
    const began = performance.now();
    try {
      await call();
      this.#tookMs.push(performance.now() - began);
    } catch (error) {
      this.failures.push(String(error));
    }
  }
}
