// REQUEST_CANCEL_ACTIVITY_TASK: a running attempt learns of it by its next heartbeat; one that nobody runs ends at once.

import { EventType, jsonPayloads, WorkflowTaskFailedCause } from '@perdure/wire';
import { ActivityPhase } from '../state.ts';
import { type BadCommand, type CommandContext, metadataOf } from '../workflow-task/command.ts';
import { hasBufferedResult } from '../workflow-task/flush.ts';

const bad = (detail: string): BadCommand => ({
  cause: WorkflowTaskFailedCause.BadRequestCancelActivityAttributes,
  detail,
});

export function requestCancelActivity(context: CommandContext): BadCommand | null {
  const { draft, command, completedEventId, identity } = context;
  const scheduledEventId =
    command.requestCancelActivityTaskCommandAttributes?.scheduledEventId ?? 0;
  if (scheduledEventId <= 0) {
    return bad('ScheduledEventId is not set on RequestCancelActivityTaskCommand.');
  }
  const activity = draft.activity(scheduledEventId);
  if (activity === undefined && !hasBufferedResult(draft, scheduledEventId)) {
    return bad(`ScheduledEventId ${scheduledEventId} is not a pending activity.`);
  }
  if (activity !== undefined && activity.cancelRequestedEventId > 0) {
    return bad(`Activity with ScheduledEventId ${scheduledEventId} is already asked to cancel.`);
  }
  const cancelRequestedEventId = draft.append(EventType.ActivityTaskCancelRequested, {
    activityTaskCancelRequestedEventAttributes: {
      scheduledEventId,
      workflowTaskCompletedEventId: completedEventId,
    },
    ...metadataOf(command),
  });
  if (activity === undefined) return null;
  if (activity.phase === ActivityPhase.Started) {
    draft.setActivity({ ...activity, cancelRequestedEventId });
    return null;
  }
  draft.append(EventType.ActivityTaskCanceled, {
    activityTaskCanceledEventAttributes: {
      scheduledEventId,
      latestCancelRequestedEventId: cancelRequestedEventId,
      details: jsonPayloads('ACTIVITY_ID_NOT_STARTED'),
      identity,
    },
  });
  draft.removeActivity(scheduledEventId);
  context.needsTask();
  return null;
}
