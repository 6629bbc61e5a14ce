// RespondWorkflowTaskCompleted (wire-contract 2.1): the completed event, the commands in order, what waited, the next task.
//
// C1. On the first bad command everything the completion did is dropped; its task is failed instead, in a draft of its own.
// C2. Nothing follows a closing command.

import { assert, invalidArgument, noBytes, usPerMinute } from '@perdure/kernel';
import { type Command, EventType, serverFailure, WorkflowTaskFailedCause } from '@perdure/wire';
import { startAttempt } from '../activity/attempt.ts';
import { terminateRun } from '../close/by-server.ts';
import { type Decision, decided, refused, refusedWith, workflowTaskNotFound } from '../decision.ts';
import { Draft, type EventAttributes } from '../draft.ts';
import type { Moment } from '../limits.ts';
import type { CustomAttributes } from '../properties/search-attributes.ts';
import {
  type Activity,
  type ExecutionState,
  isRunning,
  TaskPhase,
  type WorkflowTask,
} from '../state.ts';
import { type BadCommand, badCommandText } from './command.ts';
import { commandHandlers, structureProblem } from './command-table.ts';
import { failAndRetry, failStartedTask, serverIdentity, timeOutStartedTask } from './fail.ts';
import { flushBuffered } from './flush.ts';
import { scheduleWorkflowTask } from './schedule.ts';
import { persistTransient, startScheduledTask, type TaskPoll } from './started.ts';

/** A chain of heartbeats without a command may last this long. */
const heartbeatUsMax = 30 * usPerMinute;
const inlinePollRequestId = 'request-from-RespondWorkflowTaskCompleted';

/** Names a started workflow task, as its token does. */
export interface TaskName {
  readonly scheduledEventId: number;
  readonly startedEventId: number;
  readonly attempt: number;
  readonly startedTimeUs: number;
}

export interface TaskCompletion extends Moment {
  readonly task: TaskName;
  readonly commands: readonly Command[];
  readonly identity: string;
  readonly stickyQueue: string;
  readonly stickyScheduleToStartUs: number;
  readonly forceNewTask: boolean;
  readonly returnNewTask: boolean;
  /** Fields of the completed event that are only passed on: SDK metadata, checksum, versions. */
  readonly passedOn: EventAttributes['workflowTaskCompletedEventAttributes'];
  /** The run that follows, if a command closes this one and there is one. */
  readonly successorRunId: string;
  /** Custom search attributes of the namespace, with their types. */
  readonly searchAttributes: CustomAttributes;
  /** The worker takes activities that it asks for with the answer (wire-contract 3.15). */
  readonly takesActivities: boolean;
}

/** What was started in the same transition for the same worker. */
export interface CompletionAnswer {
  readonly inlineTask: WorkflowTask | null;
  readonly activities: readonly Activity[];
}

/** The started task of that name, if it is still the one that counts. */
export function startedTask(state: ExecutionState, name: TaskName): WorkflowTask | null {
  const task = state.progress.workflowTask;
  const same =
    isRunning(state) &&
    task?.phase === TaskPhase.Started &&
    task.scheduledEventId === name.scheduledEventId &&
    task.startedEventId === name.startedEventId &&
    task.attempt === name.attempt &&
    task.startedTimeUs === name.startedTimeUs;
  return same ? task : null;
}

export function completeWorkflowTask(
  state: ExecutionState,
  input: TaskCompletion,
): Decision<CompletionAnswer> {
  const task = startedTask(state, input.task);
  if (task === null) return refused(workflowTaskNotFound);
  const problem = structureProblem(input.commands);
  if (problem !== null) return refused(invalidArgument(problem));
  const draft = new Draft(state, input);
  const heartbeat = input.forceNewTask && input.commands.length === 0;
  if (heartbeat && draft.nowUs - task.originalScheduledTimeUs > heartbeatUsMax) {
    timeOutStartedTask(draft);
    const message = 'workflow task heartbeat timeout';
    return refusedWith(draft, { ...workflowTaskNotFound, message });
  }
  const eager: number[] = [];
  const bad = carryOut(draft, task, input, eager);
  if (bad !== null) return failCompletion(state, task, input, bad);
  if (!draft.running) return decided(draft, { inlineTask: null, activities: [] });
  const poll = { pollRequestId: inlinePollRequestId, identity: input.identity };
  const activities = startEagerly(draft, eager, poll);
  const flushed = flushBuffered(draft);
  if (flushed || input.forceNewTask) {
    scheduleWorkflowTask(draft, heartbeat ? task.originalScheduledTimeUs : draft.nowUs);
  }
  if (!input.returnNewTask || draft.progress.workflowTask === null) {
    return decided(draft, { inlineTask: null, activities });
  }
  const inlineTask = startScheduledTask(draft, poll);
  draft.withdrawTaskOffer();
  return decided(draft, { inlineTask, activities });
}

/** Starts those of the activities that no later command of the same task has cancelled. */
function startEagerly(draft: Draft, eager: readonly number[], poll: TaskPoll): Activity[] {
  const started: Activity[] = [];
  for (const scheduledEventId of eager) {
    const activity = draft.activities.get(scheduledEventId);
    if (activity !== undefined) started.push(startAttempt(draft, activity, poll));
  }
  return started;
}

/** Does the completion inside the draft; a bad command is returned, and then the draft is worth nothing. */
function carryOut(
  draft: Draft,
  task: WorkflowTask,
  input: TaskCompletion,
  started: number[],
): BadCommand | null {
  const { progress } = draft;
  const { commands, identity, searchAttributes, successorRunId } = input;
  const eager = input.takesActivities ? started : null;
  if (task.transient) persistTransient(draft, task);
  const completedEventId = draft.append(EventType.WorkflowTaskCompleted, {
    workflowTaskCompletedEventAttributes: {
      scheduledEventId: task.scheduledEventId,
      startedEventId: task.startedEventId,
      identity,
      ...input.passedOn,
    },
  });
  draft.setWorkflowTask(null);
  progress.workflowTaskAttempt = 1;
  progress.previousStartedEventId = task.startedEventId;
  progress.closeAttempted = false;
  progress.stickyQueue = input.stickyQueue;
  progress.stickyScheduleToStartUs = input.stickyScheduleToStartUs;
  for (const command of commands) {
    const carryOutCommand = commandHandlers[command.commandType];
    assert(carryOutCommand !== undefined, 'the structure of the commands was checked');
    const bad = carryOutCommand({
      draft,
      command,
      completedEventId,
      identity,
      successorRunId,
      searchAttributes,
      eager,
    });
    if (bad !== null) return bad;
  }
  return null;
}

/** C1: the completion is void. The worker hears why; the run gets its next task unless this one left no trace anyway. */
function failCompletion(
  state: ExecutionState,
  task: WorkflowTask,
  input: TaskCompletion,
  bad: BadCommand,
): Decision<never> {
  const text = badCommandText(bad);
  const unhandled = bad.cause === WorkflowTaskFailedCause.UnhandledCommand;
  if (task.attempt > 1 && !unhandled) return refused(invalidArgument(text));
  const { identity, passedOn } = input;
  const draft = new Draft(state, input);
  const failed = {
    cause: bad.cause,
    failure: serverFailure(text, false),
    identity,
    binaryChecksum: passedOn?.binaryChecksum ?? '',
  };
  if (bad.terminates === true) {
    failStartedTask(draft, failed);
    terminateRun(draft, { reason: text, details: noBytes, identity: serverIdentity });
  } else failAndRetry(draft, failed);
  draft.progress.closeAttempted = unhandled;
  return refusedWith(draft, invalidArgument(text));
}
