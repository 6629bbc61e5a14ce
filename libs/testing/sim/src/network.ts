// The network between clients and the machines that serve them: calls that take time, get lost on the way there or back, come twice.
//
// N1. A call ends at its caller's deadline at the latest, whatever happens to it.
// N2. When the caller gives up or the connection is cut, the server hears of it some time later (a call that is cancelled).
// N3. A process that ends cuts its connections: its callers get UNAVAILABLE.
// N4. A cut is noticed, so that calls fail at once, or silent: nothing gets through on either way, and calls end by their
//     deadlines.
// N6. A caller has a connection to one machine. When that fails it, it goes to another one.
// N5. A deadline travels as the time that is left, as it does in gRPC: the server counts it by its own clock.

import type { PublicMethod } from '@perdure/frontend';
import { RejectionError, type StatusName } from '@perdure/kernel';
import type { Agenda, Host } from './agenda.ts';
import type { Chance } from './chance.ts';
import { bringsTasks, CallFailed, type Flight, repeatable } from './flight.ts';
import type { Sightings } from './sightings.ts';
import type { Trace } from './trace.ts';

export interface NetworkFaults {
  /** Share of calls lost before the server, lost answers, calls that the server gets twice, long delays. */
  lostRequest: number;
  lostAnswer: number;
  duplicate: number;
  delayed: number;
}

/** A machine that callers can reach. */
export interface Entrance {
  /** The process, while there is one. */
  readonly host: Host | null;
  readonly clock: { nowUs(): number } | null;
  method(name: string): PublicMethod | undefined;
}

/** `who`: null for all callers. */
interface Cut {
  readonly who: Host | null;
  readonly silent: boolean;
}

export class Network {
  readonly faults: NetworkFaults = { lostRequest: 0, lostAnswer: 0, duplicate: 0, delayed: 0 };
  /** An answer that can bring a task was lost on its way. */
  onTaskLost: () => void = () => undefined;
  readonly #agenda: Agenda;
  readonly #chance: Chance;
  readonly #entrances: readonly Entrance[];
  /** N6. */
  readonly #connected = new Map<Host, Entrance>();
  readonly #trace: Trace;
  readonly #sightings: Sightings;
  /** Those who ever called. */
  readonly callers: Host[] = [];
  #cut: Cut | null = null;
  /** Calls that are under way, in the order made. */
  readonly #flights = new Set<Flight>();

  constructor(options: {
    readonly agenda: Agenda;
    readonly chance: Chance;
    readonly entrances: readonly Entrance[];
    readonly trace: Trace;
    readonly sightings: Sightings;
  }) {
    this.#agenda = options.agenda;
    this.#chance = options.chance;
    this.#entrances = options.entrances;
    this.#trace = options.trace;
    this.#sightings = options.sightings;
  }

  /** N4. `who`: null for all callers. */
  cut(who: Host | null, silent: boolean): void {
    this.#cut = { who, silent };
    if (silent) return;
    for (const flight of this.#flights) {
      if (!this.#isCut(flight.caller)) continue;
      this.#agenda.after(0, flight.caller, () =>
        this.#fail(flight, 'UNAVAILABLE', 'the connection was cut'),
      );
      this.#cancel(flight);
    }
  }

  heal(): void {
    this.#cut = null;
  }

