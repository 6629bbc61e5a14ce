// What a simulated worker is made of, and its manners.

import type { Ledger } from '@perdure/model';
import type { Chance } from '../chance.ts';
import type { Sightings } from '../sightings.ts';
import type { Caller } from './caller.ts';

/** Shares of what a worker does. They can change while it lives. */
export interface WorkerHabits {
  /** Of the histories that it keeps. */
  forgetsSticky: number;
  /** Of those that it lacks, it says so. */
  saysItForgot: number;
  answersLate: number;
  answersTwice: number;
  neverAnswers: number;
  /** Of workflow tasks. */
  badCommands: number;
  failsTask: number;
  /** It answers to a task that is over, too. */
  answersStale: number;
  /** It takes the next task of the run with the answer, and sees to it that there is one. */
  takesNext: number;
  forcesNext: number;
}

export const calmHabits: Readonly<WorkerHabits> = {
  forgetsSticky: 0,
  saysItForgot: 0,
  answersLate: 0,
  answersTwice: 0,
  neverAnswers: 0,
  badCommands: 0,
  failsTask: 0,
  answersStale: 0,
  takesNext: 0.2,
  forcesNext: 0,
};

export interface WorkerSetting {
  readonly caller: Caller;
  readonly chance: Chance;
  readonly namespace: string;
  readonly queue: string;
  readonly habits: WorkerHabits;
  readonly ledger: Ledger;
  readonly sightings: Sightings;
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
