// The clocks of a simulated machine: a wall clock that can be set, and the process time of each life, as the production
// server computes it (L10), with timers on the agenda.

import type { Clock, TimerHandle } from '@perdure/ports';
import { compareEveryUs, ProcessTime, type Readings } from '@perdure/server/process-time';
import type { Agenda, Host } from './agenda.ts';

/** What the machine shows as the time of day. */
export class WallClock {
  /** How far it was set away from true time, µs. */
  setUs = 0;
}

export interface ClockError {
  /** How far the wall clock was off when the process began, µs. */
  readonly offsetUs: number;
  /** Seconds that the machine counts per true second. */
  readonly rate: number;
}

export class HostClock implements Clock {
  readonly #agenda: Agenda;
  readonly #host: Host;
  readonly #error: ClockError;
  readonly #wall: WallClock;
  readonly #begunUs: number;
  readonly #time: ProcessTime;

  /** `onAhead` hears of each time that it moved forward to the wall clock; null: it never compares itself with that. */
  constructor(
    agenda: Agenda,
    host: Host,
    wall: WallClock,
    options: { readonly error: ClockError; readonly onAhead: (() => void) | null },
  ) {
    this.#agenda = agenda;
    this.#host = host;
    this.#error = options.error;
    this.#wall = wall;
    this.#begunUs = agenda.nowUs;
    this.#time = new ProcessTime(this.#readings);
    if (options.onAhead !== null) this.#compareLater(options.onAhead);
  }

  nowUs(): number {
    return this.#time.nowUs(this.#monotonicUs);
  }

  /** L10. */
  move(us: number): void {
    this.#time.move(us);
  }

  after(delayUs: number, callback: () => void): TimerHandle {
    const trueUs = Math.ceil(delayUs / this.#error.rate);
    const entry = this.#agenda.after(trueUs, this.#host, callback);
    return { cancel: () => this.#agenda.cancel(entry) };
  }

  endOfTurn(callback: () => void): void {
    this.#agenda.after(0, this.#host, callback);
  }

  get #monotonicUs(): number {
    return (this.#agenda.nowUs - this.#begunUs) * this.#error.rate;
  }

  get #readings(): Readings {
    const monotonicUs = this.#monotonicUs;
    const wallUs = this.#begunUs + this.#error.offsetUs + monotonicUs + this.#wall.setUs;
    return { wallUs, monotonicUs };
  }

  #compareLater(onAhead: () => void): void {
    this.after(compareEveryUs, () => {
      if (this.#time.compare(this.#readings)) onAhead();
      this.#compareLater(onAhead);
    });
  }
}
