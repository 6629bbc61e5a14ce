// A step of a program, and a kind of step: adding a kind is one file in `steps/` and its line in `steps/index.ts`.

import type { CommandInit } from '@perdure/testing/golden';
import type { Chance } from '../../chance.ts';
import type { HistoryView } from './history-view.ts';

/** Plain data: it travels as the input of the run. What else it holds belongs to its kind. */
export interface Step {
  readonly kind: string;
}

/** A step of a kind, where only the kind itself knows what else it holds. */
export const stepOf = <S extends Step>(step: S): S => step;

/** Where a step stands. */
export interface StepPlace {
  readonly seen: HistoryView;
  /** Its place in the program: ids made with it are the run's own. */
  readonly index: number;
  readonly taskQueue: string;
  /** What the steps before it do in the same task. */
  readonly before: readonly CommandInit[];
}

/** What a step does now: commands, nothing because it waits, nothing because it is over, or its last commands. */
export type StepMove =
  | readonly CommandInit[]
  | 'waits'
  | 'over'
  | { readonly last: readonly CommandInit[] };

export interface StepKind<S extends Step = Step> {
  readonly kind: S['kind'];
  /** How often it is drawn for a random program, beside the others; 0: never, a journey puts it there. */
  readonly weight: number;
  readonly draw: (chance: Chance) => S;
  /** Follows from the step and the history alone, as replayed code does. Closing commands end the program. */
  readonly next: (step: S, place: StepPlace) => StepMove;
}

/** Lets a kind stand in a list of kinds: its steps are told apart by their `kind`. */
export function stepKind<S extends Step>(kind: StepKind<S>): StepKind {
  return kind as unknown as StepKind;
}
