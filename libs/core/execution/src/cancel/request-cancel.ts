// A request to cancel the run: an event that its code sees; closing is up to the code.

import { EventType } from '@perdure/wire';
import { type Decision, decided, unchanged } from '../decision.ts';
import { Draft, type EventLinks } from '../draft.ts';
import type { WorkflowDelta } from '../encoding.ts';
import type { Moment } from '../limits.ts';
import { endBackoff } from '../start/first-task.ts';
import { type ExecutionState, isRunning } from '../state.ts';

export interface CancelInput extends Moment {
  readonly reason: string;
  readonly identity: string;
  readonly links?: EventLinks;
}

/** A closed run, or one already asked, answers yes without a change. */
export function requestCancel(
  state: ExecutionState,
  input: CancelInput,
  workflow: WorkflowDelta | null,
): Decision<null> {
  if (!isRunning(state) || state.progress.cancelRequested) return unchanged(null);
  const draft = new Draft(state, input);
  draft.record(EventType.WorkflowExecutionCancelRequested, {
    workflowExecutionCancelRequestedEventAttributes: {
      identity: input.identity,
      cause: input.reason,
    },
    links: input.links,
  });
  draft.progress.cancelRequested = true;
  endBackoff(draft);
  return decided(draft, null, workflow);
}
