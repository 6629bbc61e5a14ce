// Keys of rows.

import type { RunKey } from '@perdure/ports';

/** A string that is equal for equal parts only. */
export function textOf(...parts: readonly (RunKey | string | number)[]): string {
  return JSON.stringify(
    parts.map((part) =>
      typeof part === 'object' ? [part.namespaceId, part.workflowId, part.runId] : part,
    ),
  );
}

/** The order of wake rows. */
export function compareRuns(a: RunKey, b: RunKey): number {
  return (
    compareTexts(a.runId, b.runId) ||
    compareTexts(a.workflowId, b.workflowId) ||
    compareTexts(a.namespaceId, b.namespaceId)
  );
}

export function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
