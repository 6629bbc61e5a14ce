// What an activity is to do: its input, written by the program, obeyed by the worker, and read by the judge.

export interface ActivityPlan {
  /** It may run at most once. */
  readonly once: boolean;
  /** Attempts that are to fail before one succeeds. */
  readonly failures: number;
  /** Heartbeats of each attempt. */
  readonly beats: number;
  /** Attempts that fall silent, before any other. */
  readonly silent?: number;
  /** What a failure says of the next attempt: what its policy says, none by its type, none by itself. */
  readonly error?: 'retried' | 'listed' | 'final';
  /** When a failure wants the next attempt, whatever the policy says. */
  readonly delayMs?: number;
  /** Goes on until it is told to stop, and then says that it did. */
  readonly untilCancelled?: boolean;
  /** Its worker leaves the answer to somebody who knows its id. */
  readonly elsewhere?: boolean;
}

/** The type of failure that no policy of a program retries. */
export const listedType = 'Listed';
