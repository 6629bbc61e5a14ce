// The commands that close a run. Each refuses first of all while something waits that the code has not seen, whatever else
// is wrong with it (UNHANDLED_COMMAND).

import { EventType, WorkflowExecutionStatus, WorkflowTaskFailedCause } from '@perdure/wire';
import {
  type BadCommand,
  type CommandContext,
  notSet,
  tooLarge,
} from '../workflow-task/command.ts';
import { closeByCommand, unhandled } from './by-command.ts';
import { retryRun } from './retry.ts';

export function completeWorkflow(context: CommandContext): BadCommand | null {
  if (context.draft.hasUnseen) return unhandled;
  const attributes = context.command.completeWorkflowExecutionCommandAttributes;
  if (attributes === null) {
    const cause = WorkflowTaskFailedCause.BadCompleteWorkflowExecutionAttributes;
    return notSet(cause, 'CompleteWorkflowExecution');
  }
  const { result } = attributes;
  // The cause is upstream's, and clients match the text that begins with it.
  const cause = WorkflowTaskFailedCause.BadScheduleActivityAttributes;
  const bad = tooLarge(
    context.draft.limits,
    cause,
    'CompleteWorkflowExecutionCommandAttributes.Result',
    result,
  );
  if (bad !== null) return bad;
  closeByCommand(context, WorkflowExecutionStatus.Completed, EventType.WorkflowExecutionCompleted, {
    workflowExecutionCompletedEventAttributes: {
      workflowTaskCompletedEventId: context.completedEventId,
      ...(result.length > 0 ? { result } : {}),
    },
  });
  return null;
}

export function failWorkflow(context: CommandContext): BadCommand | null {
  if (context.draft.hasUnseen) return unhandled;
  const cause = WorkflowTaskFailedCause.BadFailWorkflowExecutionAttributes;
  const attributes = context.command.failWorkflowExecutionCommandAttributes;
  if (attributes === null) return notSet(cause, 'FailWorkflowExecution');
  const { failure } = attributes;
  if (failure.length === 0) {
    return { cause, detail: 'Failure is not set on FailWorkflowExecutionCommand.' };
  }
  const bad = tooLarge(
    context.draft.limits,
    cause,
    'FailWorkflowExecutionCommandAttributes.Failure',
    failure,
  );
  if (bad !== null) return bad;
  const { completedEventId, draft, successorRunId } = context;
  const next = retryRun(draft, failure, successorRunId);
  closeByCommand(context, WorkflowExecutionStatus.Failed, EventType.WorkflowExecutionFailed, {
    workflowExecutionFailedEventAttributes: {
      failure,
      workflowTaskCompletedEventId: completedEventId,
      ...next,
    },
  });
  return null;
}

export function cancelWorkflow(context: CommandContext): BadCommand | null {
  if (context.draft.hasUnseen) return unhandled;
  const attributes = context.command.cancelWorkflowExecutionCommandAttributes;
  if (attributes === null) {
    const cause = WorkflowTaskFailedCause.BadCancelWorkflowExecutionAttributes;
    return notSet(cause, 'CancelWorkflowExecution');
  }
  const { details } = attributes;
  closeByCommand(context, WorkflowExecutionStatus.Canceled, EventType.WorkflowExecutionCanceled, {
    workflowExecutionCanceledEventAttributes: {
      workflowTaskCompletedEventId: context.completedEventId,
      ...(details.length > 0 ? { details } : {}),
    },
  });
  return null;
}
