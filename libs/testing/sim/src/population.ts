// Who lives in a world beside the machine: workers, clients, somebody who looks.

import type { Ledger } from '@perdure/model';
import type { Agenda } from './agenda.ts';
import { Chance } from './chance.ts';
import type { Network } from './network.ts';
import type { Sightings } from './sightings.ts';
import { Auditor } from './workload/auditor.ts';
import { Caller } from './workload/caller.ts';
import { SimulatedClient } from './workload/client.ts';
import { Crew } from './workload/crew.ts';
import { Inspector } from './workload/inspector.ts';
import { Looks } from './workload/looks.ts';

export const namespace = 'default';
const queue = 'queue';
const journeysPerSecond = 2;

interface PopulationOptions {
  readonly seed: number;
  readonly agenda: Agenda;
  readonly network: Network;
  readonly ledger: Ledger;
  readonly sightings: Sightings;
}

export class Population {
  readonly auditor: Auditor;
  readonly inspector: Inspector;
  readonly client: SimulatedClient;
  readonly #crew: Crew;
  readonly #callers: Caller[] = [];
  readonly #caller: (name: string) => Caller;
  readonly #viewer: Caller;
  readonly #operator: Caller;

  constructor({ seed, agenda, network, ledger, sightings }: PopulationOptions) {
    const caller = (name: string, clientName = ''): Caller => {
      const made = new Caller(name, agenda, network, { name: clientName, version: '1.5.0' });
      this.#callers.push(made);
      return made;
    };
    this.#caller = caller;
    this.#crew = new Crew({ seed, agenda, network, ledger, namespace, queue, sightings });
    // Others are shown the events of a task that is being tried again, which are in no history yet.
    this.#viewer = caller('auditor', 'temporal-cli');
    const looks = new Looks(this.#viewer, namespace, ledger);
    const callers = ['client-1', 'client-2', 'client-3'].map((name) => caller(name));
    const place = { callers, looks, namespace, queue, ledger, sightings };
    this.client = new SimulatedClient(seed, place);
    const auditing = { caller: this.#viewer, chance: Chance.of(seed, 'auditor') };
    this.auditor = new Auditor({ ...auditing, namespace, ledger, looks });
    this.#operator = caller('operator');
    const inspects = Chance.of(seed, 'inspector');
    this.inspector = new Inspector(this.#operator, inspects, namespace, ledger);
  }

  /** Somebody else who makes calls. */
  visitor(name: string): Caller {
    return this.#caller(name);
  }

  /** What clients do until then; workers are at work already. */
  begin(endUs: number): void {
    this.client.begin(journeysPerSecond, endUs);
    this.#viewer.goOn(this.auditor.live(endUs));
    this.#operator.goOn(this.inspector.live(endUs));
  }

  /** From now on workers do what they should. */
  calm(): void {
    this.#crew.calm();
  }

  /** Begins a run that stays open; its id. */
  beginLast(): Promise<string> {
    return this.client.beginLast();
  }

  /** All but who looks go, and never come back. */
  leave(): void {
    for (const { host } of [...this.#callers, ...this.#crew.callers]) {
      if (host !== this.#viewer.host && host !== this.#operator.host) host.state = 'dead';
    }
  }

  /** What somebody did not expect. */
  get faults(): string[] {
    const waiting = this.client.underWay;
    return [
      ...(waiting > 0 ? [`J9: ${waiting} clients still wait for an answer`] : []),
      ...[...this.#callers, ...this.#crew.callers].flatMap((caller) => caller.faults),
    ];
  }
}