  #isCut(caller: Host): boolean {
    return this.#cut !== null && (this.#cut.who === null || this.#cut.who === caller);
  }

  /** A call may come to the server more than once although its caller makes it once. */
  get repeats(): boolean {
    return this.faults.duplicate > 0;
  }

  /** `caller`: whose call it is; a dead caller hears nothing any more. Rejects with CallFailed. */
  call(
    caller: Host,
    method: string,
    request: Uint8Array,
    timeoutUs: number,
    client: { readonly name: string; readonly version: string },
  ): Promise<Uint8Array> {
    return new Promise((resolve, rejectWith) => {
      const entrance = this.#entranceOf(caller);
      const { host } = entrance;
      const flight: Flight = {
        method,
        caller,
        host,
        doubled: false,
        settled: false,
        answered: false,
        cancelled: false,
        listeners: [],
        resolve,
        rejectWith,
        deadline: null,
        answers: 0,
      };
      if (!this.callers.includes(caller)) this.callers.push(caller);
      this.#flights.add(flight);
      flight.deadline = this.#agenda.after(timeoutUs, caller, () => {
        this.#fail(flight, 'DEADLINE_EXCEEDED', 'the deadline has passed');
        this.#cancel(flight);
      });
      const deliver = (): void => this.#deliver(flight, entrance, request, timeoutUs, client);
      if (!this.#chance.happens(this.faults.lostRequest)) {
        this.#agenda.after(this.#wayUs(), null, deliver);
      }
      if (repeatable(method) && this.#chance.happens(this.faults.duplicate)) {
        flight.doubled = true;
        this.#agenda.after(this.#wayUs() * 3, null, deliver);
      }
    });
  }

  #entranceOf(caller: Host): Entrance {
    const known = this.#connected.get(caller);
    if (known !== undefined) return known;
    const [only] = this.#entrances as [Entrance];
    const entrance = this.#entrances.length === 1 ? only : this.#chance.pick(this.#entrances);
    this.#connected.set(caller, entrance);
    return entrance;
  }

  #deliver(
    flight: Flight,
    entrance: Entrance,
    request: Uint8Array,
    timeoutUs: number,
    client: { readonly name: string; readonly version: string },
  ): void {
    const { caller } = flight;
    if (this.#isCut(caller)) {
      if (this.#cut?.silent === true) return;
      this.#answer(caller, () => this.#fail(flight, 'UNAVAILABLE', 'no connection'));
      return;
    }
    const { host } = entrance;
    const method = entrance.method(flight.method);
    if (host === null || method === undefined) {
      this.#answer(caller, () => this.#fail(flight, 'UNAVAILABLE', 'nobody listens'));
      return;
    }
    this.#agenda.after(0, host, () => {
      this.#trace.add('call', request, () => flight.method);
      if (flight.settled) this.#sightings.seen('woke after deadline');
      const call = {
        deadlineMs: ((entrance.clock?.nowUs() ?? 0) + timeoutUs) / 1_000,
        clientName: client.name,
        clientVersion: client.version,
        supportedServerVersions: '',
        supportedFeatures: '',
        cancelled: () => flight.cancelled,
        onCancelled: (listener: () => void) => {
          if (flight.cancelled) listener();
          else flight.listeners.push(listener);
        },
      };
      method.handle(request, call).then(
        (answer) => this.#answered(flight, host, answer),
        (fault: unknown) => this.#refused(flight, host, fault),
      );
    });
  }

  #answered(
    flight: Flight,
    host: Host,
    answer: Uint8Array | { readonly bytes: Uint8Array; notDelivered(): void },
  ): void {
    if (host.state === 'dead') return;
    const bytes = answer instanceof Uint8Array ? answer : answer.bytes;
    this.#trace.add('answer', bytes, () => flight.method);
    flight.answers += 1;
    if (flight.answers > 1 && flight.method === 'StartWorkflowExecution') {
      this.#sightings.seen('start answered twice');
    }
    if (flight.cancelled) this.#sightings.seen('answer to nobody');
    if (flight.cancelled && !(answer instanceof Uint8Array)) {
      this.#sightings.seen('task not delivered');
      answer.notDelivered();
      return;
    }
    if (this.#chance.happens(this.faults.lostAnswer) || this.#isCut(flight.caller)) {
      this.#lost(flight);
      return;
    }
    if (flight.caller.state === 'dead') this.#lost(flight);
    flight.answered = true;
    this.#answer(flight.caller, () => {
      if (flight.settled) {
        this.#lost(flight);
        return;
      }
      this.#settle(flight);
      flight.resolve(bytes);
    });
  }

  #refused(flight: Flight, host: Host, fault: unknown): void {
    if (host.state === 'dead') return;
    if (!(fault instanceof RejectionError)) throw fault;
    const { code, message } = fault.rejection;
    this.#trace.add('refusal', Buffer.from(`${code} ${message}`), () => `${flight.method} ${code}`);
    if (code === 'RESOURCE_EXHAUSTED') this.#sightings.seen('shed');
    if (code === 'UNAVAILABLE') this.#sightings.seen('unavailable answered');
    if (this.#chance.happens(this.faults.lostAnswer) || this.#isCut(flight.caller)) return;
    this.#answer(flight.caller, () => this.#fail(flight, code, message));
  }

  /** N3: to be called when a process ended. */
  connectionsCut(ended: Host): void {
    for (const flight of this.#flights) {
      if (flight.host !== ended) continue;
      this.#answer(flight.caller, () =>
        this.#fail(flight, 'UNAVAILABLE', 'the connection was cut'),
      );
    }
  }

  /** N2: to be called when a caller is no more. */
  callerGone(caller: Host): void {
    const at = this.callers.indexOf(caller);
    if (at >= 0) this.callers.splice(at, 1);
    for (const flight of this.#flights) {
      if (flight.caller !== caller) continue;
      if (flight.answered) this.#lost(flight);
      this.#settle(flight);
      this.#cancel(flight);
    }
  }

  #lost({ method }: Flight): void {
    if (bringsTasks.test(method)) this.onTaskLost();
  }

  #answer(caller: Host, arrive: () => void): void {
    this.#agenda.after(this.#wayUs(), caller, arrive);
  }

  #fail(flight: Flight, code: StatusName, message: string): void {
    if (flight.settled) return;
    this.#settle(flight);
    if (code === 'UNAVAILABLE' || code === 'DEADLINE_EXCEEDED') {
      this.#connected.delete(flight.caller);
    }
    flight.rejectWith(new CallFailed(code, message, !flight.doubled));
  }

  #cancel(flight: Flight): void {
    this.#agenda.after(this.#wayUs(), flight.host, () => {
      flight.cancelled = true;
      for (const listener of flight.listeners.splice(0)) listener();
    });
  }

  #settle(flight: Flight): void {
    flight.settled = true;
    this.#flights.delete(flight);
    if (flight.deadline !== null) this.#agenda.cancel(flight.deadline);
  }

  /** One way through the network, µs. */
  #wayUs(): number {
    const usual = this.#chance.between(50, 400);
    return this.#chance.happens(this.faults.delayed)
      ? usual * this.#chance.between(10, 5_000)
      : usual;
  }
}
