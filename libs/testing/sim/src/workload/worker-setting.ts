// What a simulated worker is made of, and its manners.

import type { Ledger } from '@perdure/model';
import type { Chance } from '../chance.ts';
import type { Caller } from './caller.ts';

export interface WorkerHabits {
  readonly forgetsSticky: number;
  readonly answersLate: number;
  readonly answersTwice: number;
  readonly neverAnswers: number;
}

export interface WorkerSetting {
  readonly caller: Caller;
  readonly chance: Chance;
  readonly namespace: string;
  readonly queue: string;
  readonly habits: WorkerHabits;
  readonly ledger: Ledger;
}

/** How long the server may keep a poll of a worker, µs. */
export const pollUs = 20_000_000;
/** Works for a while. False when it never comes to an end. */
export async function patience({ caller, chance, habits }: WorkerSetting): Promise<boolean> {
  if (chance.happens(habits.neverAnswers)) return false;
  const late = chance.happens(habits.answersLate);
  await caller.sleep(late ? chance.between(5e6, 30e6) : chance.between(500, 20_000));
  return true;
}

/** Gives an answer once, or twice as some workers do. */
export async function answered<T>(
  { chance, habits }: WorkerSetting,
  give: () => Promise<T>,
): Promise<T> {
  const answer = await give();
  return chance.happens(habits.answersTwice) ? give() : answer;
}
