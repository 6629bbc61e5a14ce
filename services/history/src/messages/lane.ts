// The messages of one run to one workflow id, as far as this owner has come with them.

import {
  type ExecutionState,
  laneOf,
  type OutboxMessage,
  OutboxPhase,
} from '@perdure/core-execution';
import type { MessageAttempts } from '@perdure/core-shard';
import { usPerMs, usPerSecond } from '@perdure/kernel';
import type { Clock, TimerHandle } from '@perdure/ports';

const firstPauseUs = 100 * usPerMs;
const pauseUsMax = 10 * usPerSecond;

/** Something that is tried until it succeeds: one try at a time, with growing pauses between them. */
export class Trial {
  /** A try is under way, or a pause. */
  busy = false;
  readonly #clock: Clock;
  #failures = 0;
  #pause: TimerHandle | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The try has failed: another one after a while, and not before `notBeforeUs`. */
  again(again: () => void, notBeforeUs = 0): void {
    const pauseUs = Math.min(firstPauseUs * 2 ** this.#failures, pauseUsMax);
    this.#failures += 1;
    this.busy = true;
    this.#pause?.cancel();
    const untilUs = notBeforeUs - this.#clock.nowUs();
    this.#pause = this.#clock.after(Math.max(pauseUs, untilUs), () => {
      this.end();
      again();
    });
  }

  /** Nothing is under way any more. */
  end(): void {
    this.#pause?.cancel();
    this.#pause = null;
    this.busy = false;
  }

  /** What is tried next is something else. */
  reset(): void {
    this.end();
    this.#failures = 0;
  }
}

export interface Lane {
  /** Id of the message that `attempts` are of; empty: none yet. */
  head: string;
  attempts: MessageAttempts;
  readonly delivery: Trial;
  readonly release: Trial;
}

export function endLane({ delivery, release }: Lane): void {
  delivery.end();
  release.end();
}

interface LaneHead {
  /** The message that may be under way; null: none, or the answer to the one before is not durable yet. */
  head: OutboxMessage | null;
  blocked: boolean;
  readonly released: string[];
}

/** Of each lane: what may be sent (S1, S2 of courier.ts), and the ids of those whose keys may go (S5). */
export function laneHeads(state: ExecutionState, durableVersion: number): Map<string, LaneHead> {
  const heads = new Map<string, LaneHead>();
  for (const message of state.outbox.values()) {
    const key = laneOf(message);
    const lane = heads.get(key) ?? { head: null, blocked: false, released: [] };
    heads.set(key, lane);
    const isDurable = message.version <= durableVersion;
    if (message.phase === OutboxPhase.Releasing && isDurable) lane.released.push(message.id);
    else if (!lane.blocked) {
      lane.blocked = true;
      if (isDurable) lane.head = message;
    }
  }
  return heads;
}
