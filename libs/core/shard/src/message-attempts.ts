// The attempts at one message, and which of their answers may be believed (X2).
//
// T1. An attempt expires 10 s after the clock of an append that proved its owner: an owner that has been replaced, and does
//     not know, makes no attempt that outlives the proof.
// T2. A positive answer is believed from any attempt: what was done stays done.
// T3. A negative answer is believed only when nothing that is still on its way could do what it denies: neither an attempt
//     of an owner before this one (T1: gone 11 s after the take-over), nor an earlier one of its own. So the attempt must
//     have begun after all of these had expired, and be the newest: a later one may have been taken.
// T4. A released key is kept until the last attempt has expired (X3).

import { isPositive, type MessageAnswer } from '@perdure/core-execution';
import { usPerSecond } from '@perdure/kernel';

/** Of an attempt, from the clock of the sender's last acknowledged append (T1). */
const attemptLifeUs = 10 * usPerSecond;
/** Two nodes that may own are each at most 500 ms off (L10). */
const clockDifferenceUs = usPerSecond;

/** When every attempt has expired, whoever's clock is looked at, that rests on an append of that clock or below. */
export function attemptsOverUs(acknowledgedClockUs: number): number {
  return acknowledgedClockUs + attemptLifeUs + clockDifferenceUs;
}

export interface Attempt {
  /** 1, 2, 3 ... of its message, as this owner counts. */
  readonly number: number;
  readonly begunUs: number;
  readonly expiresAtUs: number;
  /** T3: a negative answer of an attempt begun later than this is believed. */
  readonly trustedAfterUs: number;
}

export class MessageAttempts {
  #count = 0;
  /** Attempts that are not in this list have expired by then, for every clock. */
  #othersOverUs: number;

  /** `othersOverUs`: when no attempt of an earlier owner can arrive any more. */
  constructor(othersOverUs: number) {
    this.#othersOverUs = othersOverUs;
  }

  /** How many were begun. */
  get count(): number {
    return this.#count;
  }

  /** A negative answer of an attempt begun now or before this would not be believed. */
  get trustedAfterUs(): number {
    return this.#othersOverUs;
  }

  begin(nowUs: number, acknowledgedClockUs: number): Attempt {
    const trustedAfterUs = this.#othersOverUs;
    this.#count += 1;
    this.#othersOverUs = Math.max(trustedAfterUs, attemptsOverUs(acknowledgedClockUs));
    const expiresAtUs = acknowledgedClockUs + attemptLifeUs;
    return { number: this.#count, begunUs: nowUs, expiresAtUs, trustedAfterUs };
  }

  /** Whether the answer may be recorded (T2, T3). If not, another attempt is to be made. */
  believes({ number, begunUs, trustedAfterUs }: Attempt, answer: MessageAnswer): boolean {
    if (isPositive(answer)) return true;
    return number === this.#count && begunUs > trustedAfterUs;
  }
}
