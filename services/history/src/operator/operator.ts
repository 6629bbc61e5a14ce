// What the history service does for an operator, beside the public API.

import type { ReleaseAnswer, RunView } from '@perdure/wire/operator';
import type { HistoryContext } from '../context.ts';
import type { Quarantine, QuarantinedRun } from '../owner/quarantine.ts';
import type { RunQuestion } from './describe-run.ts';

export interface HistoryOperator {
  describeRun(question: RunQuestion): Promise<RunView>;
  listQuarantine(): Promise<readonly QuarantinedRun[]>;
  releaseRun(question: RunQuestion): Promise<ReleaseAnswer>;
}

export async function releaseRun(
  { loader }: HistoryContext,
  quarantine: Quarantine,
  { namespaceId, workflowId, runId }: RunQuestion,
): Promise<ReleaseAnswer> {
  const current = (await loader.workflow(namespaceId, workflowId)).currentRunId;
  return quarantine.release({ namespaceId, workflowId, runId: runId || current });
}
