// One run in memory: its state on head, the part of its history that the store lacks, and who waits for it.
//
// H1. `state` is head: it may hold transitions that are not durable yet. Nobody outside sees it before they are (W3, W4).
// H2. `unapplied` holds every transition above the run's row in the store, in order; the store has everything before.
// H3. A handle with unapplied transitions is never dropped (I11).
// H4. A deleted run keeps its handle until the store has removed it, so that nobody reads what is still there.

import type { ExecutionState } from '@perdure/core-execution';
import type { OpenFrame } from '@perdure/core-shard';
import type { DueRun } from './timer-queue.ts';

/** A transition that the store lacks. `clock` and `frame` are set when it is durable. */
export interface UnappliedTransition {
  readonly version: number;
  readonly firstEventId: number;
  /** Last event made; below `firstEventId` when none was. */
  readonly lastEventId: number;
  readonly events: Uint8Array;
  readonly bytes: number;
  /** What lists show from it on, when it changes that; null: it does not, or is the first or last. */
  shown: Pick<ExecutionState, 'memo' | 'searchAttributes'> | null;
  clock: number;
  frame: OpenFrame | null;
}

/** What the wake index says of the run, as far as this owner knows. */
export interface RememberedWake {
  readonly bucket: number;
  readonly text: string;
}

/** Its place among the idle runs. */
export interface IdlePlace {
  readonly sinceUs: number;
  before: RunHandle | null;
  behind: RunHandle | null;
  readonly bytes: number;
}

/** A started workflow task that did not reach the poll it was started for. */
export interface Redelivery {
  /** Of the task: says whether this is about the one that is started now. */
  readonly startedTimeUs: number;
  /** The poll that got it instead; null: none yet. */
  readonly pollRequestId: string | null;
}

export class RunHandle {
  readonly key: string;
  readonly state: ExecutionState;
  readonly unapplied: UnappliedTransition[] = [];
  /** W7: heartbeats count from here at the earliest; 0 for a run started by this owner. */
  readonly takenOverUs: number;
  /** Events up to here are in the store. */
  storedEventId: number;
  /** Transitions that are not durable yet. */
  inFlight = 0;
  /** A fold is on its way to the store. */
  folding = false;
  /** When the oldest unapplied transition was made. */
  dirtySinceUs = 0;
  /** The entry of the run in the timer queue; null: it has none. */
  armed: DueRun | null = null;
  wake: RememberedWake | null = null;
  /** null: it is not idle, the store lacks a part of it. */
  idle: IdlePlace | null = null;
  /** Of the state as the store has it. */
  stateBytes = 0;
  /** Of the workflow task whose first receiver was lost (D3). */
  redelivery: Redelivery | null = null;
  /** Left memory: whoever still holds it must load the run again. */
  evicted = false;
  /** Its last transition deletes it: for everybody who asks after that the run is not there. */
  deleted = false;
  /** Quarantined (L12): why. Everything but reads of it is refused. */
  quarantined: string | null = null;
  /** Called once at the next change of the history or the end of the run. */
  #watchers: (() => void)[] = [];

  constructor(key: string, state: ExecutionState, takenOverUs: number, storedEventId: number) {
    this.key = key;
    this.state = state;
    this.takenOverUs = takenOverUs;
    this.storedEventId = storedEventId;
  }

  get open(): boolean {
    return this.state.progress.status === 1;
  }

  get watched(): boolean {
    return this.#watchers.length > 0;
  }

  /** Calls back at the next durable change. Returns what takes the call back. */
  watch(changed: () => void): () => void {
    this.#watchers.push(changed);
    return () => {
      const at = this.#watchers.indexOf(changed);
      if (at >= 0) this.#watchers.splice(at, 1);
    };
  }

  notify(): void {
    if (this.#watchers.length === 0) return;
    const watchers = this.#watchers;
    this.#watchers = [];
    for (const changed of watchers) changed();
  }
}
