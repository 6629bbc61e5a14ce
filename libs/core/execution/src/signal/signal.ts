// Signals: an event, and a workflow task if none is pending. Dedup by request id is the workflow id's (W8), outside.

import { invalidArgument } from '@perdure/kernel';
import { EventType } from '@perdure/wire';
import { alreadyCompleted, type Decision, decided, refused, workflowClosing } from '../decision.ts';
import { Draft, type EventLinks, linked } from '../draft.ts';
import type { WorkflowDelta } from '../encoding.ts';
import type { Moment } from '../limits.ts';
import { type ExecutionState, isRunning, TaskPhase } from '../state.ts';
import { scheduleWorkflowTask } from '../workflow-task/schedule.ts';

export interface SignalInput extends Moment {
  readonly signalName: string;
  readonly input: Uint8Array;
  readonly header: Uint8Array;
  readonly identity: string;
  readonly requestId: string;
  readonly links?: EventLinks;
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
  draft.record(EventType.WorkflowExecutionSignaled, {
    workflowExecutionSignaledEventAttributes: {
      signalName: input.signalName,
      identity: input.identity,
      ...(input.input.length > 0 ? { input: input.input } : {}),
      ...(input.header.length > 0 ? { header: input.header } : {}),
      ...(input.requestId === '' ? {} : { requestId: input.requestId }),
    },
    ...linked(input.links),
  });
  draft.progress.signals += 1;
  scheduleWorkflowTask(draft);
  return decided(draft, null, workflow);
}
