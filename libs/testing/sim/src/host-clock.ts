// The clock of one simulated process: its own idea of the time, which drifts, and its timers on the agenda.

import type { Clock, TimerHandle } from '@perdure/ports';
import type { Agenda, Host } from './agenda.ts';

export interface ClockError {
  /** How far it was off when the process began, µs. */
  readonly offsetUs: number;
  /** Seconds it counts per true second. */
  readonly rate: number;
}

export class HostClock implements Clock {
  readonly #agenda: Agenda;
  readonly #host: Host;
  readonly #error: ClockError;
  readonly #anchorUs: number;

  constructor(agenda: Agenda, host: Host, error: ClockError) {
    this.#agenda = agenda;
    this.#host = host;
    this.#error = error;
    this.#anchorUs = agenda.nowUs;
  }

  nowUs(): number {
    const elapsedUs = this.#agenda.nowUs - this.#anchorUs;
    return Math.floor(this.#anchorUs + this.#error.offsetUs + elapsedUs * this.#error.rate);
  }

  after(delayUs: number, callback: () => void): TimerHandle {
    const trueUs = Math.ceil(delayUs / this.#error.rate);
    const entry = this.#agenda.after(trueUs, this.#host, callback);
    return { cancel: () => this.#agenda.cancel(entry) };
  }

  endOfTurn(callback: () => void): void {
    this.#agenda.after(0, this.#host, callback);
  }
}
