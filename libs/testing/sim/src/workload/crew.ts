// The workers of a world: some processes that come and go. One that dies leaves its tasks; the next has another identity.

import type { Ledger } from '@perdure/model';
import type { Agenda } from '../agenda.ts';
import { Chance } from '../chance.ts';
import type { Network } from '../network.ts';
import type { Sightings } from '../sightings.ts';
import { Caller } from './caller.ts';
import { beginWorker, type Worker } from './worker.ts';
import { calmHabits, type WorkerHabits } from './worker-setting.ts';

interface CrewOptions {
  readonly seed: number;
  readonly agenda: Agenda;
  readonly network: Network;
  readonly ledger: Ledger;
  readonly namespace: string;
  readonly queue: string;
  readonly sightings: Sightings;
}

interface Member {
  readonly name: string;
  readonly chance: Chance;
  caller: Caller | null;
  worker: Worker | null;
  lives: number;
}

export class Crew {
  /** Everyone who ever was in it. */
  readonly callers: Caller[] = [];
  readonly #options: CrewOptions;
  readonly #habits: WorkerHabits;
  readonly #members: readonly Member[];
  /** Mean life, µs; 0: for ever. */
  readonly #lifeUs: number;
  /** Since when no worker is there; null: one is. */
  #absentSinceUs: number | null = null;
  #calm = false;

  constructor(options: CrewOptions) {
    this.#options = options;
    const { seed } = options;
    const chance = Chance.of(seed, 'crew');
    this.#lifeUs = chance.happens(0.5) ? chance.between(5e6, 60e6) : 0;
    this.#habits = drawHabits(chance);
    this.#members = ['worker-1', 'worker-2'].map((name) => ({
      name,
      chance: Chance.of(seed, name),
      caller: null,
      worker: null,
      lives: 0,
    }));
    for (const member of this.#members) this.#begin(member);
    if (chance.happens(0.15)) this.#allLeave(chance);
  }

  /** All go, and nobody comes back. */
  leave(): void {
    this.#calm = true;
    for (const { host } of this.callers) host.state = 'dead';
  }

  /** From now on all are there to stay, and do what they should. */
  calm(): void {
    this.#calm = true;
    Object.assign(this.#habits, calmHabits);
    for (const member of this.#members) if (member.caller === null) this.#begin(member);
  }

  /** Somebody is there again. */
  #present(): void {
    const { agenda, ledger } = this.#options;
    const beganUs = this.#absentSinceUs;
    if (beganUs !== null) ledger.absences.push({ beganUs, endedUs: agenda.nowUs });
    this.#absentSinceUs = null;
  }

  #begin(member: Member): void {
    if (member.caller !== null) return;
    this.#present();
    const { agenda, network, ledger, namespace, queue, sightings } = this.#options;
    member.lives += 1;
    const name = `${member.name}/${member.lives}`;
    const caller = new Caller(name, agenda, network, { name: '', version: '1.5.0' });
    this.callers.push(caller);
    member.caller = caller;
    member.worker = beginWorker({
      caller,
      chance: Chance.of(this.#options.seed, name),
      namespace,
      queue,
      habits: this.#habits,
      ledger,
      sightings,
    });
    if (this.#lifeUs === 0) return;
    agenda.after(member.chance.between(0, 2 * this.#lifeUs), null, () => {
      if (this.#calm || member.caller !== caller) return;
      const pauseUs = member.chance.between(1_000, member.chance.happens(0.1) ? 40e6 : 3e6);
      this.#leave(member, member.chance.happens(0.4));
      agenda.after(pauseUs, null, () => this.#begin(member));
    });
  }

  /** Politely: it says that its queue is no more, ends what it has, and dies later. */
  #leave(member: Member, politely: boolean): void {
    const { agenda, network, namespace, sightings } = this.#options;
    const { caller, worker } = member;
    if (caller === null || worker === null) return;
    member.caller = null;
    member.worker = null;
    if (this.#members.every((each) => each.caller === null)) this.#absentSinceUs = agenda.nowUs;
    sightings.seen(politely ? 'worker left' : 'worker died');
    const die = (): void => {
      caller.host.state = 'dead';
      network.callerGone(caller.host);
    };
    if (!politely) {
      die();
      return;
    }
    worker.stop();
    const { stickyQueue: stickyTaskQueue } = worker;
    const request = { namespace, stickyTaskQueue, identity: caller.host.name };
    caller.goOn(caller.insist('ShutdownWorker', request).then(() => undefined));
    agenda.after(5e6, null, die);
  }

  /** For a while nobody is there who could take a task. */
  #allLeave(chance: Chance): void {
    const { agenda, sightings } = this.#options;
    agenda.after(chance.between(5e6, 30e6), null, () => {
      if (this.#calm) return;
      sightings.seen('no worker at all');
      for (const member of this.#members) {
        this.#leave(member, chance.happens(0.5));
        agenda.after(chance.between(10e6, 60e6), null, () => this.#begin(member));
      }
    });
  }
}

function drawHabits(chance: Chance): WorkerHabits {
  const rough = chance.happens(0.3) ? 5 : 1;
  return {
    forgetsSticky: 0.05,
    saysItForgot: 0.3,
    answersLate: 0.005 * rough,
    answersTwice: 0.04,
    neverAnswers: 0.005 * rough,
    badCommands: 0.008 * rough,
    failsTask: 0.008 * rough,
    answersStale: 0.02,
    takesNext: 0.3,
    forcesNext: 0.05,
  };
}
