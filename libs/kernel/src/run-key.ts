// Names of runs.

/** Names one run. `namespaceId` is the namespace's UUID, never its name. */
export interface RunKey {
  readonly namespaceId: string;
  readonly workflowId: string;
  readonly runId: string;
}

/** A string that is equal for equal keys only (no part may be confused with another: NUL is refused at the edge). */
export function runKeyText(run: RunKey): string {
  return `${run.namespaceId}\0${run.workflowId}\0${run.runId}`;
}
