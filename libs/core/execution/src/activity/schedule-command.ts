// SCHEDULE_ACTIVITY_TASK: the activity's scheduled event, its state, and its first offer.

import { durationUsMax, fromUs, noBytes, toUs, utf8Length } from '@perdure/kernel';
import { EventType, priorityCodec, TaskQueueKind, WorkflowTaskFailedCause } from '@perdure/wire';
import { type Activity, ActivityPhase, initialActivity } from '../state.ts';
import { type BadCommand, type CommandContext, metadataOf } from '../workflow-task/command.ts';
import { encodePolicy, policyMessage, policyProblem, settlePolicy } from './retry-policy.ts';
import { settleTimeouts } from './time-outs.ts';

const idLengthMax = 1000;
/** Pending activities of one run (wire-contract 5). */
export const pendingActivitiesMax = 2000;

const bad = (detail: string): BadCommand => ({
  cause: WorkflowTaskFailedCause.BadScheduleActivityAttributes,
  detail,
});

function idProblem(name: string, value: string): string | null {
  if (value === '') return `${name} is not set on ScheduleActivityTaskCommand.`;
  return utf8Length(value) > idLengthMax ? `${name} exceeds length limit.` : null;
}

export function scheduleActivity(context: CommandContext): BadCommand | null {
  const { draft, command, completedEventId } = context;
  const attributes = command.scheduleActivityTaskCommandAttributes;
  if (attributes === null) {
    return bad('ScheduleActivityTaskCommandAttributes is not set on ScheduleActivityTaskCommand.');
  }
  const { activityId } = attributes;
  const activityType = attributes.activityType?.name ?? '';
  const problem =
    idProblem('ActivityId', activityId) ??
    idProblem('ActivityType', activityType) ??
    idProblem('TaskQueue', attributes.taskQueue?.name ?? '') ??
    (attributes.retryPolicy === null ? null : policyProblem(attributes.retryPolicy));
  if (problem !== null) return bad(problem);
  const taskQueue = attributes.taskQueue?.name ?? '';
  if (taskQueue.startsWith('/_sys/'))
    return bad('TaskQueue name cannot start with reserved prefix /_sys/.');
  const given = {
    scheduleToCloseUs: toUs(attributes.scheduleToCloseTimeout),
    scheduleToStartUs: toUs(attributes.scheduleToStartTimeout),
    startToCloseUs: toUs(attributes.startToCloseTimeout),
    heartbeatUs: toUs(attributes.heartbeatTimeout),
  };
  for (const [name, valueUs] of Object.entries(given)) {
    if (valueUs < 0)
      return bad(`An invalid ${timeoutNames[name]} is set on ScheduleActivityTaskCommand.`);
    if (valueUs > durationUsMax) return bad(`${timeoutNames[name]} is longer than 100 years.`);
  }
  const timeouts = settleTimeouts(given, draft.start.runTimeoutUs);
  if (timeouts === null) {
    return bad(
      'A valid StartToClose or ScheduleToCloseTimeout is not set on ScheduleActivityTaskCommand.',
    );
  }
  if (draft.activityById(activityId) !== undefined) {
    return { cause: WorkflowTaskFailedCause.ScheduleActivityDuplicateId, detail: '' };
  }
  if (draft.activityCount >= pendingActivitiesMax) {
    return {
      cause: WorkflowTaskFailedCause.PendingActivitiesLimitExceeded,
      detail: `the number of pending activities, ${draft.activityCount}, has reached the per-workflow limit of ${pendingActivitiesMax}`,
    };
  }
  const policy = settlePolicy(attributes.retryPolicy);
  const { input, header } = attributes;
  const scheduledEventId = draft.append(EventType.ActivityTaskScheduled, {
    activityTaskScheduledEventAttributes: {
      activityId,
      activityType: { name: activityType },
      taskQueue: { name: taskQueue, kind: TaskQueueKind.Normal },
      scheduleToCloseTimeout: fromUs(timeouts.scheduleToCloseUs),
      scheduleToStartTimeout: fromUs(timeouts.scheduleToStartUs),
      startToCloseTimeout: fromUs(timeouts.startToCloseUs),
      heartbeatTimeout: fromUs(timeouts.heartbeatUs),
      workflowTaskCompletedEventId: completedEventId,
      retryPolicy: policyMessage(policy),
      ...(input.length > 0 ? { input } : {}),
      ...(header.length > 0 ? { header } : {}),
      ...(attributes.priority === null ? {} : { priority: attributes.priority }),
    },
    ...metadataOf(command),
  });
  const activity: Activity = {
    ...initialActivity,
    ...timeouts,
    scheduledEventId,
    activityId,
    activityType,
    taskQueue,
    input,
    header,
    priority: attributes.priority === null ? noBytes : priorityCodec.encode(attributes.priority),
    retryPolicy: encodePolicy(policy),
    scheduledTimeUs: draft.nowUs,
    workflowTaskCompletedEventId: completedEventId,
    phase: ActivityPhase.Scheduled,
    attemptScheduledTimeUs: draft.nowUs,
  };
  draft.setActivity(activity);
  draft.effects.push({ kind: 'offerActivityTask', scheduledEventId });
  return null;
}

const timeoutNames: Readonly<Record<string, string>> = {
  scheduleToCloseUs: 'ScheduleToCloseTimeout',
  scheduleToStartUs: 'ScheduleToStartTimeout',
  startToCloseUs: 'StartToCloseTimeout',
  heartbeatUs: 'HeartbeatTimeout',
};
