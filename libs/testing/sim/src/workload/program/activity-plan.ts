// What an activity is to do: its input, written by the program, obeyed by the worker, and read by the judge.

export interface ActivityPlan {
  /** It may run at most once. */
  readonly once: boolean;
  /** Attempts that are to fail before one succeeds. */
  readonly failures: number;
  /** Heartbeats of each attempt. */
  readonly beats: number;
}
