// Who lives in a world beside the machine: workers, clients, somebody who looks.

import type { Ledger } from '@perdure/model';
import type { Agenda } from './agenda.ts';
import { Chance } from './chance.ts';
import type { Network } from './network.ts';
import { Auditor } from './workload/auditor.ts';
import { Caller } from './workload/caller.ts';
import { SimulatedClient } from './workload/client.ts';
import { Inspector } from './workload/inspector.ts';
import { beginWorker } from './workload/worker.ts';

export const namespace = 'default';
const queue = 'queue';
const startsPerSecond = 2;

export class Population {
  readonly auditor: Auditor;
  readonly inspector: Inspector;
  readonly client: SimulatedClient;
  readonly #callers: Caller[] = [];
  readonly #visitor: Caller;
  readonly #looks: Caller;
  readonly #operator: Caller;

  constructor(seed: number, agenda: Agenda, network: Network, ledger: Ledger) {
    const caller = (name: string, clientName = ''): Caller => {
      const made = new Caller(name, agenda, network, { name: clientName, version: '1.5.0' });
      this.#callers.push(made);
      return made;
    };
    for (const name of ['worker-1', 'worker-2']) {
      const chance = Chance.of(seed, name);
      const habits = {
        forgetsSticky: 0.05,
        answersLate: 0.005,
        answersTwice: 0.02,
        neverAnswers: 0.005,
      };
      beginWorker({ caller: caller(name), chance, namespace, queue, habits, ledger });
    }
    this.#visitor = caller('client');
    const chance = Chance.of(seed, 'client');
    const stage = { caller: this.#visitor, chance, namespace, queue, ledger };
    this.client = new SimulatedClient(seed, stage);
    // Others are shown the events of a task that is being tried again, which are in no history yet.
    this.#looks = caller('auditor', 'temporal-cli');
    this.auditor = new Auditor(this.#looks, Chance.of(seed, 'auditor'), namespace, ledger);
    this.#operator = caller('operator');
    const inspects = Chance.of(seed, 'inspector');
    this.inspector = new Inspector(this.#operator, inspects, namespace, ledger);
  }

  /** What clients do until then; workers are at work already. */
  begin(endUs: number): void {
    this.#visitor.goOn(this.client.live(startsPerSecond, endUs));
    this.#looks.goOn(this.auditor.live(endUs));
    this.#operator.goOn(this.inspector.live(endUs));
  }

  /** What somebody did not expect. */
  get faults(): string[] {
    const waiting = this.client.underWay;
    return [
      ...(waiting > 0 ? [`J9: ${waiting} clients still wait for an answer`] : []),
      ...this.#callers.flatMap((caller) => caller.faults),
    ];
  }
}
