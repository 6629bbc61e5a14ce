// The end of a draft: what every transition must leave behind it (wire-contract 2.5, 2.8).

import { noBytes } from '@perdure/kernel';
import { WorkflowTaskFailedCause } from '@perdure/wire';
import { terminateRun } from './close/by-server.ts';
import { Draft, type Transition } from './draft.ts';
import type { WorkflowDelta } from './encoding.ts';
import { growth } from './state-bytes.ts';
import { failAndRetry, serverIdentity } from './workflow-task/fail.ts';

export interface Conclusion {
  readonly transition: Transition;
  /** Why everything in the draft was dropped and the run terminated instead; null: it was not. */
  readonly problem: string | null;
}

/**
 * Ends the draft. When too much waits for the started workflow task, that task is failed by force. A draft that takes the
 * history or the state past its limits is void: the run is terminated.
 */
export function conclude(draft: Draft, workflow: WorkflowDelta | null = null): Conclusion {
  if (draft.buffering && bufferIsFull(draft)) {
    const cause = WorkflowTaskFailedCause.ForceCloseCommand;
    failAndRetry(draft, { cause, identity: serverIdentity });
  }
  const transition = draft.finish(workflow);
  const problem = draft.running ? (historyProblem(draft) ?? stateProblem(draft, transition)) : null;
  if (problem === null) return { transition, problem };
  const closing = new Draft(draft.state, draft);
  terminateRun(closing, { reason: problem, details: noBytes, identity: serverIdentity });
  return { transition: closing.finish(null), problem };
}

function bufferIsFull(draft: Draft): boolean {
  const { bufferedBytesMax, bufferedEventsMax } = draft.limits;
  return draft.bufferedCount > bufferedEventsMax || draft.bufferedBytes > bufferedBytesMax;
}

function stateProblem({ limits, state }: Draft, { body }: Transition): string | null {
  const bytes = state.bytes + growth(state, body.delta);
  return bytes > limits.stateBytesMax ? 'Workflow mutable state size exceeds limit.' : null;
}

function historyProblem(draft: Draft): string | null {
  const { historyBytes, nextEventId } = draft.progress;
  const { historyBytesMax, historyEventsMax } = draft.limits;
  if (historyBytes > historyBytesMax) return 'Workflow history size exceeds limit.';
  return nextEventId - 1 > historyEventsMax ? 'Workflow history count exceeds limit.' : null;
}
