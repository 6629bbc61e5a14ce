// The clock port: time and timers of a process. Real in production, virtual under the simulator and in unit tests.

export interface TimerHandle {
  cancel(): void;
}

export interface Clock {
  /** Process time, µs since 1970. Monotonic from an anchor; never goes back (L10). */
  nowUs(): number;
  /** Calls back once, not before `delayUs` from now, or 24 days if that is less. A timer does not keep the process alive. */
  after(delayUs: number, callback: () => void): TimerHandle;
  /** Calls back once this turn's work, and what arrived with it, is done (the natural batch of W2). */
  endOfTurn(callback: () => void): void;
}
