// Storage that all nodes share and that is one and the same for all: the visibility index and metadata. Its calls take
// time, and what a process is told of a write is not always what happened.
//
// Q1. A call that left its process is carried out, whatever becomes of the process.
// Q2. A write may be refused, told to have failed although it was done, or done seconds after it was told to have failed. A
//     clearing of everything is never late.

import { StoreUnavailable } from '@perdure/ports';
import type { Agenda, AgendaEntry, Host } from '../agenda.ts';
import { Chance } from '../chance.ts';
import type { Trace } from '../trace.ts';
import type { Strikes } from './strikes.ts';

type Method = (...given: unknown[]) => Promise<unknown>;

const usualUs = { effect: [200, 1_500], answer: [50, 300] } as const;
const writes = new Set(['write', 'change', 'clear']);
/** One process meets one failed read in this time at most. */
const readFaultsApartUs = 2e6;

export class SharedStorage {
  /** How much slower than usual it is; 1 is usual. */
  slowness = 1;
  readonly #agenda: Agenda;
  readonly #strikes: Strikes;
  readonly #trace: Trace;
  readonly #timing: Chance;
  readonly #late = new Map<AgendaEntry, () => void>();

  constructor(options: {
    readonly agenda: Agenda;
    readonly strikes: Strikes;
    readonly trace: Trace;
    readonly seed: number;
  }) {
    this.#agenda = options.agenda;
    this.#strikes = options.strikes;
    this.#trace = options.trace;
    this.#timing = Chance.of(options.seed, 'shared storage timing');
  }

  /** `target` as a process has it. `name` stands in the trace. What is given is copied when the call is made. */
  portFor<T extends object>(host: Host, name: string, target: T): T {
    let closed = false;
    return new Proxy(target, {
      get: (port, method) => {
        const member: unknown = Reflect.get(port, method);
        if (typeof member !== 'function' || typeof method !== 'string') return member;
        const carryOut = member.bind(port) as Method;
        // A process lets go of its connection; the storage stays open for the others.
        if (method === 'close') {
          return async () => {
            closed = true;
          };
        }
        return (...given: unknown[]) => {
          if (closed) return Promise.reject(new Error(`the ${name} is closed`));
          const copies = structuredClone(given);
          const call = (): Promise<unknown> => {
            if (writes.has(method)) this.#trace.note(`${name} ${method} ${textOf(copies)}`);
            return carryOut(...copies);
          };
          return writes.has(method)
            ? this.#write(host, call, method !== 'clear')
            : this.#read(host, call);
        };
      },
    });
  }

  /** What was to be done late is done now or never. */
  heal(): void {
    this.slowness = 1;
    const chance = this.#strikes.chance('sharedLate');
    for (const [entry, come] of this.#late) {
      this.#agenda.cancel(entry);
      if (chance.happens(0.5)) come();
    }
    this.#late.clear();
  }

  /** Q2. */
  #write(host: Host, call: () => Promise<unknown>, mayBeLate: boolean): Promise<unknown> {
    const { sightings } = this.#strikes;
    if (this.#strikes.now('sharedRefused') !== null) {
      sightings.seen('shared write refused');
      return this.#fails(host, 'refused a write');
    }
    const late = mayBeLate ? this.#strikes.now('sharedLate') : null;
    if (late !== null) {
      const come = (): void => {
        sightings.seen('shared write late');
        void call();
      };
      const entry = this.#agenda.after(late.between(10_000, 8e6), null, () => {
        this.#late.delete(entry);
        come();
      });
      this.#late.set(entry, come);
      return this.#fails(host, 'did not answer a write');
    }
    const timedOut = this.#strikes.now('sharedTimedOut');
    if (timedOut === null) return this.#done(host, call);
    sightings.seen('shared write timed out');
    return this.#done(host, () =>
      call().then(() => {
        throw new StoreUnavailable('the simulated storage did not answer a write');
      }),
    );
  }

  #read(host: Host, call: () => Promise<unknown>): Promise<unknown> {
    const every = { nowUs: this.#agenda.nowUs, gapUs: readFaultsApartUs };
    if (this.#strikes.spaced('sharedReadFault', host.name, every) === null)
      return this.#done(host, call);
    this.#strikes.sightings.seen('shared read failed');
    return this.#fails(host, 'did not answer a read');
  }

  /** Q1. */
  #done(host: Host, call: () => Promise<unknown>): Promise<unknown> {
    return new Promise((resolve, rejectWith) => {
      const answer = (give: () => void): void => {
        this.#agenda.after(this.#timeUs(usualUs.answer), host, give);
      };
      this.#agenda.after(this.#timeUs(usualUs.effect), null, () => {
        call().then(
          (value) => answer(() => resolve(value)),
          (fault: unknown) => answer(() => rejectWith(fault)),
        );
      });
    });
  }

  #fails(host: Host, told: string): Promise<never> {
    return new Promise((_, rejectWith) => {
      this.#agenda.after(this.#timeUs(usualUs.effect), host, () =>
        rejectWith(new StoreUnavailable(`the simulated storage ${told}`)),
      );
    });
  }

  #timeUs([low, high]: readonly [number, number]): number {
    return this.#timing.between(low, high) * this.slowness;
  }
}

function textOf(given: unknown): string {
  return JSON.stringify(given, (_, value: unknown) =>
    value instanceof Uint8Array
      ? Buffer.from(value).toString('base64')
      : typeof value === 'bigint'
        ? `${value}`
        : value,
  );
}
