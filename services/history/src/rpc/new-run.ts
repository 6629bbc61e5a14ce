// What StartWorkflowExecution and SignalWithStartWorkflowExecution share: the workflow id as it is, and the changes by which
// a client begins a run.

import {
  type CurrentRun,
  type StartInput,
  type StartRequest,
  startRun,
  terminate,
} from '@perdure/core-execution';
import { assert, type RunKey } from '@perdure/kernel';
import { jsonPayloads } from '@perdure/wire';
import type { HistoryContext } from '../context.ts';
import type { Change } from '../owner/change.ts';
import type { RunHandle } from '../owner/run-handle.ts';
import type { WorkflowEntry } from '../owner/workflow-entry.ts';

export interface FoundWorkflow {
  readonly entry: WorkflowEntry;
  readonly current: RunHandle | null;
}

/**
 * The workflow id with its current run in memory. `act` begins while both stand as they are given to it: two who wait for the
 * same read go on one after the other, and the second one finds what the first one did.
 */
export async function findWorkflow<T>(
  context: HistoryContext,
  { namespaceId, workflowId }: Pick<RunKey, 'namespaceId' | 'workflowId'>,
  act: (found: FoundWorkflow) => Promise<T>,
): Promise<T> {
  for (;;) {
    const entry = await context.loader.workflow(namespaceId, workflowId);
    const runId = entry.currentRunId;
    if (runId === '') return act({ entry, current: null });
    const current = await context.loader.run({ namespaceId, workflowId, runId });
    if (entry.currentRunId !== runId || entry.evicted || current?.evicted === true) continue;
    // A current run that retention has removed leaves the id free.
    return act({ entry, current });
  }
}

export function currentRun(handle: RunHandle | null): CurrentRun | null {
  if (handle === null) return null;
  const { run, start, progress } = handle.state;
  return {
    workflowId: run.workflowId,
    runId: run.runId,
    firstRunId: start.firstRunId,
    createRequestId: start.createRequestId,
    status: progress.status,
    startTimeUs: start.startTimeUs,
  };
}

export interface NewRun extends Pick<StartInput, 'eager' | 'keys' | 'requestId' | 'signal'> {
  readonly runId: string;
  readonly request: StartRequest;
  /** The current run makes room for it. */
  readonly replaces: boolean;
}

/** The new run and what is committed with it. */
export function beginByClient(
  context: HistoryContext,
  { entry, current }: FoundWorkflow,
  { replaces, runId, ...input }: NewRun,
): { handle: RunHandle; changes: Change[] } {
  const { owner } = context;
  const { namespaceId, workflowId } = entry;
  const changes: Change[] = [];
  if (replaces) {
    assert(current !== null, 'what is terminated is the current run');
    changes.push(terminated(context, current, runId));
  }
  const run = { namespaceId, workflowId, runId };
  const started = startRun({ run, ...input, ...owner.moment(namespaceId) });
  const handle = owner.begin(started.state);
  changes.push({ handle, entry, transition: started.transition });
  return { handle, changes };
}

/** The old run makes room for the new one, in the same frame. */
function terminated(context: HistoryContext, current: RunHandle, newRunId: string): Change {
  const decision = context.owner.decide(current, (state, at) =>
    terminate(state, {
      reason: 'TerminateIfRunning WorkflowIdReusePolicy',
      details: jsonPayloads(`terminated by new runID: ${newRunId}`),
      identity: 'history-service',
      ...at,
    }),
  );
  assert(decision.ok && decision.transition !== null, 'a running run can be terminated');
  return { handle: current, entry: null, transition: decision.transition };
}
