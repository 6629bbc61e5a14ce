// A simulated client: starts runs of random programs, signals them, and keeps what it was told.

import type { Ledger } from '@perdure/model';
import { jsonPayloads } from '@perdure/testing/golden';
import type { Chance } from '../chance.ts';
import { CallFailed } from '../network.ts';
import type { Caller } from './caller.ts';
import { randomProgram } from './program.ts';

export class SimulatedClient {
  /** Journeys that are not over: they have calls to make. */
  underWay = 0;
  readonly #ledger: Ledger;
  readonly #caller: Caller;
  readonly #chance: Chance;
  readonly #namespace: string;
  readonly #queue: string;
  #count = 0;

  constructor(options: {
    readonly caller: Caller;
    readonly chance: Chance;
    readonly namespace: string;
    readonly queue: string;
    readonly ledger: Ledger;
  }) {
    const { caller, chance, namespace, queue, ledger } = options;
    this.#ledger = ledger;
    this.#caller = caller;
    this.#chance = chance;
    this.#namespace = namespace;
    this.#queue = queue;
  }

  /** Starts runs at that rate until `endUs`, each with as many signals as `signalsPerRun` on average. */
  async live(startsPerSecond: number, signalsPerRun: number, endUs: number): Promise<void> {
    while (this.#caller.nowUs < endUs) {
      this.#caller.goOn(this.#journey(this.#chance.below(signalsPerRun * 2 + 1)));
      await this.#caller.sleep(this.#chance.between(0, 2e6 / startsPerSecond));
    }
  }

  async #journey(signals: number): Promise<void> {
    this.underWay += 1;
    const workflowId = `run-${this.#count++}`;
    const beganUs = this.#caller.nowUs;
    const program = randomProgram(this.#chance, signals);
    const { runId } = await this.#caller.insist('StartWorkflowExecution', {
      namespace: this.#namespace,
      workflowId,
      workflowType: { name: 'program' },
      taskQueue: { name: this.#queue },
      requestId: this.#chance.uuid(),
      input: jsonPayloads(program),
      workflowTaskTimeout: { seconds: 5 },
    });
    this.#ledger.starts.push({ workflowId, runId, beganUs, endedUs: this.#caller.nowUs });
    for (let count = 0; count < signals; count++) {
      await this.#caller.sleep(this.#chance.between(0, 4e6));
      await this.#signal(workflowId, `signal-${count}`);
    }
    this.underWay -= 1;
  }

  async #signal(workflowId: string, name: string): Promise<void> {
    let taken = true;
    const beganUs = this.#caller.nowUs;
    try {
      await this.#caller.insist('SignalWorkflowExecution', {
        namespace: this.#namespace,
        workflowExecution: { workflowId },
        signalName: name,
        requestId: this.#chance.uuid(),
      });
    } catch (fault) {
      if (!(fault instanceof CallFailed) || fault.code !== 'NOT_FOUND') throw fault;
      taken = false;
    }
    const endedUs = this.#caller.nowUs;
    this.#ledger.signals.push({ workflowId, name, taken, beganUs, endedUs });
  }
}
