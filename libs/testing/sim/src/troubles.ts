// Brings the faults of a plan into the world, and takes them out again.

import { StorageFault } from '@perdure/ports';
import type { Agenda } from './agenda.ts';
import type { Chance } from './chance.ts';
import type { FaultPlan } from './fault-plan.ts';
import type { Machine } from './machine.ts';
import type { Network } from './network.ts';
import type { Outages } from './outages.ts';

/** A failure of storage that the world made. */
export class InjectedFault extends StorageFault {}

export class Troubles {
  diskSlowness = 1;
  /** How often each kind struck. */
  readonly counts = new Map<string, number>();
  readonly #agenda: Agenda;
  readonly #chance: Chance;
  readonly #plan: FaultPlan;
  readonly #outages: Outages;
  #on = false;
  #logFaultDue = false;

  constructor(agenda: Agenda, chance: Chance, plan: FaultPlan, outages: Outages) {
    this.#agenda = agenda;
    this.#chance = chance;
    this.#plan = plan;
    this.#outages = outages;
  }

  begin(machine: Machine, network: Network): void {
    this.#on = true;
    const { lostRequest, lostAnswer, duplicate, delayed } = this.#plan;
    Object.assign(network.faults, { lostRequest, lostAnswer, duplicate, delayed });
    this.#every(this.#plan.killEveryUs, 'kill', () => {
      machine.kill();
    });
    this.#every(this.#plan.powerCutEveryUs, 'power cut', () => {
      void machine.cutPower();
    });
    this.#every(this.#plan.freezeEveryUs, 'freeze', () => {
      machine.freeze();
      this.#outages.begin('freeze');
      this.#agenda.after(this.#chance.between(1e6, 60e6), null, () => {
        machine.thaw();
        this.#outages.end('freeze');
      });
    });
    this.#every(this.#plan.slowDiskEveryUs, 'slow disk', () => {
      this.diskSlowness = this.#chance.between(10, 2_000);
      this.#outages.begin('slow disk');
      this.#agenda.after(this.#chance.between(1e6, 20e6), null, () => {
        this.diskSlowness = 1;
        this.#outages.end('slow disk');
      });
    });
    this.#every(this.#plan.logFaultEveryUs, 'log fault', () => {
      this.#logFaultDue = true;
    });
  }

  end(machine: Machine, network: Network): void {
    this.#on = false;
    this.#logFaultDue = false;
    this.diskSlowness = 1;
    Object.assign(network.faults, { lostRequest: 0, lostAnswer: 0, duplicate: 0, delayed: 0 });
    machine.thaw();
    this.#outages.end('freeze');
    this.#outages.end('slow disk');
  }

  /** Throws when the call is to fail. */
  storageFault(port: string, method: string): void {
    if (!this.#on) return;
    if (port === 'log' && method === 'append' && this.#logFaultDue) {
      this.#logFaultDue = false;
      throw new InjectedFault('io', 'the simulated disk failed');
    }
    if (port === 'store' && method === 'write' && this.#chance.happens(this.#plan.storeFault)) {
      this.#count('store fault');
      throw new InjectedFault('io', 'the simulated store failed');
    }
  }

  #every(meanUs: number, kind: string, strike: () => void): void {
    if (meanUs === 0) return;
    this.#agenda.after(this.#chance.between(0, 2 * meanUs), null, () => {
      if (!this.#on) return;
      this.#count(kind);
      strike();
      this.#every(meanUs, kind, strike);
    });
  }

  #count(kind: string): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
  }
}
