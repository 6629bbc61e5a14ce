// What the process that runs unit tests is asked, and what it answers.

/** Run these test files up to the first that fails, with that text in place of the file's own. */
export interface TrialRequest {
  readonly file: string;
  readonly text: string;
  readonly tests: readonly string[];
}

/** What an unchanged test file does. */
export interface TestFileReport {
  readonly testFile: string;
  /** Of its tests, without what it takes to load them: that is shared. */
  readonly durationMs: number;
  /** Names of the blocks it came through. */
  readonly reached: readonly string[];
}

export type TrialMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'survey'; readonly reports: readonly TestFileReport[] }
  | { readonly kind: 'broken'; readonly reason: string }
  | { readonly kind: 'tried'; readonly killedBy: string | null };

/** What the process is started with. */
export interface TrialOptions {
  readonly root: string;
  /** Survey: run each test file once, with probes in the sources. */
  readonly survey: boolean;
  readonly sources: readonly string[];
  /** Paths that a test file must contain one of; empty: each that imports one of the sources. */
  readonly tests: readonly string[];
}
