// SCHEDULE_ACTIVITY_TASK: the activity's scheduled event, its state, and its first offer.

import { fromUs, utf8Length } from '@perdure/kernel';
import { type Command, EventType, TaskQueueKind, WorkflowTaskFailedCause } from '@perdure/wire';
import type { Draft } from '../draft.ts';
import { initialActivity } from '../initial-state.ts';
import type { RunLimits } from '../limits.ts';
import { type Activity, ActivityPhase } from '../state.ts';
import {
  type BadCommand,
  type CommandContext,
  givenUs,
  nameProblem,
  notSet,
  passedOn,
  tooLarge,
} from '../workflow-task/command.ts';
import { effectivePriority, priorityProblem } from './priority.ts';
import { encodePolicy, policyMessage, policyProblem, settlePolicy } from './retry-policy.ts';
import { type ActivityTimeouts, settleTimeouts } from './time-outs.ts';

const cause = WorkflowTaskFailedCause.BadScheduleActivityAttributes;
const reservedPrefix = '/_sys/';

type Attributes = NonNullable<Command['scheduleActivityTaskCommandAttributes']>;

export function scheduleActivity(context: CommandContext): BadCommand | null {
  const { draft, command } = context;
  const attributes = command.scheduleActivityTaskCommandAttributes;
  if (attributes === null) return notSet(cause, 'ScheduleActivityTask');
  const problem = attributesProblem(attributes, draft.limits);
  if (problem !== null) return { cause, detail: problem };
  const given = givenTimeouts(attributes);
  if (typeof given === 'string') return { cause, detail: given };
  const timeouts = settleTimeouts(given, draft.start.runTimeoutUs);
  if (timeouts === null) {
    return {
      cause,
      detail:
        'A valid StartToCloseTimeout or ScheduleToCloseTimeout is not set on ScheduleActivityTaskCommand.',
    };
  }
  const { input } = attributes;
  const bad =
    tooLarge(draft.limits, cause, 'ScheduleActivityTaskCommandAttributes.Input', input) ??
    pendingProblem(draft, attributes.activityId);
  if (bad === null) schedule(context, attributes, timeouts);
  return bad;
}

function attributesProblem(attributes: Attributes, limits: RunLimits): string | null {
  const { activityId, activityType, priority, retryPolicy, taskQueue } = attributes;
  const queue = taskQueue?.name ?? '';
  if (queue === '') return 'TaskQueue is not set on ScheduleActivityTaskCommand.';
  if (utf8Length(queue) > limits.nameBytesMax) return 'TaskQueue length exceeds limit.';
  if (queue.startsWith(reservedPrefix)) {
    return `TaskQueue name cannot start with reserved prefix ${reservedPrefix}.`;
  }
  return (
    nameProblem(limits, 'ActivityId', activityId, 'ScheduleActivityTask') ??
    nameProblem(limits, 'ActivityType', activityType?.name ?? '', 'ScheduleActivityTask') ??
    (retryPolicy === null ? null : policyProblem(retryPolicy)) ??
    (priority === null ? null : priorityProblem(priority))
  );
}

/** The time-outs as given, or what is wrong with one of them. */
function givenTimeouts(attributes: Attributes): ActivityTimeouts | string {
  const scheduleToCloseUs = givenUs(attributes.scheduleToCloseTimeout);
  const scheduleToStartUs = givenUs(attributes.scheduleToStartTimeout);
  const startToCloseUs = givenUs(attributes.startToCloseTimeout);
  const heartbeatUs = givenUs(attributes.heartbeatTimeout);
  const invalid = (name: string): string =>
    `An invalid ${name} is set on ScheduleActivityTaskCommand.`;
  if (scheduleToCloseUs === null) return invalid('ScheduleToCloseTimeout');
  if (scheduleToStartUs === null) return invalid('ScheduleToStartTimeout');
  if (startToCloseUs === null) return invalid('StartToCloseTimeout');
  if (heartbeatUs === null) return invalid('HeartbeatTimeout');
  return { scheduleToCloseUs, scheduleToStartUs, startToCloseUs, heartbeatUs };
}

function pendingProblem(draft: Draft, activityId: string): BadCommand | null {
  const count = draft.activities.size;
  const { activitiesMax } = draft.limits;
  if (count >= activitiesMax) {
    const detail = `the number of pending activities, ${count}, has reached the per-workflow limit of ${activitiesMax}`;
    return { cause: WorkflowTaskFailedCause.PendingActivitiesLimitExceeded, detail };
  }
  if (!draft.hasActivityId(activityId)) return null;
  const detail = `ActivityId ${activityId} is that of a pending activity.`;
  return { cause: WorkflowTaskFailedCause.ScheduleActivityDuplicateId, detail };
}

function schedule(
  { draft, command, completedEventId, eager }: CommandContext,
  attributes: Attributes,
  timeouts: ActivityTimeouts,
): void {
  const { activityId, header, input, priority } = attributes;
  const activityType = attributes.activityType?.name ?? '';
  const taskQueue = attributes.taskQueue?.name ?? '';
  const policy = settlePolicy(attributes.retryPolicy);
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
      priority,
      useWorkflowBuildId: attributes.useWorkflowBuildId,
      ...(input.length > 0 ? { input } : {}),
      ...(header.length > 0 ? { header } : {}),
    },
    ...passedOn(command),
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
    priority: effectivePriority(draft.start.priority, priority),
    retryPolicy: encodePolicy(policy),
    scheduledTimeUs: draft.nowUs,
    workflowTaskCompletedEventId: completedEventId,
    phase: ActivityPhase.Scheduled,
    attemptScheduledTimeUs: draft.nowUs,
  };
  draft.setActivity(activity);
  const eagerly = attributes.requestEagerExecution && taskQueue === draft.start.taskQueue;
  if (eagerly && eager !== null) eager.push(scheduledEventId);
  else draft.effects.push({ kind: 'offerActivityTask', scheduledEventId });
}
