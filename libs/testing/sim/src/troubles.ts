// Brings the faults of a plan into the world, and takes them out again.

import type { Agenda, Host } from './agenda.ts';
import { Chance } from './chance.ts';
import type { FaultKind, FaultPlan } from './fault-plan.ts';
import type { ClockError } from './host-clock.ts';
import type { Machine } from './machine.ts';
import type { Network } from './network.ts';
import type { Outages } from './outages.ts';
import type { Sightings } from './sightings.ts';
import { StoreTroubles } from './store-troubles.ts';

/** How far away from true time the wall clock may be set. Dedup keys live ten minutes by the clocks of the servers (W8). */
const setUsMax = 240e6;

/** What could not be read is read again after about this long. */
const readAgainUs = 1.2e6;

export class Troubles {
  readonly store: StoreTroubles;
  /** How much slower than usual; 1 is usual. */
  diskSlowness = 1;
  storeSlowness = 1;
  /** How often each kind struck. */
  readonly counts = new Map<string, number>();
  readonly #agenda: Agenda;
  readonly #seed: number;
  readonly #plan: FaultPlan;
  readonly #sightings: Sightings;
  readonly #outages: Outages;
  #on = false;

  constructor(options: {
    readonly agenda: Agenda;
    readonly seed: number;
    readonly plan: FaultPlan;
    readonly sightings: Sightings;
    readonly outages: Outages;
  }) {
    const { agenda, seed, plan, sightings } = options;
    this.#agenda = agenda;
    this.#seed = seed;
    this.#plan = plan;
    this.#sightings = sightings;
    this.#outages = options.outages;
    const onReadFailed = (): void => this.#outages.last('store read', readAgainUs);
    this.store = new StoreTroubles({ seed, plan, sightings, onReadFailed });
  }

  get flippedTail(): number {
    return this.#on ? this.#plan.flippedTail : 0;
  }

  get flippedRecord(): number {
    return this.#on ? this.#plan.flippedRecord : 0;
  }

  /** Of a process that begins. */
  clockError(chance: Chance): ClockError {
    const drift = Math.max(0.0001, this.#plan.clockDrift);
    return {
      offsetUs: Math.round(chance.between(-200_000, 200_000)),
      rate: chance.between(1 - drift, 1 + drift),
    };
  }

  begin(machine: Machine, network: Network): void {
    this.#on = true;
    this.store.on = true;
    const { lostRequest, lostAnswer, duplicate, delayed } = this.#plan;
    Object.assign(network.faults, { lostRequest, lostAnswer, duplicate, delayed });
    this.#every('killEveryUs', 'kill', () => machine.kill());
    this.#every('powerCutEveryUs', 'power cut', () => void machine.cutPower());
    this.#every('tornEndEveryUs', 'torn end', (chance) => this.#tornEnd(machine, chance));
    this.#every('freezeEveryUs', 'freeze', (chance) => {
      machine.freeze();
      this.#meanwhile('freeze', chance.between(1e6, 60e6), () => machine.thaw());
    });
    this.#every('slowDiskEveryUs', 'slow disk', (chance) => {
      this.diskSlowness = chance.between(10, 2_000);
      this.#meanwhile('slow disk', chance.between(1e6, 20e6), () => {
        this.diskSlowness = 1;
      });
    });
    this.#every('slowStoreEveryUs', 'slow store', (chance) => {
      this.storeSlowness = chance.between(10, 5_000);
      this.#meanwhile('slow store', chance.between(1e6, 20e6), () => {
        this.storeSlowness = 1;
      });
    });
    this.#every('storeDownEveryUs', 'store down', (chance) => {
      this.store.down = true;
      this.#meanwhile('store down', chance.between(1e6, 30e6), () => {
        this.store.down = false;
      });
    });
    this.#every('logFaultEveryUs', 'log fault', (chance) =>
      machine.disk.files.failNext(chance.happens(0.6) ? 'sync' : 'write'),
    );
    this.#every('fullDiskEveryUs', 'full disk', (chance) => {
      machine.disk.files.spaceBytes = chance.below(40_000);
      this.#meanwhile('full disk', chance.between(1e6, 20e6), () => {
        machine.disk.files.spaceBytes = null;
      });
    });
    this.#every('clockJumpEveryUs', 'clock jump', (chance) => {
      machine.wall.setUs = Math.round(chance.between(-setUsMax, setUsMax));
    });
    this.#callers(network);
    if (this.#plan.clockJumpEveryUs > 0) this.#outages.timeless();
  }

  end(machine: Machine, network: Network): void {
    this.#on = false;
    this.store.on = false;
    this.diskSlowness = 1;
    this.storeSlowness = 1;
    machine.disk.files.clear();
    machine.wall.setUs = 0;
    Object.assign(network.faults, { lostRequest: 0, lostAnswer: 0, duplicate: 0, delayed: 0 });
    network.heal();
    machine.thaw();
    for (const caller of network.callers) this.#agenda.thaw(caller);
  }

  /** The next process may end while it opens the files that this one left. */
  #tornEnd(machine: Machine, chance: Chance): void {
    machine.disk.files.endIn(chance.below(8), chance.happens(0.5), () => {
      this.#sightings.seen('ended in a file operation');
      if (chance.happens(0.4)) machine.kill();
      else void machine.cutPower();
      if (this.#on && chance.happens(0.3)) this.#tornEnd(machine, chance);
    });
  }

  #callers(network: Network): void {
    const someone = (chance: Chance): Host | null =>
      network.callers.length === 0 ? null : chance.pick(network.callers);
    this.#every('cutEveryUs', 'cut', (chance) => {
      const silent = chance.happens(0.5);
      this.#sightings.seen(silent ? 'silent cut' : 'connection cut');
      network.cut(chance.happens(0.3) ? null : someone(chance), silent);
      this.#meanwhile('cut', chance.between(0.1e6, 30e6), () => network.heal());
    });
    this.#every('callerFreezeEveryUs', 'caller freeze', (chance) => {
      const caller = someone(chance);
      if (caller?.state !== 'running') return;
      this.#sightings.seen('caller frozen');
      caller.state = 'frozen';
      this.#meanwhile('caller freeze', chance.between(1e6, 60e6), () => this.#agenda.thaw(caller));
    });
  }

  #every(kind: FaultKind, name: string, strike: (chance: Chance) => void): void {
    const meanUs = this.#plan[kind];
    if (meanUs === 0) return;
    const chance = Chance.of(this.#seed, `trouble ${name}`);
    const strikeLater = (): void =>
      this.#later(chance.between(0, 2 * meanUs), () => {
        if (!this.#on) return;
        this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
        strike(chance);
        strikeLater();
      });
    strikeLater();
  }

  /** Something keeps the server from its work until `end`. */
  #meanwhile(cause: string, delayUs: number, end: () => void): void {
    this.#outages.last(cause, delayUs);
    this.#later(delayUs, end);
  }

  #later(delayUs: number, happen: () => void): void {
    this.#agenda.after(delayUs, null, happen);
  }
}
