// Terminating a run: it closes at once, whatever it was doing.

import { EventType, WorkflowExecutionStatus } from '@perdure/wire';
import { alreadyCompleted, type Decision, decided, refused } from '../decision.ts';
import { Draft } from '../draft.ts';
import type { ExecutionState } from '../state.ts';
import { forceCloseTask } from '../workflow-task/fail.ts';

export interface TerminateInput {
  readonly reason: string;
  /** Encoded Payloads. */
  readonly details: Uint8Array;
  readonly identity: string;
  readonly nowUs: number;
}

export function terminate(state: ExecutionState, input: TerminateInput): Decision<null> {
  if (state.progress.status !== 1) return refused(alreadyCompleted);
  const draft = new Draft(state, input.nowUs);
  terminateDraft(draft, input);
  return decided(draft.finish(), null);
}

/** Terminates inside a draft that has other reasons to exist. */
export function terminateDraft(draft: Draft, input: Omit<TerminateInput, 'nowUs'>): void {
  const batch = draft.progress.nextEventId;
  forceCloseTask(draft);
  draft.append(EventType.WorkflowExecutionTerminated, {
    workflowExecutionTerminatedEventAttributes: {
      reason: input.reason,
      identity: input.identity,
      ...(input.details.length > 0 ? { details: input.details } : {}),
    },
  });
  draft.close(WorkflowExecutionStatus.Terminated, batch);
}
