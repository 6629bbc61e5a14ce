// For tests: a group that a node joins, as the test says, and a clock that can be moved.

import type { Assignment, Clock, ClusterMember, Placement, TimerHandle } from '@perdure/ports';

/** Timers go on by the clock behind it; the time of day jumps when the test says so. */
export class MovableClock implements Clock {
  movedUs = 0;
  readonly #behind: Clock;

  constructor(behind: Clock) {
    this.#behind = behind;
  }

  nowUs(): number {
    return this.#behind.nowUs() + this.movedUs;
  }

  after(delayUs: number, callback: () => void): TimerHandle {
    return this.#behind.after(delayUs, callback);
  }

  endOfTurn(callback: () => void): void {
    this.#behind.endOfTurn(callback);
  }
}

export class ScriptedPlacement implements Placement {
  /** What a join is told at once. */
  next: Assignment | null = null;
  /** Joins wait for `letJoin`. */
  slow = false;
  fault: Error | null = null;
  joins = 0;
  leaves = 0;
  member = false;
  #listener: ((assignment: Assignment) => void) | null = null;
  #joining: ((first: Assignment) => void)[] = [];

  async join(_self: ClusterMember, listener: (assignment: Assignment) => void): Promise<void> {
    this.joins += 1;
    if (this.fault !== null) throw this.fault;
    let first = this.next;
    if (this.slow) {
      first = await new Promise<Assignment>((resolve) => {
        this.#joining.push(resolve);
      });
    }
    this.member = true;
    this.#listener = listener;
    if (first !== null) listener(first);
  }

  letJoin(first: Assignment): void {
    for (const resolve of this.#joining.splice(0)) resolve(first);
  }

  tell(assignment: Assignment): void {
    this.#listener?.(assignment);
  }

  async leave(): Promise<void> {
    this.leaves += 1;
    if (this.fault !== null) throw this.fault;
    this.member = false;
  }
}
