// Runs that the server closes: terminated or out of time (wire-contract 2.6). A started workflow task is failed first, and
// what waited for it comes in: an acknowledged signal stands in the history even if no code ever sees it.

import {
  EventType,
  RetryState,
  WorkflowExecutionStatus,
  WorkflowTaskFailedCause,
} from '@perdure/wire';
import type { Draft, EventAttributes, EventLinks } from '../draft.ts';
import { failStartedTask, serverIdentity } from '../workflow-task/fail.ts';
import { retryRun, runTimeoutFailure } from './retry.ts';

export interface Termination {
  readonly reason: string;
  /** Encoded Payloads. */
  readonly details: Uint8Array;
  readonly identity: string;
  readonly links?: EventLinks;
}

export function terminateRun(draft: Draft, termination: Termination): void {
  const { reason, details, identity, links } = termination;
  const attributes = { reason, identity, ...(details.length > 0 ? { details } : {}) };
  closeByServer(draft, WorkflowExecutionStatus.Terminated, EventType.WorkflowExecutionTerminated, {
    workflowExecutionTerminatedEventAttributes: attributes,
    links,
  });
}

/** The run is out of time and may be tried again; or its whole execution is, which ends a chain. */
export function timeOutRun(draft: Draft, successorRunId: string): void {
  const { executionExpirationUs } = draft.start;
  const expired = executionExpirationUs > 0 && executionExpirationUs <= draft.nowUs;
  const next = expired
    ? { retryState: RetryState.Timeout }
    : retryRun(draft, runTimeoutFailure(), successorRunId);
  closeByServer(draft, WorkflowExecutionStatus.TimedOut, EventType.WorkflowExecutionTimedOut, {
    workflowExecutionTimedOutEventAttributes: next,
  });
}

function closeByServer(
  draft: Draft,
  status: number,
  eventType: number,
  attributes: EventAttributes,
): void {
  if (draft.buffering) {
    const cause = WorkflowTaskFailedCause.ForceCloseCommand;
    failStartedTask(draft, { cause, identity: serverIdentity });
  }
  draft.append(eventType, attributes);
  draft.close(status, draft.state.progress.nextEventId);
}
