// Signals: an event, and a workflow task if none is pending. Dedup by request id is the workflow id's (W8), outside.

import { invalidArgument } from '@perdure/kernel';
import { alreadyCompleted, type Decision, decided, refused, workflowClosing } from '../decision.ts';
import { Draft } from '../draft.ts';
import type { WorkflowDelta } from '../encoding.ts';
import type { Moment } from '../limits.ts';
import { endBackoff } from '../start/first-task.ts';
import { type ExecutionState, isRunning, TaskPhase } from '../state.ts';
import { scheduleWorkflowTask } from '../workflow-task/schedule.ts';
import { recordSignal, type SignalContent } from './record-signal.ts';

export interface SignalInput extends SignalContent, Moment {
  /** Whoever signals would also have started the run: what is left of the time before its first task is skipped. */
  readonly withStart?: boolean;
}

/** True while a run that tried to close is given its chance: its next task is started, nothing new may come in. */
function isClosing({ progress }: ExecutionState): boolean {
  return progress.closeAttempted && progress.workflowTask?.phase === TaskPhase.Started;
}

export function signal(
  state: ExecutionState,
  input: SignalInput,
  workflow: WorkflowDelta | null,
): Decision<null> {
  if (!isRunning(state)) return refused(alreadyCompleted);
  if (state.progress.signals >= input.limits.signalsMax) {
    return refused(invalidArgument('exceeded workflow execution limit for signal events'));
  }
  if (isClosing(state)) return refused(workflowClosing);
  const draft = new Draft(state, input);
  recordSignal(draft, input);
  if (input.withStart === true) endBackoff(draft);
  else scheduleWorkflowTask(draft);
  return decided(draft, null, workflow);
}
