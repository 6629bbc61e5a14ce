// The commands that close a run. Each refuses while something waits that the code has not seen (UNHANDLED_COMMAND).

import {
  EventType,
  RetryState,
  WorkflowExecutionStatus,
  WorkflowTaskFailedCause,
} from '@perdure/wire';
import type { Draft } from '../draft.ts';
import { type BadCommand, type CommandContext, metadataOf } from '../workflow-task/command.ts';

const unhandled: BadCommand = { cause: WorkflowTaskFailedCause.UnhandledCommand, detail: '' };

export function completeWorkflow(context: CommandContext): BadCommand | null {
  const { draft, command, completedEventId } = context;
  const attributes = command.completeWorkflowExecutionCommandAttributes;
  if (attributes === null) {
    return {
      cause: WorkflowTaskFailedCause.BadCompleteWorkflowExecutionAttributes,
      detail:
        'CompleteWorkflowExecutionCommandAttributes is not set on CompleteWorkflowExecutionCommand.',
    };
  }
  if (draft.buffered.length > 0) return unhandled;
  draft.append(EventType.WorkflowExecutionCompleted, {
    workflowExecutionCompletedEventAttributes: {
      workflowTaskCompletedEventId: completedEventId,
      ...(attributes.result.length > 0 ? { result: attributes.result } : {}),
    },
    ...metadataOf(command),
  });
  draft.close(WorkflowExecutionStatus.Completed, completedEventId);
  return null;
}

export function failWorkflow(context: CommandContext): BadCommand | null {
  const { draft, command, completedEventId } = context;
  const failure = command.failWorkflowExecutionCommandAttributes?.failure;
  if (failure === undefined || failure.length === 0) {
    return {
      cause: WorkflowTaskFailedCause.BadFailWorkflowExecutionAttributes,
      detail: 'Failure is not set on FailWorkflowExecutionCommand.',
    };
  }
  if (draft.buffered.length > 0) return unhandled;
  draft.append(EventType.WorkflowExecutionFailed, {
    workflowExecutionFailedEventAttributes: {
      failure,
      retryState: RetryState.RetryPolicyNotSet,
      workflowTaskCompletedEventId: completedEventId,
    },
    ...metadataOf(command),
  });
  draft.close(WorkflowExecutionStatus.Failed, completedEventId);
  return null;
}

export function cancelWorkflow(context: CommandContext): BadCommand | null {
  const { draft, command, completedEventId } = context;
  const attributes = command.cancelWorkflowExecutionCommandAttributes;
  if (attributes === null) {
    return {
      cause: WorkflowTaskFailedCause.BadCancelWorkflowExecutionAttributes,
      detail:
        'CancelWorkflowExecutionCommandAttributes is not set on CancelWorkflowExecutionCommand.',
    };
  }
  if (draft.buffered.length > 0) return unhandled;
  draft.append(EventType.WorkflowExecutionCanceled, {
    workflowExecutionCanceledEventAttributes: {
      workflowTaskCompletedEventId: completedEventId,
      ...(attributes.details.length > 0 ? { details: attributes.details } : {}),
    },
    ...metadataOf(command),
  });
  draft.close(WorkflowExecutionStatus.Canceled, completedEventId);
  return null;
}

/** The run, or with it its whole execution, is out of time: only then there is no time for a retry either. */
export function timeOutWorkflow(draft: Draft, batchEventId: number): void {
  const { executionExpirationUs } = draft.start;
  const whole = executionExpirationUs > 0 && draft.nowUs >= executionExpirationUs;
  draft.append(EventType.WorkflowExecutionTimedOut, {
    workflowExecutionTimedOutEventAttributes: {
      retryState: whole ? RetryState.Timeout : RetryState.RetryPolicyNotSet,
    },
  });
  draft.close(WorkflowExecutionStatus.TimedOut, batchEventId);
}
