// Refusing costs too: some 100 µs a call, most of it the connection's. A client that is refused all the time is read slower.
//
// R1. Refusals of all connections may take a fifth of the time. What is more is not read: it waits in the client, whose
//     connection fills up (flow control), and no memory grows here.
// R2. Who is refused much is braked: a connection with less than half of the others' refusals goes on.
// R3. A connection is still for 3 s at most, less than clients wait for the answer to a ping.

import { chargeToken, newBucket, type TokenBucket } from '@perdure/core-matching';
import { usPerMs, usPerSecond } from '@perdure/kernel';
import type { Clock } from '@perdure/ports';

/** µs that refusals may take in a second. */
const budgetUsPerSecond = 200_000;
/** What is saved of it while nobody is refused, in seconds: for a burst of an honest client. */
const burstSeconds = 0.2;
/** What a refusal is taken to cost when its turn was short, and when it was long for other reasons. */
const refusalUsMin = 20;
const refusalUsMax = 1_000;
const stillUsMax = 3 * usPerSecond;
const stillUsMin = 5 * usPerMs;

/** A connection as the brake sees it. */
export class BrakedConnection {
  readonly #brake: RefusalBrake;
  readonly #still: (on: boolean) => void;
  #braked = false;
  /** Calls refused in this turn. */
  inTurn = 0;

  constructor(brake: RefusalBrake, still: (on: boolean) => void) {
    this.#brake = brake;
    this.#still = still;
  }

  /** It is not to be read now. */
  get braked(): boolean {
    return this.#braked;
  }

  /** A call was refused by a limit. */
  refused(): void {
    this.#brake.refused(this);
  }

  brake(on: boolean): void {
    if (this.#braked === on) return;
    this.#braked = on;
    this.#still(on);
  }
}

export class RefusalBrake {
  readonly #clock: Clock;
  /** µs that refusals may take now; below 0: that they took too much. */
  readonly #budget: TokenBucket;
  /** Connections with refusals in this turn. */
  #refused: BrakedConnection[] = [];
  #turnBeganUs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#budget = newBucket(budgetUsPerSecond, clock.nowUs(), burstSeconds);
  }

  /** `still`: stops reading the connection, or reads it again. */
  connection(still: (on: boolean) => void): BrakedConnection {
    return new BrakedConnection(this, still);
  }

  refused(connection: BrakedConnection): void {
    if (this.#refused.length === 0) {
      this.#turnBeganUs = this.#clock.nowUs();
      this.#clock.endOfTurn(this.#turnEnded);
    }
    if (connection.inTurn++ === 0) this.#refused.push(connection);
  }

  readonly #turnEnded = (): void => {
    const nowUs = this.#clock.nowUs();
    const connections = this.#refused;
    this.#refused = [];
    const calls = connections.reduce((sum, { inTurn }) => sum + inTurn, 0);
    const share = (nowUs - this.#turnBeganUs) / calls;
    const refusalUs = Math.min(refusalUsMax, Math.max(refusalUsMin, share));
    chargeToken(this.#budget, nowUs, calls * refusalUs);
    const owedUs = (-this.#budget.tokens / budgetUsPerSecond) * usPerSecond;
    for (const connection of connections) {
      const much = connection.inTurn * connections.length * 2 >= calls;
      connection.inTurn = 0;
      if (owedUs > 0 && much && !connection.braked) this.#brake(connection, owedUs);
    }
  };

  #brake(connection: BrakedConnection, owedUs: number): void {
    connection.brake(true);
    const stillUs = Math.min(stillUsMax, Math.max(stillUsMin, owedUs));
    this.#clock.after(stillUs, () => connection.brake(false));
  }
}
