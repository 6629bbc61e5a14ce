// REQUEST_CANCEL_ACTIVITY_TASK: a running attempt learns of it by its next heartbeat; one that nobody runs ends at once.

import { EventType, jsonPayloads, WorkflowTaskFailedCause } from '@perdure/wire';
import { ActivityPhase } from '../state.ts';
import {
  type BadCommand,
  type CommandContext,
  notSet,
  passedOn,
} from '../workflow-task/command.ts';
import { hasBufferedResult } from '../workflow-task/flush.ts';

const cause = WorkflowTaskFailedCause.BadRequestCancelActivityAttributes;

export function requestCancelActivity(context: CommandContext): BadCommand | null {
  const { draft, command, completedEventId, identity } = context;
  const attributes = command.requestCancelActivityTaskCommandAttributes;
  if (attributes === null) return notSet(cause, 'RequestCancelActivityTask');
  const { scheduledEventId } = attributes;
  if (scheduledEventId <= 0) {
    const detail = 'ScheduledEventId is not set on RequestCancelActivityTaskCommand.';
    return { cause, detail };
  }
  const activity = draft.activities.get(scheduledEventId);
  if (activity === undefined && !hasBufferedResult(draft, scheduledEventId)) {
    return { cause, detail: `ScheduledEventId ${scheduledEventId} is not a pending activity.` };
  }
  if (activity !== undefined && activity.cancelRequestedEventId > 0) {
    const detail = `The activity with ScheduledEventId ${scheduledEventId} is already asked to cancel.`;
    return { cause, detail };
  }
  const cancelRequestedEventId = draft.append(EventType.ActivityTaskCancelRequested, {
    activityTaskCancelRequestedEventAttributes: {
      scheduledEventId,
      workflowTaskCompletedEventId: completedEventId,
    },
    ...passedOn(command),
  });
  if (activity === undefined) return null;
  if (activity.phase === ActivityPhase.Started) {
    draft.setActivity({ ...activity, cancelRequestedEventId });
    return null;
  }
  // A result like any other: it comes after all events of commands, and with it another workflow task.
  draft.buffer(EventType.ActivityTaskCanceled, {
    activityTaskCanceledEventAttributes: {
      scheduledEventId,
      latestCancelRequestedEventId: cancelRequestedEventId,
      details: jsonPayloads('ACTIVITY_ID_NOT_STARTED'),
      identity,
    },
  });
  draft.removeActivity(scheduledEventId);
  return null;
}
