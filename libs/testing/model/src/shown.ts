// What a server shows when all is quiet.

import type { HistoryEvent } from '@perdure/wire';
import type { DescriptionSeen, Ledger } from './ledger.ts';

export interface RunShown {
  readonly workflowId: string;
  readonly runId: string;
  readonly events: readonly HistoryEvent[];
}

export interface RunListed {
  readonly workflowId: string;
  readonly runId: string;
  /** WorkflowExecutionStatus. */
  readonly status: number;
}

export interface Shown {
  /** Every run that a client was told of, and those that followed from one, in the order of their chains. */
  readonly runs: readonly RunShown[];
  /** Of each of these runs. */
  readonly descriptions: readonly DescriptionSeen[];
  /** All that the server lists. */
  readonly listed: readonly RunListed[];
}

/** What does not hold: the number of the rule, what is wrong, and when it was seen first. */
export interface Fault {
  readonly text: string;
  /** True time, µs. */
  readonly seenUs: number;
}

/** A rule of the verdict. A fault without a time was seen in the end. */
export type Rule = (ledger: Ledger, shown: Shown) => readonly (string | Fault)[];

const indexes = new WeakMap<Shown, ReadonlyMap<string, RunShown>>();

/** The history of a run; none when there is no such run. */
export function eventsOf(shown: Shown, runId: string): readonly HistoryEvent[] {
  let index = indexes.get(shown);
  if (index === undefined) {
    index = new Map(shown.runs.map((run) => [run.runId, run]));
    indexes.set(shown, index);
  }
  return index.get(runId)?.events ?? [];
}
